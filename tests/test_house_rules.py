"""House rules that apply to the whole code, such as where visibility and HTML safety are decided."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command, load_command_class
from django.urls import get_resolver

from news.models import Page
from tests.conftest import child_environment

ROOT = Path(__file__).resolve().parent.parent
APPS = ("news", "comments", "portal")
SOURCES = [path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]
TEMPLATES = list((ROOT / "templates").rglob("*.*"))


# Calls that filter rows; `status=` in other calls is not a filter.
LOOKUPS = {
    "filter", "exclude", "get", "aget", "Q", "When", "FilteredRelation",
    "get_object_or_404", "get_list_or_404", "aget_object_or_404", "get_or_create", "update_or_create",
}  # fmt: skip


def filters_on_status(source: str) -> list[int]:
    """The lines that filter on a `status`, also of a related table, in any notation of the arguments."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and (node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")) in LOOKUPS
        and any("status" in name.split("__") for name in _lookup_names(node))
    ]


def _lookup_names(call: ast.Call) -> Iterator[str]:
    """The lookups of a call: keywords, keys of `**{...}`, first elements of tuples, and strings."""
    for keyword in call.keywords:
        if keyword.arg:
            yield keyword.arg
        elif isinstance(keyword.value, ast.Dict):
            yield from (key.value for key in keyword.value.keys if isinstance(key, ast.Constant))
    for argument in call.args:
        first = argument.elts[0] if isinstance(argument, ast.Tuple) and argument.elts else None
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield first.value


def test_visibility_is_decided_in_models_only():
    """A filter on the status elsewhere would duplicate the rule of who may see what."""
    exempt = {"models", "admin"}
    wrong = [
        f"{name}:{line}"
        for path in SOURCES
        if not exempt & set((name := path.relative_to(ROOT)).with_suffix("").parts)
        for line in filters_on_status(path.read_text())
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
    ],
)
def test_a_filter_on_the_status_is_found_however_it_is_written(question):
    assert filters_on_status(question) == [1]


@pytest.mark.parametrize(
    "other", ["render(request, name, status=404)", "Article(status=DRAFT)", "articles.filter(pk=1).update(status=x)"]
)
def test_reading_or_writing_the_status_is_not_a_filter(other):
    assert filters_on_status(other) == []


def test_the_safe_filter_is_used_once_and_only_for_the_sanitised_body():
    hits = [
        (str(path.relative_to(ROOT)), line.strip())
        for path in TEMPLATES
        for line in path.read_text().splitlines()
        if re.search(r"\|\s*safe\b|autoescape off", line)
    ]
    assert dict(hits).keys() == {"templates/news/article.html", "templates/news/page.html"}
    assert len(hits) == 2
    assert "{{ body|safe }}" in dict(hits)["templates/news/article.html"]
    assert "{{ page.body|safe }}" in dict(hits)["templates/news/page.html"]


def test_code_marks_text_as_safe_in_one_module_only():
    assert modules_that_name("mark_safe", "SafeString()") == ["news/pieces.py"]  # JSON-LD


def test_html_is_made_in_pieces_and_templates_only():
    makers = modules_that_name("format_html", "format_html_join", "html_safe", "SafeText", "__html__")
    assert [path for path in makers if not path.endswith("/pieces.py")] == []


def modules_that_name(*names: str) -> list[str]:
    """The modules that import, call or define one of these; `name()` means that it is called."""
    return [str(path.relative_to(ROOT)) for path in SOURCES if used_names(path.read_text()) & set(names)]


def used_names(source: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found.add(f"{node.func.id}()")
    return found


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("from django.utils.html import format_html as f", "format_html"),
        ("html.format_html('<b>{}</b>', text)", "format_html"),
        ("SafeString(text)", "SafeString()"),
        ("class Cell:\n    def __html__(self): ...", "__html__"),
    ],
)
def test_makers_of_html_are_found_however_they_are_named(source, name):
    assert name in used_names(source)


def test_templates_have_no_inline_scripts_styles_or_handlers():
    public = [path for path in TEMPLATES if path.suffix == ".html" and "admin" not in path.parts]
    elsewhere = r"https?://(?!www\.lapor\.go\.id)"
    pattern = re.compile(rf"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|{elsewhere}", re.IGNORECASE)
    colours = "<style>{{ colours_css }}</style>"  # allowed in the content security policy by its hash
    texts = [(str(path.relative_to(ROOT)), path.read_text().replace(colours, "")) for path in public]
    wrong = [(name, hit[0]) for name, text in texts if (hit := pattern.search(text))]
    assert wrong == []


def test_only_the_settings_read_the_environment():
    allowed = {"portal/settings.py", "portal/run/postgres.py", "portal/run/supervisor.py", "portal/wsgi.py"}
    reads = re.compile(r"os\.environ|getenv|environ\.Env")
    found = {str(p.relative_to(ROOT)) for p in SOURCES if reads.search(p.read_text())}
    assert found <= allowed


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


def test_addresses_are_built_from_the_names_of_routes():
    """Addresses come from reverse(), {% url %} or paths.py, never from literals: only urls.py decides them."""
    allowed = {
        "portal/settings.py",  # cookie paths, needed before the routes are loaded
        *(f"{app}/{name}.py" for app in APPS for name in ("urls", "paths")),
    }
    words = "|".join(map(re.escape, sorted(first_words(get_resolver().url_patterns) | set(Page.LINKED))))
    spelled = re.compile(rf"""(?<![^\s"'(}}=])/(?:{words})(?![\w-])|\b(?:href|action|src)\s*=\s*["']?/(?!/)""")
    sources = {path: list(strings(path)) for path in SOURCES}
    others = [*TEMPLATES, *(ROOT / "portal/office_pages").glob("*.html"), *(ROOT / "static").rglob("*.js")]
    texts = sources | {path: [re.sub(r"{#.*?#}", "", path.read_text())] for path in others}
    found = {
        (str(path.relative_to(ROOT)), hit[0])
        for path, parts in texts.items()
        for part in parts
        for hit in spelled.finditer(part)
    }
    assert sorted((path, hit) for path, hit in found if path not in allowed) == []


def strings(path: Path):
    """Every string in a module except docstrings."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node, clean=False):
            node.body[0].value = ast.Constant(None)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
