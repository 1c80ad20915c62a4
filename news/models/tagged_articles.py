"""Articles by tag and time, so that the newest of a tag are read from one index."""

from django.db import models

from news.models.articles import Article
from news.models.taxonomy import Tag


class TaggedArticle(models.Model):
    """A copy of a row of Article.tags with the article's time of publication. Triggers of the database keep it
    (migration 0032), so that it is right after every kind of write; nothing else writes it."""

    pk = models.CompositePrimaryKey("article_id", "tag_id")
    # The rows of Article.tags have the constraints, and take these with them when they go.
    article = models.ForeignKey(
        Article, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="by_tag"
    )
    tag = models.ForeignKey(Tag, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    published_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["tag", "-published_at", "-article"], name="tagged_newest")]

    def __str__(self):
        return f"{self.article_id} #{self.tag_id}"
