"""What a model says of its columns."""

from django.db.models import CharField, Model


def max_length(model: type[Model], name: str) -> int:
    """How many characters a column holds. Raises TypeError where it has no such limit."""
    field = model._meta.get_field(name)
    if not isinstance(field, CharField) or field.max_length is None:
        raise TypeError(f"{model.__name__}.{name} has no limit")
    return field.max_length
