"""Finding articles by their words. Nothing here imports a model, for the models themselves import this package:
the articles to look through come as a queryset."""

from news.search.spelling import suggest

__all__ = ["suggest"]
