"""Which changes of the code would no test notice?  python -m tests.drills.mutants [TARGET ...]

Changes one operator, comparison, constant, condition, return or statement of a module at a time, in a copy of the
tree, and runs the tests that are about that module. A change that they let pass (a survivor) is a missing test, or
changes nothing that matters: then it is listed in EXPLAINED. Ends with 1 where a survivor is not explained.
"""

import argparse
import ast
import copy
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SLOWEST = 3  # times as long as without a change, and STARTING seconds more: then it hangs
STARTING = 60


@dataclass
class Target:
    """Modules, the tests that are to notice, and of the modules only these functions, where any are named."""

    modules: list[str]
    tests: list[str]
    functions: set[str] = field(default_factory=set)


TARGETS = {
    "pageviews": Target(
        ["news/pageviews/counting.py", "news/pageviews/journal.py", "news/pageviews/most_read.py"],
        ["test_pageviews"],
    ),
    "visibility": Target(
        ["news/models/articles.py", "comments/models/comments.py"],
        ["test_visibility", "test_reading", "test_comments", "test_threads", "test_sitemaps", "test_home"],
        {
            "ArticleQuerySet.published", "ArticleQuerySet.withdrawn", "ArticleQuerySet.last_change",
            "ArticleQuerySet.headline", "Article.is_public", "Article.is_scheduled", "CommentQuerySet.visible",
            "CommentQuerySet.threads",
        },
    ),
    "sanitiser": Target(["news/markup.py"], ["test_markup", "test_photos"]),
    "captcha": Target(
        [
            "comments/captcha/field.py", "comments/captcha/issuing.py", "comments/captcha/picture.py",
            "comments/captcha/rendering.py", "comments/captcha/speech.py",
        ],
        ["test_captcha", "test_captcha_audio"],
    ),
}  # fmt: skip

# Changes that make no difference, or none that is promised: "module: before -> after" and why.
EXPLAINED: dict[str, str] = {}

SWAPPED = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.RShift: ast.LShift, ast.LShift: ast.RShift,
}  # fmt: skip


def changed(node: ast.AST) -> Iterator[ast.AST]:
    """The other nodes that may stand in this one's place."""
    match node:
        case ast.Compare(ops=[op]) if type(op) in SWAPPED:
            yield ast.Compare(node.left, [SWAPPED[type(op)]()], node.comparators)
        case ast.BoolOp(op=op, values=values):
            yield ast.BoolOp(SWAPPED[type(op)](), values)
        case ast.BinOp(op=op) if type(op) in SWAPPED:
            yield ast.BinOp(node.left, SWAPPED[type(op)](), node.right)
        case ast.AugAssign(op=op) if type(op) in SWAPPED:
            yield ast.AugAssign(node.target, SWAPPED[type(op)](), node.value)
        case ast.UnaryOp(op=ast.Not() | ast.USub() | ast.Invert()):
            yield node.operand
        case ast.IfExp():
            yield ast.IfExp(node.test, node.orelse, node.body)
        case ast.If():
            yield ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
        case ast.Return(value=value) if value is not None and ast.unparse(value) != "None":
            yield ast.Return(ast.Constant(None))
        case ast.Expr(value=ast.Call()) | ast.Raise() | ast.Delete() | ast.AugAssign():
            yield ast.Pass()
        case ast.Continue():
            yield ast.Break()
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value) | float(value)):
            yield ast.Constant(value + 1)
        case ast.Constant(value=str(value)) if " " not in value:  # not what people read
            yield ast.Constant(f"{value}X")
        case ast.Constant(value=bytes(value)):
            yield ast.Constant(value + b"X")
        case ast.Call(func=ast.Attribute(attr="filter" | "exclude")) if len(node.keywords) + len(node.args) > 1:
            for place in range(len(node.args)):
                yield ast.Call(node.func, node.args[:place] + node.args[place + 1 :], node.keywords)
            for place in range(len(node.keywords)):
                yield ast.Call(node.func, node.args, node.keywords[:place] + node.keywords[place + 1 :])


@dataclass
class Mutant:
    module: str
    line: int
    before: str
    after: str
    source: str

    @property
    def name(self) -> str:
        return f"{self.module}: {self.before} -> {self.after}"


def mutants(module: str, source: str, functions: set[str]) -> Iterator[Mutant]:
    """Every single change of a module; texts for people, types and what is declared by a call alone stay."""
    tree = ast.parse(source)
    places = list(_places(tree, "", functions))
    for path, node in places:
        for other in changed(node):
            copied = copy.deepcopy(tree)
            holder = copied
            for step in path[:-1]:
                holder = getattr(holder, step) if isinstance(step, str) else holder[step]
            if isinstance(path[-1], str):
                setattr(holder, path[-1], other)
            else:
                holder[path[-1]] = other
            text = ast.unparse(ast.fix_missing_locations(copied))
            yield Mutant(module, getattr(node, "lineno", 0), _short(node), _short(other), text)


def _places(node: ast.AST, name: str, functions: set[str], path: tuple = ()) -> Iterator[tuple[tuple, ast.AST]]:
    """Path and node of all that may be changed."""
    inside = not functions or any(name == each or name.startswith(f"{each}.") for each in functions)
    for key, value in ast.iter_fields(node):
        if key in ("annotation", "returns", "decorator_list") or _is_docstring(node, key):
            continue
        for place, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(child, ast.AST) or _is_prose(child) or isinstance(child, ast.JoinedStr):
                continue
            here = (*path, key) if place is None else (*path, key, place)
            own = f"{name}.{child.name}".strip(".") if isinstance(child, ast.FunctionDef | ast.ClassDef) else name
            if inside:
                yield here, child
            yield from _places(child, own, functions, here)


def _is_docstring(node: ast.AST, key: str) -> bool:
    return isinstance(node, ast.Expr) and key == "value" and isinstance(node.value, ast.Constant)


def _is_prose(node: ast.AST) -> bool:
    """What is said in the log, and `__slots__`-like declarations of names."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and ast.unparse(node.value.func).startswith("logger.")
    )


def _short(node: ast.AST) -> str:
    text = ast.unparse(node).replace("\n", " ")
    return text if len(text) <= 90 else f"{text[:90]}…"


# ---- Running


class Laboratory:
    """A copy of the tree, in which the tests share a migrated database and the static files."""

    def __init__(self, folder: Path):
        self.tree, self.shared = folder / "tree", folder / "shared"
        self.shared.mkdir()
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
        for name in filter(None, listed.stdout.split("\0")):
            if (ROOT / name).is_file():
                (self.tree / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self.tree / name)

    def passes(self, tests: list[str], seconds: float | None = None) -> bool:
        """Whether the tests let the tree pass as it is; what hangs, breaks or cannot be imported does not."""
        files = [f"tests/{name}.py" for name in tests]
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-n",
            "0",
            "-q",
            "-x",
            "-p",
            "no:randomly",
            "-p",
            "no:cacheprovider",
        ]
        command += ["-m", "not slow", f"--basetemp={self.shared / 'run'}", *files]
        # As a worker of pytest-xdist: what `once` has made is found again beside its folder.
        own = {"PYTEST_XDIST_WORKER": "mutants", "PYTHONDONTWRITEBYTECODE": "1"}
        with subprocess.Popen(
            command, cwd=self.tree, env=os.environ | own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:  # fmt: skip
            try:
                return process.wait(seconds) == 0
            except subprocess.TimeoutExpired:
                process.kill()
                return False


def survivors(laboratory: Laboratory, target: Target) -> Iterator[Mutant]:
    """Prints a line for each module."""
    started = time.monotonic()
    if not laboratory.passes(target.tests):
        sys.exit(f"The tests fail without any change: {', '.join(target.tests)}")
    longest = SLOWEST * (time.monotonic() - started) + STARTING
    for module in target.modules:
        path = laboratory.tree / module
        source = path.read_text()
        number, survived = 0, []
        for mutant in mutants(module, source, target.functions):
            number += 1
            path.write_text(mutant.source)
            if laboratory.passes(target.tests, longest):
                survived.append(mutant)
                print(f"  {mutant.module}:{mutant.line}: {mutant.before} -> {mutant.after}", flush=True)
        path.write_text(source)
        print(f"{module}: {number} changes, {len(survived)} not noticed", flush=True)
        yield from survived


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", default=list(TARGETS), metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--list", action="store_true", help="only list the changes")
    options = parser.parse_args()
    chosen = [TARGETS[name] for name in options.targets]
    if options.list:
        for target in chosen:
            for module in target.modules:
                for mutant in mutants(module, (ROOT / module).read_text(), target.functions):
                    print(f"{mutant.module}:{mutant.line}: {mutant.before} -> {mutant.after}")
        return 0
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        laboratory = Laboratory(Path(folder))
        left = [mutant for target in chosen for mutant in survivors(laboratory, target)]
    unexplained = [mutant for mutant in left if mutant.name not in EXPLAINED]
    print(f"{len(left)} not noticed, {len(unexplained)} of them not explained")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
