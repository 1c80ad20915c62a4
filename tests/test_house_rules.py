"""House rules that apply to the whole code, such as where visibility and HTML safety are decided."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command, load_command_class
from django.urls import get_resolver

from news.models import Page
from tests.conftest import child_environment
from tests.syntax import calls, names_in, renamed_imports, strings

ROOT = Path(__file__).resolve().parent.parent
APPS = ("news", "comments", "portal")
SOURCES = [path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]
TEMPLATES = list((ROOT / "templates").rglob("*.*"))


# Calls that filter rows or name a column; `status=` in other calls is not a filter.
LOOKUPS = {
    "filter", "exclude", "get", "aget", "Q", "When", "FilteredRelation", "F", "OuterRef",
    "get_object_or_404", "get_list_or_404", "aget_object_or_404", "get_or_create", "update_or_create",
}  # fmt: skip
EXPRESSIONS = {"alias", "annotate"}
STATUS_IN_SQL = re.compile(r"""\bstatus["']?\s*(?:=|<>|!=|\bin\b|\bnot\b|\bis\b|\blike\b)(?!\$)""", re.IGNORECASE)
TIME_IN_SQL = re.compile(r"""\bpublished_at["']?\s*<=?\s*(?:now\b|current_|statement_)""", re.IGNORECASE)
UNKNOWN = "status"  # lookups that only a running program knows may be anything


def visibility_rules(source: str) -> list[int]:
    """The lines that filter on a `status`, also of a related table, in any notation of the arguments; that filter by
    lookups unknown to the module; or that ask, except among published articles, whether one was published before a
    moment."""
    tree = ast.parse(source)
    among_published = {id(node) for call in calls(tree) if _is_published(call) for node in ast.walk(call)}
    found = {
        call.lineno
        for call in calls(tree)
        if any("status" in name.split("__") for name in _lookup_names(call, tree))
        or (id(call) not in among_published and _asks_whether_published(call, tree))
    }
    found |= {
        node.lineno for node in strings(tree) if STATUS_IN_SQL.search(node.value) or TIME_IN_SQL.search(node.value)
    }
    return sorted(found)


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _lookup_names(call: ast.Call, tree: ast.Module) -> Iterator[str]:
    """The lookups of a call: keywords, keys after `**`, first elements of tuples, and strings."""
    if _called(call) in EXPRESSIONS:
        values = [*call.args, *(keyword.value for keyword in call.keywords)]
        yield from (node.value for value in values for node in strings(value))
    if _called(call) not in LOOKUPS:
        return
    for keyword in call.keywords:
        yield from [keyword.arg] if keyword.arg else _keys(keyword.value, tree)
    for argument in call.args:
        first = argument.elts[0] if isinstance(argument, ast.Tuple) and argument.elts else argument
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield first.value


def _keys(node: ast.expr, tree: ast.Module) -> Iterator[str]:
    """The keys of a dictionary, however it is written, or UNKNOWN."""
    match node:
        case ast.Dict():
            for key, value in zip(node.keys, node.values, strict=True):
                yield from _keys(value, tree) if key is None else [each.value for each in strings(key)]
        case ast.Call(func=ast.Name(id="dict"), args=[]):
            for keyword in node.keywords:
                yield from [keyword.arg] if keyword.arg else _keys(keyword.value, tree)
        case ast.BoolOp(values=parts):
            yield from (key for part in parts for key in _keys(part, tree))
        case ast.BinOp(op=ast.BitOr(), left=left, right=right) | ast.IfExp(body=left, orelse=right):
            yield from [*_keys(left, tree), *_keys(right, tree)]
        case ast.Name(id=name) if assigned := _assigned(name, tree):
            yield from (key for value in assigned for key in _keys(value, tree))
        case _:
            yield UNKNOWN


def _assigned(name: str, tree: ast.Module) -> list[ast.expr]:
    """What a variable is assigned anywhere in the module; keys added later as dictionaries of one."""
    found: list[ast.expr] = []
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                found.append(value)
            case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=target), slice=key)], value=value):
                found += [ast.Dict([key], [value])] if target == name else []
            case ast.AugAssign(target=ast.Name(id=target), value=value) if target == name:
                found.append(value)
    return found


def _is_published(call: ast.Call) -> bool:
    """Whether a method is called of something that says it is published."""
    return isinstance(call.func, ast.Attribute) and "published" in re.split(r"\W", ast.unparse(call.func.value))


def _asks_whether_published(call: ast.Call, tree: ast.Module) -> bool:
    """An upper limit of the time of publication without a lower one, which would make it a period."""
    limits = [name.split("__")[-1] for name in _lookup_names(call, tree) if "published_at" in name.split("__")]
    upper = {"lt", "lte"} & set(limits)
    lower = {"gt", "gte"} & set(limits)
    return bool(lower and not upper) if _called(call) == "exclude" else bool(upper and not lower)


def test_visibility_is_decided_in_models_only():
    """A filter on the status or time elsewhere would duplicate the rule of who may see what."""
    exempt = {"models", "admin"}
    wrong = [
        f"{name}:{line}"
        for path in SOURCES
        if not exempt & set((name := path.relative_to(ROOT)).with_suffix("").parts)
        for line in visibility_rules(path.read_text())
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "question",
    [
        'Article.objects.filter(published_at__lte=Now(), status="published")',
        "Comment.objects.exclude(status__in=[1, 2])",
        "Photo.objects.filter(Q(articles__status=PUBLISHED) | Q())",
        "get_object_or_404(Article, pk=pk, status=Article.Status.PUBLISHED)",
        'articles.filter(**{"status": "published"})',
        'Q(("comments__status__in", seen))',
        'Tag.objects.annotate(n=Count("articles", filter=Q(articles__status=PUBLISHED)))',
        'lookup = {"status": 1}; articles.filter(**lookup)',
        'lookup = {}; lookup["status"] = 1; articles.filter(**lookup)',
        'lookup = {"pk": 1}; lookup |= {"status": 1}; articles.filter(**lookup)',
        "articles.filter(**lookup)",
        "articles.filter(**given.lookup)",
        "articles.filter(**dict(status=1))",
        'articles.filter(**(other or {"status": 1}))',
        'articles.filter(**{"pk": 1, **{"status": 1}})',
        'articles.filter(**{f"{relation}status": 1})',
        'articles.filter(**{relation + "__status": 1})',
        'articles.alias(x=F("status")).filter(x=1)',
        'articles.annotate(x=Lower("comments__status")).filter(x=1)',
        """cursor.execute("SELECT 1 FROM news_article WHERE status = 'published'")""",
        """cursor.execute(f'SELECT 1 FROM {table} a WHERE a."status" IN (%s)')""",
        "Article.objects.filter(published_at__lte=Now())",
        "Tag.objects.filter(Q(articles__published_at__lt=timezone.now()))",
        "Article.objects.exclude(published_at__gt=now)",
        'cursor.execute("SELECT 1 FROM news_article WHERE published_at <= now()")',
    ],
)
def test_a_rule_of_visibility_is_found_however_it_is_written(question):
    assert visibility_rules(question) == [1]


@pytest.mark.parametrize(
    "other",
    [
        "render(request, name, status=404)",
        "Article(status=DRAFT)",
        "articles.filter(pk=1).update(status=x)",
        'lookup = {"pk": 1}; articles.filter(**lookup)',
        "Article.objects.filter(published_at__gte=first, published_at__lt=after)",
        "Article.objects.published().filter(published_at__lt=moment)",
        "published.filter(Q(published_at__lt=moment) | Q(published_at=moment, pk__lt=pk))",
    ],
)
def test_reading_or_writing_the_status_or_asking_for_a_period_is_no_rule_of_visibility(other):
    assert visibility_rules(other) == []


def turns_escaping_off(template: str) -> bool:
    return re.search(r"\|\s*safe(?:seq)?\b|\bautoescape\s+off\b", template) is not None


@pytest.mark.parametrize(
    "template", ["{{ x|safe }}", "{{ x | safe|upper }}", '{{ x|safeseq|join:"" }}', "{% autoescape  off %}"]
)
def test_every_way_to_turn_escaping_off_is_found(template):
    assert turns_escaping_off(template)


def test_the_safe_filter_is_used_once_and_only_for_the_sanitised_body():
    hits = [
        (str(path.relative_to(ROOT)), line.strip())
        for path in TEMPLATES
        for line in path.read_text().splitlines()
        if turns_escaping_off(line)
    ]
    assert dict(hits).keys() == {"templates/news/article.html", "templates/news/page.html"}
    assert len(hits) == 2
    assert "{{ body|safe }}" in dict(hits)["templates/news/article.html"]
    assert "{{ page.body|safe }}" in dict(hits)["templates/news/page.html"]


def marks_text_as_safe(source: str) -> bool:
    """Whether code marks text as safe HTML, also by another name, as an argument or in a method. Type hints do not
    count, nor do imports under the same name."""
    names = {"mark_safe", "SafeString", "SafeText", "SafeData", "__html__"}
    return bool(names & names_in(source, ignored=("annotation", "returns", "names"))) or bool(
        names & renamed_imports(source)
    )


@pytest.mark.parametrize(
    "code",
    [
        "mark_safe(text)",
        "SafeString(text)",
        "safestring.mark_safe(text)",
        "list(map(mark_safe, texts))",
        "mark = mark_safe",
        "from django.utils.safestring import mark_safe as raw",
        'getattr(safestring, "mark_safe")(text)',
        "class Raw(SafeString): pass",
        "class Raw(str):\n def __html__(self):\n  return self",
    ],
)
def test_every_way_to_mark_text_as_safe_is_found(code):
    assert marks_text_as_safe(code)


@pytest.mark.parametrize(
    "code",
    [
        "from django.utils.safestring import SafeString",
        "def date(moment) -> SafeString: return format_html('<b>{}</b>', moment)",
        "class Hit:\n title: SafeString",
    ],
)
def test_a_type_hint_does_not_mark_text_as_safe(code):
    assert not marks_text_as_safe(code)


def test_code_marks_text_as_safe_only_in_listed_modules():
    wrong = [str(path.relative_to(ROOT)) for path in SOURCES if marks_text_as_safe(path.read_text())]
    assert sorted(wrong) == ["comments/pieces.py", "news/pieces.py"]  # what tests/test_pieces.py gives odd values


def test_html_is_made_in_pieces_and_templates_only():
    makers = {"format_html", "format_html_join", "html_safe"}
    wrong = [path for path in SOURCES if path.name != "pieces.py" and makers & names_in(path.read_text())]
    assert wrong == []


@pytest.mark.parametrize(
    "code",
    [
        "from django.utils.html import format_html as f",
        "html.format_html('<b>{}</b>', text)",
        "@html_safe\nclass A: pass",
    ],
)
def test_makers_of_html_are_found_however_they_are_named(code):
    assert {"format_html", "html_safe"} & names_in(code)


def test_templates_have_no_inline_scripts_styles_or_handlers():
    public = [path for path in TEMPLATES if path.suffix == ".html" and "admin" not in path.parts]
    elsewhere = r"https?://(?!www\.lapor\.go\.id)"
    pattern = re.compile(rf"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|{elsewhere}", re.IGNORECASE)
    colours = "<style>{{ colours_css }}</style>"  # allowed in the content security policy by its hash
    texts = [(str(path.relative_to(ROOT)), path.read_text().replace(colours, "")) for path in public]
    wrong = [(name, hit[0]) for name, text in texts if (hit := pattern.search(text))]
    assert wrong == []


def reads_environment(source: str) -> bool:
    return bool({"environ", "environb", "getenv", "getenvb", "putenv"} & names_in(source))


@pytest.mark.parametrize(
    "code",
    [
        "os.environ['DEBUG']",
        "from os import environ",
        "from os import environ as variables",
        "from os import getenv",
        "import os as system; system.getenv('DEBUG')",
        "import environ",
        "from environ import Env",
        'getattr(os, "environ")',
    ],
)
def test_every_way_to_read_the_environment_is_found(code):
    assert reads_environment(code)


def test_only_the_settings_read_the_environment():
    allowed = {f"portal/run/{name}.py" for name in ("settings_file", "start", "postgres", "supervisor")}
    assert {str(path.relative_to(ROOT)) for path in SOURCES if reads_environment(path.read_text())} <= allowed


@pytest.mark.parametrize(("mark", "most"), [("noqa", 15), ("type: ignore", 15), ("fmt: skip", 5), ("fmt: off", 0)])
def test_the_product_has_few_exceptions_from_lint_types_and_format(mark, most):
    comment = re.compile("# ?" + mark.replace(" ", " ?"), re.IGNORECASE)
    assert sum(len(comment.findall(path.read_text())) for path in [*SOURCES, ROOT / "manage.py"]) <= most


@pytest.mark.django_db
def test_migrations_are_complete():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.slow
def test_deployment_check_is_clean():
    """Runs in a process of its own, since the settings are read only once."""
    result = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "INFO"],
        cwd=ROOT,
        env=child_environment() | {"SITE_URL": "https://contoh.go.id"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "no issues" in result.stdout


def test_no_signal_receivers():
    pattern = re.compile(r"@receiver|signals\.\w+\.connect|signals import")
    assert [str(p.relative_to(ROOT)) for p in SOURCES if pattern.search(p.read_text())] == []


def test_commands_have_a_help_text():
    for path in (ROOT / "portal/management/commands").glob("[a-z]*.py"):
        assert load_command_class("portal", path.stem).help, path


def test_no_line_of_a_template_is_longer_than_160_characters():
    lines = [(path, number, line) for path in TEMPLATES for number, line in enumerate(path.read_text().split("\n"), 1)]
    assert [f"{path.relative_to(ROOT)}:{number}" for path, number, line in lines if len(line) > 160] == []


def first_words(patterns) -> set[str]:
    """The first path segments of these patterns: berita, b, sitemap.xml."""
    found = set()
    for each in patterns:
        literal = re.match(r"\^?([\w.\\-]*)", str(each.pattern))[1].replace("\\", "")
        found |= {literal} if literal else first_words(getattr(each, "url_patterns", []))
    return found


def address_pattern() -> re.Pattern:
    """Finds addresses of this portal spelled in code, templates and scripts. A word that ends in a hyphen is only the
    beginning of a segment."""
    words = first_words(get_resolver().url_patterns) | set(Page.LINKED)
    segments = "|".join(re.escape(word) + ("" if word.endswith("-") else r"(?![\w-])") for word in sorted(words))
    return re.compile(
        rf"""(?:(?<![^\s"'`(}}=])|(?<=%s)|(?<=\)s))/(?:{segments})|\b(?:href|action|src)\s*=\s*["']?/(?!/)"""
    )


@pytest.mark.parametrize(
    "text",
    [
        "/berita",
        '"/b/12"',
        "fetch(`/komentar/${pk}`)",
        "%s/komentar",
        "%(site)s/komentar/3",
        "${site}/komentar/3",
        "{}/tag/",
        "/sitemap-3.xml",
        "/sitemap.xml",
        "url(/cari)",
        '<form action="/">',
        "<a href='/x'>",
    ],
)
def test_an_address_is_found_wherever_it_is_spelled(text):
    assert address_pattern().search(text)


@pytest.mark.parametrize(
    "text", ["news/berita", "/berita-utama", "https://lain.example/berita", 'src="//lain.example"']
)
def test_paths_that_are_no_addresses_of_the_portal_are_not_found(text):
    assert not address_pattern().search(text)


def test_addresses_are_built_from_the_names_of_routes():
    """Addresses come from reverse(), {% url %} or paths.py, never from literals: only urls.py decides them."""
    allowed = {
        "portal/settings.py",  # cookie paths, needed before the routes are loaded
        *(f"{app}/{name}.py" for app in APPS for name in ("urls", "paths")),
    }
    spelled = address_pattern()
    sources = {path: [each.value for each in strings(ast.parse(path.read_text()))] for path in SOURCES}
    others = [*TEMPLATES, *(ROOT / "news/office_texts").glob("*.html"), *(ROOT / "static").rglob("*.js")]
    texts = sources | {path: [re.sub(r"{#.*?#}", "", path.read_text())] for path in others}
    found = {
        (str(path.relative_to(ROOT)), hit[0])
        for path, parts in texts.items()
        for part in parts
        for hit in spelled.finditer(part)
    }
    assert sorted((path, hit) for path, hit in found if path not in allowed) == []


def test_styles_of_an_admin_list_name_a_model_that_exists():
    models = {model._meta.model_name for model in apps.get_models()}
    styled = {
        name for path in (ROOT / "static").rglob("*.css") for name in re.findall(r"\.model-(\w+)", path.read_text())
    }
    assert styled
    assert styled <= models


@pytest.mark.parametrize("path", sorted((ROOT / "tests" / "drills").glob("*.py")), ids=lambda path: path.stem)
def test_drills_follow_what_they_use(path):
    """They run seldom: a name that was moved would be noticed weeks later."""
    import_module(f"tests.drills.{path.stem}")
