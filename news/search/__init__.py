"""Article search. Nothing here imports a model, because the models import this package: callers pass a queryset of
articles."""

from news.search.spelling import suggest

__all__ = ["suggest"]
