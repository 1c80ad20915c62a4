"""All news models, one module per subject. Import them from here: `from news.models import Article`."""

from news.models.articles import NAMES, Article, RelatedArticle
from news.models.changes import Change
from news.models.corrections import Correction
from news.models.counters import (
    ArticleViews,
    DailyViews,
    HourlyReaders,
    JournalOffset,
    MonthCount,
    MostRead,
    SummedDay,
    SummedReads,
)
from news.models.documents import Document
from news.models.feed_ids import FeedIds
from news.models.findings import Finding, Scan
from news.models.merged_tags import MergedTag
from news.models.missing_paths import MissingPath
from news.models.pages import Notice, Page
from news.models.photo_use import text_with
from news.models.pins import Pin
from news.models.previews import PreviewLink, PreviewVisit
from news.models.review import PublishedAlone
from news.models.search import FailedSearch, Reindexing, Word
from news.models.tagged_articles import TaggedArticle
from news.models.taxonomy import NAVIGATION_CATEGORIES, PHOTO_WORDS, Category, District, Photo, Tag

__all__ = [
    "NAMES",
    "NAVIGATION_CATEGORIES",
    "PHOTO_WORDS",
    "Article",
    "ArticleViews",
    "Category",
    "Change",
    "Correction",
    "DailyViews",
    "District",
    "Document",
    "FailedSearch",
    "FeedIds",
    "Finding",
    "HourlyReaders",
    "JournalOffset",
    "MergedTag",
    "MissingPath",
    "MonthCount",
    "MostRead",
    "Notice",
    "Page",
    "Photo",
    "Pin",
    "PreviewLink",
    "PreviewVisit",
    "PublishedAlone",
    "Reindexing",
    "RelatedArticle",
    "Scan",
    "SummedDay",
    "SummedReads",
    "Tag",
    "TaggedArticle",
    "Word",
    "text_with",
]
