"""Mutation tests: which changes of the code does no test notice?  python -m tests.drills.mutants [TARGET ...]

Changes one operator, comparison, constant, condition, return or statement of a module at a time, in memory, and runs
the tests of that module. A change that passes them (a survivor) shows a missing test, or does not matter: then it is
listed in EXPLAINED. The exit status is 1 if any survivor is not explained. A change that cannot be applied (the module
would not be imported with it) is counted as invalid, not as noticed.

The tests run once unchanged. Each mutant then runs in a process forked from that one, with the database and everything
else set up: this takes a second or two, a new start would take ten. The tests that noticed the last mutants run first.

Controls are mutants that change nothing. They run before each module and after every few mutants; if the tests fail
with one, the mutants before it prove nothing, and the drill ends with status 2.
"""

import argparse
import ast
import copy
import importlib
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import EnumType
from functools import cache, partial
from pathlib import Path
from types import CodeType, FunctionType, MemberDescriptorType, ModuleType

import psycopg
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SLOWEST = 5  # a mutant hangs after this many times the normal duration, plus ten seconds
MUTANTS_PER_CONTROL = 20
SURVIVED, NOTICED, INVALID = 0, 1, 3  # exit statuses of the process of a mutant


@dataclass
class Target:
    """Modules to change and the tests that should notice; if `functions` are named, only these are changed."""

    modules: list[str]
    tests: list[str]
    functions: set[str] = field(default_factory=set)


TARGETS = {
    "pageviews": Target(
        [f"news/pageviews/{name}.py" for name in ("agents", "counting", "journal", "most_read", "readers", "salt")],
        ["test_pageviews", "test_readers"],
    ),
    "visibility": Target(
        ["news/models/articles.py", "comments/models/comments.py"],
        ["test_visibility", "test_threads", "test_reading"],
        {
            "ArticleQuerySet.published", "ArticleQuerySet.withdrawn", "ArticleQuerySet.last_change",
            "ArticleQuerySet.headline", "Article.is_public", "Article.is_scheduled", "CommentQuerySet.visible",
            "CommentQuerySet.threads",
        },
    ),
    "sanitiser": Target(
        [f"news/markup/{name}.py" for name in ("allowed", "blocks", "foreign", "imports")]
        + [f"news/markup/{name}.py" for name in ("shown", "styles", "text", "tree")],
        ["test_markup", "test_foreign_html"],
    ),
    "captcha": Target(
        ["comments/captcha/field.py", "comments/captcha/issuing.py", "comments/captcha/rendering.py"],
        ["test_captcha", "test_captcha_audio"],
    ),
    "captcha_picture": Target(["comments/captcha/picture.py"], ["test_captcha_picture"]),
    "captcha_speech": Target(["comments/captcha/speech.py"], ["test_captcha_speech"]),
}  # fmt: skip

# Survivors that change no promised behaviour: for "module function-or-constant", each change and why. "numbers" stands
# for every number there, "defaults" for every '' that `get` or `or` puts in the place of nothing.
EXPLAINED: dict[str, dict[str, str]] = {
    "comments/captcha/field.py OnceCaptchaField.clean": {
        "timezone.now() < row.expiration - lifetime() + FASTEST -> "
        "timezone.now() <= row.expiration - lifetime() + FASTEST": "the same except at one moment"
    },
    "comments/captcha/field.py _plain": {
        "50 -> 100 in :50": "only limits the work",
        "'' -> 'X' in ''.join": "right and typed answers are compared in the same form",
    },
    "comments/captcha/issuing.py OPEN_PER_SENDER": {"numbers": "how many is no promise; tests set a smaller limit"},
    "comments/captcha/issuing.py OPEN_IN_ALL": {"numbers": "how many is no promise; tests set a smaller limit"},
    "comments/captcha/issuing.py COUNT_EVERY": {"numbers": "how often is no promise; tests set a smaller number"},
    "comments/captcha/issuing.py shown": {
        "'' -> 'X' in '' if 'gambar_lain' in request.POST else request.POST.get('captcha_0', '')": "no key either",
        "'' -> 'X' in request.POST.get('captcha_0', '')": "no key either",
    },
    "comments/captcha/issuing.py _issued": {
        "0 -> 1 in row.pk % COUNT_EVERY == 0": "another one of so many rows starts the count"
    },
    "comments/captcha/rendering.py SOUNDS_KEPT": {"numbers": "how many is no promise; a test sets a smaller number"},
    "comments/captcha/picture.py (_INK, _PAPER)": {"numbers": "grey levels that hardly differ"},
    "comments/captcha/picture.py _TURN": {"numbers": "how much characters turn is judged by eye and by bench"},
    "comments/captcha/picture.py _TILE": {"numbers": "a larger tile has the same character in its middle"},
    "comments/captcha/picture.py _SHIFT": {"numbers": "how much characters shift is judged by eye and by bench"},
    "comments/captcha/picture.py draw": {
        "0 -> 1 in 20 if has_mark_below else 0": "one pixel",
        "10 + pitch * (place + 0.5) + rng.uniform(-_SHIFT, _SHIFT) -> "
        "10 + pitch * (place + 0.5) - rng.uniform(-_SHIFT, _SHIFT)": "another chance",
        "middle + rng.uniform(-_SHIFT, _SHIFT) -> middle - rng.uniform(-_SHIFT, _SHIFT)": "another chance",
    },
    "comments/captcha/picture.py _glyph": {
        "_TILE - left -> _TILE + left": "two pixels: the box of a character begins at its stroke",
        "2 -> 3 in stroke_width=2": "how bold characters are is judged by eye and by bench",
        "255 -> 510 in fill=255": "Pillow cuts it to 255",
    },
    "comments/captcha/picture.py _mark": {
        "5 -> 6 in width=5": "one pixel",
        "8 -> 9 in width=8": "one pixel",
        "7 -> 8 in width=7": "one pixel",
    },
    "comments/models/comments.py CommentQuerySet.threads": {
        "filter without status__in=statuses": "the other condition implies it; it only lets Postgres use the index"
    },
    "comments/captcha/speech.py _WIDTHS": {"89 -> 178 in range(89)": "the decoder never reads beyond 88"},
    "comments/captcha/speech.py speech": {"0.3 -> 1.3 in _silence(0.3)": "the silence before the first word"},
    "comments/captcha/speech.py _changed": {"True -> False in strict=True": "lists of equal length never fail"},
    "comments/captcha/speech.py speak": {
        "len(babble) < len(spoken) -> len(babble) <= len(spoken)": "what is too much is cut off",
        "32768 + int((grain - 127.5) * HISS * 256) -> 32768 - int((grain - 127.5) * HISS * 256)": "another chance",
        "256 -> 512 in range(256)": "a grain is a byte",
        "0 -> 1 in (1, 1, RATE, 0, 'NONE', '')": "the wave module corrects the number of frames",
        "'' -> 'X' in (1, 1, RATE, 0, 'NONE', '')": "the wave module does not write this name",
    },
    "news/markup/allowed.py EDITOR_EXTENSIONS": {
        "'enableListAttributes' -> 'enableListAttributesX' in the keys": "the sanitiser removes what this menu adds",
        "False -> True in 'enableListAttributes'": "the sanitiser removes what this menu adds",
    },
    "news/markup/foreign.py Cleaned": {"'' -> 'X' in html: str = ''": "set before anybody reads it"},
    "news/markup/foreign.py _State": {"False -> True in line_ends: bool = False": "said for every text"},
    "news/markup/foreign.py _Reader._children": {"defaults": "every node has a tag, and every text a content"},
    "news/markup/foreign.py _Reader._style": {
        "defaults": "no declaration either",
        "'overflow:hidden' -> 'overflow:hiddenX' in ('overflow:hidden', *sizes, declared)": "not visible either",
    },
    "news/markup/foreign.py _Reader._container": {"'' -> 'X' in ('', ())": "without a place it is not used"},
    "news/markup/foreign.py _Reader._replaced": {"defaults": "no picture of ours and no emoji either"},
    "news/markup/foreign.py _is_hidden": {"defaults": "not the type hidden either"},
    "news/markup/foreign.py _is_emoji": {"len(alt) <= _EMOJI -> len(alt) < _EMOJI": "how many is no promise"},
    "news/markup/foreign.py _attributes": {"'' -> 'X' in ''.join": "safe() removes it"},
    "news/markup/styles.py (_SMALLEST, _LARGEST)": {"numbers": "roughly the screens of readers"},
    "news/markup/styles.py _MAX_RULES": {"numbers": "only limits the work"},
    "news/markup/styles.py _MAX_COMPARED": {"numbers": "only limits the work"},
    "news/markup/styles.py MAX_CHARS": {"numbers": "only limits the work"},
    "news/markup/styles.py Style": {
        "False -> True in underlined: bool = False": "used by NO_STYLE alone, which nobody asks",
        "False -> True in struck: bool = False": "used by NO_STYLE alone, which nobody asks",
    },
    "news/markup/styles.py Sheet.__init__": {"0 -> 1 in self._compared = 0": "only limits the work"},
    "news/markup/styles.py Sheet.declarations": {
        "defaults": "no class of a rule either",
        "20 -> 40 in :20": "only limits the work",
        "self._compared > _MAX_COMPARED -> self._compared >= _MAX_COMPARED": "only limits the work",
    },
    "news/markup/styles.py _character": {
        "0 -> 1 in 0 < number <= sys.maxunicode": "no letter of a name either",
        "'\ufffd' -> '\ufffdX' in chr(number).lower() if 0 < number <= sys.maxunicode else '\ufffd'": "no name either",
    },
    "news/markup/styles.py meaning": {
        "'' -> 'X' in {''}": "only spares work",
        "defaults": "no value of white-space either",
    },
    "news/markup/styles.py are_alike": {"True -> False in strict=True": "their lengths are equal"},
    "news/markup/styles.py _is_hidden": {"defaults": "no value either"},
    "news/markup/styles.py _is_faded": {"defaults": "no value either"},
    "news/markup/styles.py _is_far_away": {
        "defaults": "no value either",
        "0 -> 1 in pixels(length) or 0": "not far either",
        "0 -> 1 in pixels(said.get('text-indent', '')) or 0": "not far either",
    },
    "news/markup/styles.py _is_beyond_the_edge": {
        "defaults": "no value either",
        "0 -> 1 in pixels(said.get(side, '')) or 0": "not far either",
    },
    "news/markup/styles.py _is_shrunk": {
        "defaults": "no value either",
        "0 -> 1 in pixels(said.get('letter-spacing', '')) or 0": "not narrow either",
    },
    "news/markup/styles.py _is_clipped": {"defaults": "no value either"},
    "news/markup/styles.py _size": {
        "defaults": "no value either",
        "1 -> 2 in _PIXELS.get(unit, 1)": "browsers ignore units that are none",
    },
    "news/markup/styles.py colour_of": {"60 -> 120 in :60": "only limits the work"},
    "news/markup/styles.py _weight": {"defaults": "no value either"},
    "news/markup/styles.py _slant": {"defaults": "no value either"},
    "news/markup/styles.py _lines": {"defaults": "no value either"},
    "news/markup/styles.py _raised": {
        "defaults": "no value either",
        "'' -> 'X' in 'baseline'": "safe() removes an element X",
    },
    "news/markup/tree.py BODY_MAX_CHARS": {"numbers": "the article's form has the tests of it"},
    "news/markup/tree.py _MAX_CHARS": {"numbers": "only limits the work"},
    "news/markup/tree.py _MAX_OTHERS": {"numbers": "only limits the work"},
    "news/markup/tree.py repeated": {
        "barriers += name in elements.BARRIERS -> barriers -= name in elements.BARRIERS": "only compared with itself"
    },
    "news/markup/tree.py _SHORT_DATA": {"numbers": "only spares work"},
    "news/markup/tree.py parsed": {"'data:,' -> 'data:,X' in _DATA.sub('data:,', html)": "such a picture goes anyway"},
    "news/markup/tree.py measure": {
        "len(html) > _MAX_CHARS -> len(html) >= _MAX_CHARS": "only limits the work",
        "sum(starts) > _MAX_ELEMENTS -> sum(starts) >= _MAX_ELEMENTS": "only limits the work",
        "len(starts) > _MAX_OTHERS -> len(starts) >= _MAX_OTHERS": "only limits the work",
        "repeated(tags) > _MAX_REPEATED -> repeated(tags) >= _MAX_REPEATED": "only limits the work",
    },
    "news/markup/text.py _DESCRIPTION_CHARS": {
        "2000 -> 4000 in _DESCRIPTION_CHARS = 2000": "only limits the work: 200 characters of text are used"
    },
    "news/markup/shown.py _image_shown": {
        "'' -> 'X' in values.get('width', '')": "no number either, so the size is unknown",
        "'' -> 'X' in values.get('height', '')": "no number either, so the size is unknown",
    },
    "news/pageviews/counting.py CHUNK_BYTES": {
        "8 -> 9 in 8 * 1024": "how much is read at once; no promise",
        "1024 -> 2048 in 8 * 1024": "how much is read at once; no promise",
        "1024 -> 2048 in 8 * 1024 * 1024": "how much is read at once; no promise",
    },
    "news/pageviews/counting.py drain": {
        "stat.st_mtime < time.time() - DAY -> stat.st_mtime <= time.time() - DAY": "the same except at one moment"
    },
    "news/pageviews/counting.py _folder_id": {
        "file.flush() -> pass": "matters in a power cut only",
        "os.fsync(file.fileno()) -> pass": "matters in a power cut only",
    },
    "news/pageviews/counting.py _drain_file": {
        "start < size -> start <= size": "may count lines written meanwhile, as its contract allows",
        "0 -> 1 in _add(reads) if moved else 0": "used only if the offset moved, and then it is another value",
        "2 -> 3 in (added + new, start + len(lines), 2)": "how often a chunk after the first is tried; no promise",
    },
    "news/pageviews/counting.py _add_days": {
        "0 -> 1 in views.get(key, 0)": "readers without views: only where a zone is not whole hours from UTC",
        "True -> False in strict=True": "rows of equal length never fail",
    },
    "news/pageviews/readers.py bucket": {"8 -> 9 in digest_size=8": "another hash, as good as this one"},
    "news/pageviews/salt.py current": {"'' -> 'X' in salt or ''": "a folder whose file is damaged again at once"},
    "news/pageviews/salt.py create_once": {
        "384 -> 768 in path: Path, text: str, *, mode: int=384": "the secret key's mode, which has its own tests"
    },
    "news/pageviews/salt.py _draft": {
        "file.flush() -> pass": "matters in a power cut only",
        "os.fsync(file.fileno()) -> pass": "matters in a power cut only",
    },
    "news/pageviews/journal.py _Journal._descriptor": {
        "True -> False in parents=True": "the salt, which is read before, has made the folder"
    },
    "news/pageviews/most_read.py refresh": {
        "cursor.execute('SET LOCAL max_parallel_workers_per_gather = 0') -> pass": "only spares other queries"
    },
    "news/pageviews/journal.py _is_ahead_of_the_reader": {
        "'' -> 'X' in request.META.get(name, '')": "no purpose either"
    },
    "news/pageviews/journal.py JournalMiddleware.__call__": {
        "'' -> 'X' in request.method or ''": "a request always has a method"
    },
}

SWAPPED = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.RShift: ast.LShift, ast.LShift: ast.RShift,
}  # fmt: skip


def changed(node: ast.AST) -> Iterator[ast.AST]:
    """The possible replacements of a node."""
    match node:
        case ast.Compare(ops=[op]) if type(op) in SWAPPED:
            yield ast.Compare(node.left, [SWAPPED[type(op)]()], node.comparators)
        case ast.BoolOp(op=op, values=values):
            yield ast.BoolOp(SWAPPED[type(op)](), values)
        case ast.BinOp(op=op) if type(op) in SWAPPED:
            yield ast.BinOp(node.left, SWAPPED[type(op)](), node.right)
        case ast.AugAssign(op=op):
            yield ast.Pass()
            if type(op) in SWAPPED:
                yield ast.AugAssign(node.target, SWAPPED[type(op)](), node.value)
        case ast.UnaryOp(op=ast.Not() | ast.USub() | ast.Invert()):
            yield node.operand
        case ast.IfExp():
            yield ast.IfExp(node.test, node.orelse, node.body)
        case ast.If():
            yield ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
        case ast.Return(value=ast.Constant(value=value)) if not value:
            return  # nothing, as None is
        case ast.Return(value=value) if value is not None:
            yield ast.Return(ast.Constant(None))
        case ast.Expr(value=ast.Call()) | ast.Raise() | ast.Delete():
            yield ast.Pass()
        case ast.Continue():
            yield ast.Break()
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value) | float(value)):
            yield ast.Constant(value * 2 if value > 10 else value + 1)  # that a limit is one higher nobody promises
        case ast.Constant(value=str(value)) if " " not in value:  # not user-visible text
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
    where: str  # dotted name of the function or constant
    function: str  # the same if it is a function, or ""
    change: str
    source: str

    @property
    def explanation(self) -> str:
        explained = EXPLAINED.get(f"{self.module} {self.where}", {})
        if self.change in explained:
            return explained[self.change]
        if re.match(r"[\d.]+ -> [\d.]+ in ", self.change):
            return explained.get("numbers", "")
        return explained.get("defaults", "") if re.match(r"'' -> 'X' in .*( or ''|, ''\))$", self.change) else ""

    def __str__(self) -> str:
        return f"{self.module}:{self.line} {self.where}: {self.change}"


def control_of(mutant: Mutant) -> Mutant:
    """The mutant that replaces the same function or module without changing it."""
    source = ast.unparse(ast.parse((ROOT / mutant.module).read_text()))
    return replace(mutant, change="nothing", source=source)


def mutants(module: str, functions: set[str]) -> Iterator[Mutant]:
    """Every possible change of a module, except in docstrings, user-visible texts, type hints and log calls."""
    tree = ast.parse((ROOT / module).read_text())
    for path, function, node, parent in list(_places(tree, "", "", ())):
        if functions and function not in functions:
            continue
        for other in changed(node):
            copied = copy.deepcopy(tree)
            holder = copied
            for step in path[:-1]:
                holder = getattr(holder, step) if isinstance(step, str) else holder[step]
            if isinstance(path[-1], str):
                setattr(holder, path[-1], other)
            else:
                holder[path[-1]] = other
            source = ast.unparse(ast.fix_missing_locations(copied))
            where = function or _assigned(tree.body[path[1]])
            change = f"{_short(node)} -> {_short(other)}"
            if isinstance(node, ast.Call) and isinstance(other, ast.Call):
                change = f"{node.func.attr} without {_short(_removed(node, other))}"
            elif isinstance(node, ast.Constant):
                change += f" in {_context(node, parent)}"
            yield Mutant(module, getattr(node, "lineno", 0), where, function, change, source)


def _assigned(statement: ast.stmt) -> str:
    """The name of a constant or class of the module."""
    match statement:
        case ast.Assign(targets=[target]) | ast.AnnAssign(target=target):
            return ast.unparse(target)
    return getattr(statement, "name", "")


def _places(node: ast.AST, scope: str, function: str, path: tuple) -> Iterator[tuple[tuple, str, ast.AST, ast.AST]]:
    """(path, outermost enclosing function, node, parent) of every node that may be changed."""
    for key, value in ast.iter_fields(node):
        if key in ("annotation", "returns", "decorator_list") or _is_docstring(node, key):
            continue
        for place, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(child, ast.AST) or isinstance(child, ast.JoinedStr) or _is_logged(child):
                continue
            here = (*path, key) if place is None else (*path, key, place)
            yield here, function, child, node
            own_scope, own_function = scope, function
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                own_scope = f"{scope}.{child.name}".strip(".")
                own_function = function or (own_scope if isinstance(child, ast.FunctionDef) else "")
            if isinstance(child, ast.arguments):  # defaults are evaluated outside the function
                own_function = ""
            yield from _places(child, own_scope, own_function, here)


def _is_docstring(node: ast.AST, key: str) -> bool:
    return isinstance(node, ast.Expr) and key == "value" and isinstance(node.value, ast.Constant)


def _is_logged(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and ast.unparse(node).startswith("logger.")


def _context(constant: ast.Constant, parent: ast.AST) -> str:
    """Tells equal constants of a function apart."""
    if isinstance(parent, ast.Dict):
        keys = [key for key, value in zip(parent.keys, parent.values, strict=True) if value is constant and key]
        return _short(keys[0]) if keys else "the keys"
    return _short(parent)


def _removed(call: ast.Call, shorter: ast.Call) -> ast.AST:
    left = [*shorter.args, *shorter.keywords]
    return next(each for each in [*call.args, *call.keywords] if each not in left)


def _short(node: ast.AST) -> str:
    text = ast.unparse(node).replace("\n", " ")
    return text if len(text) <= 90 else f"{text[:90]}…"


# ---- Applying a mutant: function objects stay the same, because other modules have imported them


def apply(mutant: Mutant) -> None:
    module = importlib.import_module(mutant.module.removesuffix(".py").replace("/", "."))
    code = compile(mutant.source, str(ROOT / mutant.module), "exec")
    if mutant.function:
        names = mutant.function.split(".")
        found = module
        for name in names:
            found = vars(found)[name]
        _replace_code(_plain(found), _code_of(code, names))
    else:
        _execute_again(module, code)
    for each in vars(module).values():
        if callable(getattr(each, "cache_clear", None)):
            each.cache_clear()


def _plain(found):
    """The function inside a property, a cache or a method; anything else as it is."""
    if isinstance(found, FunctionType | partial):
        return found
    inside = [name for name in ("fget", "func", "__wrapped__", "__func__") if hasattr(found, name)]
    return _plain(getattr(found, inside[0])) if inside else found


def _replace_code(function: FunctionType, code: CodeType) -> None:
    """Keeps the variables from outside, such as `__class__` for `super()`, also if the new code does not use them."""
    outside = function.__code__.co_freevars
    if not set(code.co_freevars) <= set(outside):
        raise ValueError(f"{function.__qualname__} would need variables from outside: {code.co_freevars}")
    function.__code__ = code if code.co_freevars else code.replace(co_freevars=outside)


def _code_of(code: CodeType, names: list[str]) -> CodeType:
    for name in names:
        code = next(each for each in code.co_consts if isinstance(each, CodeType) and each.co_name == name)
    return code


def _execute_again(module: ModuleType, code: CodeType) -> None:
    """Executes the module again: new constants, but the same function and class objects with new code."""
    before = dict(vars(module))
    exec(code, vars(module))
    for name, old in before.items():
        new = vars(module).get(name)
        if getattr(new, "__module__", None) != module.__name__ or type(old) is not type(new):
            continue
        if isinstance(new, type):
            for key, value in vars(new).items():
                if not _update(vars(old).get(key), value) and not _belongs_to_its_class(key, value):
                    setattr(old, key, value)
            setattr(module, name, old)
        elif _update(old, new):
            setattr(module, name, old)
    for name, old in before.items():
        if vars(module).get(name) is not old:
            _hand_on(module.__name__, name, vars(module).get(name))


def _belongs_to_its_class(name: str, value: object) -> bool:
    """Slots and members of enumerations do not work in another class."""
    return name.startswith("__") or isinstance(value, MemberDescriptorType) or isinstance(type(value), EnumType)


def _hand_on(module: str, name: str, value: object) -> None:
    """Sets the new value in the modules that have imported this constant, and in those that have it from them."""
    for importer, known_as in _importers().get((module, name), ()):
        setattr(importer, known_as, value)
        _hand_on(importer.__name__, known_as, value)


@cache
def _importers() -> dict[tuple[str, str], list[tuple[ModuleType, str]]]:
    """For each module and name: the loaded modules of this project that import it, and the name it has there."""
    found: dict[tuple[str, str], list[tuple[ModuleType, str]]] = {}
    for module in list(sys.modules.values()):
        file = Path(getattr(module, "__file__", None) or "/")
        if file.suffix == ".py" and file.is_relative_to(ROOT) and ".venv" not in file.parts:
            for statement in ast.parse(file.read_text(encoding="utf-8")).body:
                if isinstance(statement, ast.ImportFrom):
                    for each in statement.names:
                        place = (statement.module or "", each.name)
                        found.setdefault(place, []).append((module, each.asname or each.name))
    return found


def _update(old, new) -> bool:
    """Makes a function, also inside a cache or a method, behave like another one; False if it is none."""
    old, new = _plain(old), _plain(new)
    if not isinstance(old, FunctionType) or not isinstance(new, FunctionType):
        return False
    _replace_code(old, new.__code__)
    old.__defaults__, old.__kwdefaults__ = new.__defaults__, new.__kwdefaults__
    return True


# ---- Running


class Drill:
    """A pytest plugin: runs the tests unchanged, then once for each mutant in a forked process."""

    def __init__(self, target: Target):
        self.target = target
        self.survivors: list[Mutant] = []
        self.items: list[pytest.Item] = []  # in the order to run them
        self.failed: pytest.Item | None = None  # any test in this process
        self.running: pytest.Item | None = None
        self.seconds = 600.0  # after which a mutant hangs; set by the first control

    def pytest_runtest_logreport(self, report):
        if report.failed:
            self.failed = self.running

    def pytest_runtestloop(self, session):
        self.items = session.items
        self.run(self.items)
        _importers()  # read once, before the processes of the mutants are forked
        if self.failed:
            pytest.exit("The tests fail without any change.", returncode=2)
        for module in self.target.modules:
            self.run_module(list(mutants(module, self.target.functions)))
        return True

    def run_module(self, changes: list[Mutant]) -> None:
        """Reports the survivors among all mutants of a module."""
        counts: Counter[str] = Counter()
        for place in {bool(each.function): each for each in changes}.values():  # in a function, in the module
            self.run_control(place)
        for number, mutant in enumerate(changes, 1):
            status = self.status_of(mutant)
            if status == SURVIVED:
                self.survivors.append(mutant)
                counts["explained" if mutant.explanation else "not explained"] += 1
                tell(f"  {mutant}: {mutant.explanation or 'NOT EXPLAINED'}")
            elif status == INVALID:
                counts["invalid"] += 1
                tell(f"  {mutant}: invalid")
            else:
                counts["noticed"] += 1
            if number % MUTANTS_PER_CONTROL == 0 or number == len(changes):
                self.run_control(mutant)
        kinds = ("noticed", "explained", "not explained", "invalid")
        tell(f"{changes[0].module}: {len(changes)} changes, " + ", ".join(f"{counts[kind]} {kind}" for kind in kinds))

    def run_control(self, mutant: Mutant) -> None:
        control, started = control_of(mutant), time.monotonic()
        if self.status_of(control) != SURVIVED:
            pytest.exit(f"The tests fail although nothing is changed: {control}", returncode=2)
        self.seconds = SLOWEST * (time.monotonic() - started) + 10

    def run(self, items, then: pytest.Item | None = None):
        """Runs these tests until one fails. Fixtures that the test `then` (if None: the first) needs, too, stay."""
        for item, following in zip(items, [*items[1:], then or items[0]], strict=True):
            self.running = item
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self.failed:
                return

    def status_of(self, mutant: Mutant) -> int:
        from django.db import connections

        connections.close_all()  # two processes must not share one
        answer, question = os.pipe()
        if (pid := os.fork()) == 0:
            self.run_in_child(mutant, question)
        os.close(question)
        status, deadline = None, time.monotonic() + self.seconds
        while status is None:
            ended, code = os.waitpid(pid, os.WNOHANG)
            status = code if ended else None
            if status is None and time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.02)
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)  # what its tests had started
        with open(answer) as place:
            noticed_by = place.read()
        if status:
            delete_leftover_rows()
        if noticed_by:
            self.run_first(self.items[int(noticed_by)])
        ended = os.waitstatus_to_exitcode(status)
        return ended if ended in (SURVIVED, INVALID) else NOTICED

    def run_in_child(self, mutant: Mutant, question: int):
        status = NOTICED  # also when the mutant ends the process or breaks pytest
        try:
            os.setsid()
            quiet = os.open(os.devnull, os.O_WRONLY)
            for stream in (1, 2):
                os.dup2(quiet, stream)
            status = INVALID
            apply(mutant)
            status = NOTICED
            self.run(self.items)
            if self.failed:
                os.write(question, str(self.items.index(self.failed)).encode())
            else:
                status = SURVIVED
        finally:
            os._exit(status)

    def run_first(self, item: pytest.Item) -> None:
        """Moves a test to the front; it probably notices the next mutant, too."""
        first = self.items[0]
        if item is not first:
            self.run([first], then=item)  # to end the fixtures of its module, if `item` is in another one
            if self.failed:
                pytest.exit(f"{first.nodeid} fails although nothing is changed.", returncode=2)
            self.items = [item, *(each for each in self.items if each is not item)]


def delete_leftover_rows() -> None:
    """Deletes the rows of an interrupted test, which its teardown would have deleted."""
    from django.db import connection

    from tests.conftest import KEPT_TABLES

    where = connection.settings_dict
    if not where["NAME"].startswith("test_"):
        return  # no test of this target uses the database
    with psycopg.connect(host=where["HOST"], user=where["USER"], dbname=where["NAME"]) as session:
        tables = [name for (name,) in session.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        session.execute("SET session_replication_role = replica")  # in any order
        for name in set(tables) - KEPT_TABLES - {"django_migrations"}:
            session.execute(f'DELETE FROM "{name}"')


def tell(line: str) -> None:
    sys.__stderr__.write(f"{line}\n")
    sys.__stderr__.flush()


def drill(target: Target) -> int:
    """Runs one target in this process; returns 1 if any survivor is not explained."""
    plugin = Drill(target)
    files = [f"tests/{name}.py" for name in target.tests]
    options = ["-n", "0", "-q", "-s", "-p", "no:randomly", "-p", "no:cacheprovider"]
    status = pytest.main([*options, *files], plugins=[plugin])
    if status not in (0, 1):
        return int(status)
    return 1 if any(not each.explanation for each in plugin.survivors) else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", default=list(TARGETS), metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--only", metavar="PART", default="", help="only modules with this in their name")
    parser.add_argument("--list", action="store_true", help="only list the changes")
    options = parser.parse_args()
    for target in TARGETS.values():
        target.modules = [module for module in target.modules if options.only in module]
    options.targets = [name for name in options.targets if TARGETS[name].modules]
    if options.list:
        for target in map(TARGETS.get, options.targets):
            for module in target.modules:
                print(*mutants(module, target.functions), sep="\n")
        return 0
    if len(options.targets) == 1:
        return drill(TARGETS[options.targets[0]])
    again = [sys.executable, "-m", "tests.drills.mutants", "--only", options.only]
    return max(subprocess.run([*again, name], cwd=ROOT).returncode for name in options.targets)


if __name__ == "__main__":
    sys.exit(main())
