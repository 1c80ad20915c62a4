"""The parts of the sitemap, by ranges of ids (news.sitemaps)."""

from datetime import datetime
from typing import NamedTuple

from news.models.articles import SITEMAP_PART
from news.web import reads

# Of each part three lookups in indexes: its first article, in the index made for it the last change, and whether one
# is published. Ids may have gaps of any size. Conditions are literals, or the indexes would not be used.
_PARTS = """
    WITH RECURSIVE parts AS (
        SELECT (SELECT id / {size} FROM news_article ORDER BY id LIMIT 1) AS part
        UNION ALL
        SELECT (
            SELECT id / {size} FROM news_article WHERE id >= (part + 1) * {size} ORDER BY id LIMIT 1
        )
        FROM parts WHERE part IS NOT NULL
    )
    SELECT part,
        (
            SELECT greatest(updated_at, published_at) FROM news_article
            WHERE status IN ('published', 'withdrawn') AND (id / {size}) = part
                AND greatest(updated_at, published_at) <= statement_timestamp()
            ORDER BY greatest(updated_at, published_at) DESC LIMIT 1
        ),
        EXISTS (
            SELECT FROM news_article
            WHERE id >= part * {size} AND id < (part + 1) * {size}
                AND status = 'published' AND published_at <= statement_timestamp()
        )
    FROM parts WHERE part IS NOT NULL ORDER BY part
"""


class PartOfSitemap(NamedTuple):
    number: int
    changed: datetime | None
    is_public: bool  # has a published article


def sitemap_parts() -> list[PartOfSitemap]:
    """Of all articles, in one query."""
    with reads.connection().cursor() as cursor:
        cursor.execute(_PARTS.format(size=SITEMAP_PART))
        return [PartOfSitemap._make(row) for row in cursor.fetchall()]
