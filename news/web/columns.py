"""Limits of model columns."""

from django.db.models import CharField, Model


def max_length(model: type[Model], name: str) -> int:
    """The maximum number of characters of a column. Raises TypeError if it has no such limit."""
    field = model._meta.get_field(name)
    if not isinstance(field, CharField) or field.max_length is None:
        raise TypeError(f"{model.__name__}.{name} has no limit")
    return field.max_length
