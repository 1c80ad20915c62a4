"""Where addresses of earlier portals lead: by the table that imports and editors fill (MissingPath), else by a shape
that leaves no doubt. Asked only where the address itself has no page."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import quote, urlencode, urlsplit

from django.conf import settings
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from news import existing, paths, photos, trailing
from news.models import Article, Category, MissingPath, Page, Photo, Tag
from news.models.missing_paths import is_ours
from news.web import dates, old_shapes

_BY_SLUG = ("page", *(f"{kind}{feed}" for kind in ("category", "tag") for feed in ("", "-feed", "-feed-atom")))
_HOPS = 8  # more were made by accident
_ARTICLES = ("article", "article-short")
# Names of what other systems have for all their articles; an author has no page here.
_LISTS = {"/blog": "articles", "/news": "articles", "/index": "home", "/home": "home", "/beranda": "home"}
_LISTS |= {"/comments": "articles"}  # of which WordPress has only a feed
_FEEDS = {"rss": "feed", "rss.xml": "feed", "feed.xml": "feed", "index.xml": "feed", "atom.xml": "feed-atom"}
_ROUTES = trailing.ROUTES - {"thread"}  # what a shape may lead to; whether a comment is shown is not known here


@dataclass(frozen=True)
class Known:
    """What the tables say about many addresses: lists of 100,000 are checked with a few queries for 500 of them. What
    is not known is asked when it is needed."""

    targets: dict[tuple[str, str], str] = field(default_factory=dict)  # path and query -> target of a row, or ""
    absent: frozenset[str] = frozenset()  # slugs that no article, page, category or tag has
    shown: frozenset[int] = frozenset()  # numbers of articles
    gone: frozenset[int] = frozenset()  # numbers that no shown article has
    imported: dict[str, str] = field(
        default_factory=dict
    )  # number on the portal before -> the article's address, or ""

    @classmethod
    def of(cls, addresses: Collection[tuple[str, str]]) -> "Known":
        """About these addresses, and what is left of them without what a messenger appended."""
        every = {(each, query) for path, query in addresses for each in (path, *trailing.candidates(path))}
        targets = dict(zip(every, MissingPath.objects.targets_of(every), strict=True))
        numbers = {number for path, _ in addresses for number in (_number(path), _number(targets[path, _])) if number}
        slugs = {slug for path, _ in every for slug in _segments(path)}
        for model in (Article, Category, Page, Tag):
            slugs -= set(model.objects.filter(slug__in=slugs).values_list("slug", flat=True))
        shown = Article.objects.once_shown().filter(pk__in=numbers).values_list("pk", flat=True)
        imported = _imported({old_shapes.article_number(*address) for address in addresses} - {""})
        return cls(targets, frozenset(slugs), frozenset(shown), frozenset(numbers.difference(shown)), imported)

    def target_of(self, path: str, query: str) -> str:
        known = self.targets.get((path, query))
        return MissingPath.objects.target_of(path, query) if known is None else known

    def article_of(self, number: str) -> str:
        """The address of the article with this number on the portal before; "" if none."""
        known = self.imported.get(number) if number else ""
        return _imported({number})[number] if known is None else known

    def is_article(self, path: str, query: str) -> bool:
        """Whether this is an address of an article, or a row of one, whose page shows something. Others may lead
        somewhere all the same."""
        return not self.shown.isdisjoint({_number(path), _number(self.target_of(path, query))})

    def is_nothing(self, path: str) -> bool:
        """Whether it is known that no page has this path."""
        try:
            match = resolve(path)
        except Resolver404:
            return True
        if match.url_name in _ARTICLES:
            return int(match.kwargs["pk"]) in self.gone
        return match.url_name in _BY_SLUG and match.kwargs["slug"] in self.absent


_NOTHING = Known()


def _segments(path: str) -> set[str]:
    """All that may be a slug in a path, however its end is read."""
    paths_ = [path, old_shapes.tidy(path), *(shape.path for shape in old_shapes.shapes(path))]
    found = {segment for each in paths_ for segment in each.split("/")}
    return {slug for each in found for slug in (each, each.lower()) if slug and "\0" not in slug}


def leads_to(path: str, query: str, known: Known = _NOTHING) -> str:
    """The address of the page that an old one has become, in one hop; that of a withdrawn article says why. "" if
    none. `path` is decoded."""
    target = known.target_of(path, query)
    if not target:
        return known.article_of(old_shapes.article_number(path, query)) or _by_shape(path, query, known)
    address = _followed(target)
    feeds = [shape.feed for shape in old_shapes.shapes(path) if shape.feed] or [old_shapes.wanted_feed(query)]
    return _its_feed(address, feeds[-1]) if is_ours(address) else address


def _number(path: str) -> int | None:
    """Of the article whose address this is."""
    if not path.startswith((paths.ARTICLE, paths.SHORT)):
        return None
    try:
        match = resolve(path)
    except Resolver404:
        return None
    return int(match.kwargs["pk"]) if match.url_name in _ARTICLES else None


def _imported(numbers: Collection[str]) -> dict[str, str]:
    """The addresses of the articles that imports brought with these numbers; "" where there is none, or two of two
    sources."""
    found: dict[str, list[str]] = {number: [] for number in numbers}
    if numbers:
        for article in Article.objects.once_shown().filter(source_key__in=numbers).only("slug", "source_key"):
            found[article.source_key or ""].append(article.get_absolute_url())
    return {number: each[0] if len(each) == 1 else "" for number, each in found.items()}


def _followed(target: str) -> str:
    """Where a target leads in the end; "" if that is nowhere. Other sites are not asked."""
    for _ in range(_HOPS):
        if old_shapes.path_and_query(target) == ("", ""):  # "https://[x"
            return ""
        if not is_ours(target):
            return target
        path, query = old_shapes.path_and_query(target)
        if path.startswith((settings.STATIC_URL, settings.ADMIN_PATH)):
            return target
        if address := page_at(path):
            rest = urlsplit(target)
            return address + (f"?{query}" if query else "") + (f"#{rest.fragment}" if rest.fragment else "")
        target = _replaced_photo(path) or MissingPath.objects.target_of(path, query)
        if not target:
            return ""
    return ""


def _replaced_photo(path: str) -> str:
    """The file that took the place of one of a photo."""
    rendition = photos.RENDITION.fullmatch(path.removeprefix(settings.MEDIA_URL))
    photo = Photo.objects.filter(former_names__contains=[rendition[1]]).first() if rendition else None
    return photo.largest_url if photo else ""


def page_at(path: str, known: Known = _NOTHING) -> str:
    """The address of the page at this path: an article's own, whatever the slug; "" if there is none. A withdrawn
    article has one, which says why."""
    path = path.rstrip("/") or "/"
    if known.is_nothing(path):
        return ""
    match = resolve(path)
    if match.url_name in _ARTICLES:
        article = Article.objects.once_shown().only("slug").filter(pk=match.kwargs["pk"]).first()
        return article.get_absolute_url() if article else ""
    return quote(path) if existing.is_there(path) else ""


def _by_shape(path: str, query: str, known: Known) -> str:
    if "\0" in path:  # Postgres stores none
        return ""
    tidy = old_shapes.tidy(path)
    feed = old_shapes.wanted_feed(query)
    if tidy == paths.HOME:
        return _by_query(path, query, feed, known)
    for same in dict.fromkeys((tidy, tidy.lower())):
        if address := _another_page(path, same, known):  # only written differently: parameters stay
            return f"{address}?{query}" if query else address
    for shape in [old_shapes.Shape(tidy, feed), *old_shapes.shapes(path)]:
        for candidate in _candidates(shape.path.lower(), known):
            if address := _another_page(path, candidate, known):
                return _its_feed(address, shape.feed)
    return ""


def _by_query(path: str, query: str, feed: str, known: Known) -> str:
    """Where an address of the front page leads by its parameters."""
    if feed and not old_shapes.names_more_than_a_feed(query):
        return _its_feed(paths.HOME, feed)
    if sought := old_shapes.sought(query):
        return f"{reverse('search')}?{urlencode({'q': sought})}"
    if dated := old_shapes.dated(old_shapes.month(query)):
        return next(filter(None, (page_at(each, known) for each in _of_date(dated, known))), "")
    return "" if path == paths.HOME or old_shapes.decides(query) else paths.HOME


def _another_page(path: str, candidate: str, known: Known) -> str:
    """The address of the page at `candidate`, unless that is `path` itself, or a page that no reader passes on."""
    if candidate == (path.rstrip("/") or paths.HOME):
        return ""
    return page_at(candidate, known) if _route(candidate) in _ROUTES else ""


def _candidates(path: str, known: Known) -> Iterator[str]:
    """Paths of this site that may be what the path of another system shows."""
    first, _, rest = path.strip("/").partition("/")
    if path == "/":  # /page/2
        yield reverse("articles")
        return
    yield path
    if path in _LISTS or first in ("author", "penulis"):
        yield reverse(_LISTS.get(path, "articles"))
    elif not rest and first in _FEEDS:
        yield reverse(_FEEDS[first])
    elif first == "category" and rest:
        yield paths.category_path(rest.rpartition("/")[2])  # below others: /category/kota/layanan
    elif dated := old_shapes.dated(path):
        yield from _of_date(dated, known)
    elif not _route(path) and (page := _page_named(rest.rpartition("/")[2])):
        yield page  # WordPress's pages below others: /profil/visi-misi


def _page_named(name: str) -> str:
    """The path that an office page of this name would have; "" if it cannot be one's."""
    path = paths.page_path(name)
    return path if _route(path) == "page" and not name.isdecimal() else ""


def _route(path: str) -> str:
    """The name of the route that serves such a path, whether there is anything or not; "" if none does."""
    try:
        return resolve(path).url_name or ""
    except Resolver404:
        return ""


def _of_date(dated: old_shapes.Dated, known: Known) -> Iterator[str]:
    """The article with this slug and date, else the page of the archive if the address was one."""
    if not dated.slug:
        parts = [part for part in (dated.year, dated.month, dated.day) if part is not None]
        yield "/".join([reverse("archive"), *map(str, parts)]) if len(parts) > 1 else reverse("archive")
        return
    if dated.month is None or dated.slug in known.absent:
        return
    if dated.day:
        first = dates.midnight(date(dated.year, dated.month, dated.day))
        after = first + timedelta(days=1)
    else:
        first, after = dates.month_span(date(dated.year, dated.month, 1))
    articles = Article.objects.once_shown().filter(published_at__gte=first, published_at__lt=after, slug=dated.slug)
    found = list(articles.only("slug")[:2])
    if len(found) == 1:  # two of one name: only a row can tell them apart
        yield found[0].get_absolute_url()


def _its_feed(address: str, kind: str) -> str:
    """The feed of a page, if it has one; else the page."""
    if not kind or not address:
        return address
    try:
        match = resolve(old_shapes.path_and_query(address)[0])
        of = "" if match.url_name in ("home", "articles") else f"{match.url_name}-"
        return reverse(f"{of}feed" + ("-atom" if kind == old_shapes.ATOM else ""), kwargs=match.kwargs)
    except (NoReverseMatch, Resolver404):  # a file below /static/
        return address


def described(target: str) -> str:
    """A target for editors: the article's title, and whether readers get it, before the address."""
    try:
        match = resolve(old_shapes.path_and_query(target)[0]) if is_ours(target) else None
    except Resolver404:
        match = None
    if match is None or match.url_name not in _ARTICLES:
        return target
    article = Article.objects.only("title", "status").filter(pk=match.kwargs["pk"]).first()
    if article is None:
        return f"{target} (berita ini tidak ada)"
    state = "" if article.status == Article.Status.PUBLISHED else f" ({article.get_status_display().lower()})"
    return f"{article.title}{state}: {target}"
