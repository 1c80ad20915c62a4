"""Which articles readers may see, as conditions for queries of articles and of what belongs to them. `path` leads to
the article: `article__` in a query of a model with that foreign key."""

from django.db.models import F, Q
from django.db.models.functions import Now


def published(path: str = "") -> Q:
    """Articles that are public now, by the database's clock."""
    return Q(**{f"{path}status": "published", f"{path}published_at__lte": Now()})


def withdrawn(path: str = "") -> Q:
    """Articles that were public and are withdrawn; not those that were withdrawn before their time came."""
    unknown = Q(**{f"{path}withdrawn_at": None})
    was_shown = Q(**{f"{path}published_at__lte": F(f"{path}withdrawn_at")})
    return (unknown | was_shown) & Q(**{f"{path}status": "withdrawn"})
