"""Which module may import which: the rules for apps and rooms, checked on the syntax trees by tests/rooms.py."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests import rooms
from tests.syntax import names_in

GRAPH = rooms.imports()
ORDER = ("news", "comments", "portal")  # each may import those before it
ENTRIES_OF_COMMENTS = 20  # at most; more is a sign that a room is missing

SCORE_WITHOUT_DJANGO = """
import sys
sys.modules["django"] = sys.modules["psycopg"] = None  # importing them fails
from comments.spam import score
assert score("Main di SLOT88 gacor, modal kecil hasil jutaan").probability > 0.9
assert score("Terima kasih, layanannya sangat membantu.").probability < 0.1
"""


def imports_by_reflection(source: str) -> set[str]:
    """The ways in which a module gets at code or models that its import statements do not name."""
    forbidden = {"related_model", "import_module", "import_string", "importlib", "__import__", "get_model", "modules"}
    return forbidden & names_in(source)


def app_of(module: str) -> str:
    return module.partition(".")[0]


@pytest.mark.parametrize("app", ORDER)
def test_imports_go_one_way(app):
    allowed = ORDER[: ORDER.index(app) + 1]
    modules = [name for name in GRAPH if app_of(name) == app]
    assert modules
    wrong = {(name, other) for name in modules for other in GRAPH[name] if app_of(other) not in allowed}
    assert wrong == set()


def test_modules_do_not_import_each_other_in_a_circle():
    assert rooms.circles(GRAPH) == []


@pytest.mark.parametrize("app", ORDER)
def test_rooms_do_not_import_each_other_in_a_circle(app):
    assert rooms.circles(rooms.rooms(GRAPH, app)) == []


def test_the_spam_score_imports_neither_django_nor_models():
    foreign = rooms.foreign()
    parts = [name for name in GRAPH if f"{name}.".startswith("comments.spam.")]
    needed = set(parts).union(*(rooms.reached(GRAPH, name) for name in parts))
    assert {each for name in needed for each in foreign[name]} <= sys.stdlib_module_names
    assert needed <= {"comments", "news", "news.words", *parts}


def test_the_spam_score_works_without_django_installed():
    done = subprocess.run([sys.executable, "-c", SCORE_WITHOUT_DJANGO], cwd=rooms.ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("module", [name for name in GRAPH if f"{name}.".startswith("news.search.")])
def test_the_search_imports_no_models(module):
    """ArticleQuerySet.search calls it, so importing a model there would close a circle."""
    reached = rooms.reached(GRAPH, module)
    assert "news" in reached
    assert {name for name in reached if "models" in name.split(".")} == set()


@pytest.mark.parametrize("module", [name for name in GRAPH if f"{name}.".startswith("news.web.")])
def test_the_web_room_knows_no_news(module):
    reached = rooms.reached(GRAPH, module)
    assert "news" in reached
    assert {name for name in reached if name != "news" and not f"{name}.".startswith("news.web.")} == set()


@pytest.mark.parametrize("module", [name for name in GRAPH if app_of(name) in ("news", "comments")])
def test_no_module_reaches_another_one_without_an_import(module):
    """Such a dependency would not count in the rules above."""
    assert imports_by_reflection(rooms.modules()[module].read_text()) == set()


def test_the_comments_app_has_few_rooms():
    entries = [path for path in (rooms.ROOT / "comments").iterdir() if path.name != "__pycache__"]
    assert len(entries) <= ENTRIES_OF_COMMENTS


# ---- Tests of tests/rooms.py


def write(folder: Path, files: dict[str, str]):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        (path.parent / "__init__.py").touch()
        path.write_text(text)


def test_imports_count_inside_functions_for_type_checking_and_when_relative(tmp_path):
    write(
        tmp_path,
        {
            "news/a.py": "def f():\n    from news import b\n",
            "news/b.py": "if TYPE_CHECKING:\n    from . import c\n",
            "news/c.py": "from .d import x\n",
            "news/d.py": "import news.e.f\nimport json, os.path\nfrom django.db import models\n",
            "news/e/f.py": "from ..a import f\n",
        },
    )
    graph = rooms.imports(tmp_path)
    assert graph["news.a"] == {"news.b"}
    assert graph["news.b"] == {"news.c"}
    assert graph["news.c"] == {"news.d"}
    assert graph["news.d"] == {"news.e", "news.e.f"}
    assert rooms.foreign(tmp_path)["news.d"] == {"json", "os", "django"}
    assert rooms.reached(graph, "news.a") >= {"news.b", "news.c", "news.d", "news.e.f", "news.a"}
    [circle] = rooms.circles(graph)
    assert circle == ["news.a", "news.b", "news.c", "news.d", "news.e.f"]
    assert rooms.circles(rooms.rooms(graph, "news")) == [["news.a", "news.b", "news.c", "news.d", "news.e"]]


def test_modules_imported_by_a_package_count(tmp_path):
    write(
        tmp_path,
        {"news/models.py": "", "news/search/find.py": "", "news/search/__init__.py": "from news import models\n"},
    )
    graph = rooms.imports(tmp_path)
    assert graph["news.search.find"] == set()  # else every package that re-exports its modules would be a circle
    assert rooms.reached(graph, "news.search.find") == {"news", "news.search", "news.models"}
