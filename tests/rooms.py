"""The rooms of the code and the imports between them:  python -m tests.rooms [APP ...]

A room is a module or package directly below an app. Every import counts, also inside functions, for type checking
only, and those of a package's `__init__`.
"""

import ast
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ("news", "comments", "portal")
Graph = dict[str, set[str]]


def modules(root: Path = ROOT) -> dict[str, Path]:
    """Path by dotted name of every module except migrations; a package is its `__init__`."""
    found = {}
    for app in APPS:
        for path in (root / app).rglob("*.py"):
            parts = path.relative_to(root).with_suffix("").parts
            if "migrations" not in parts:
                found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(root: Path = ROOT) -> Graph:
    """For each module the modules of the portal that it imports directly, at import time or when called."""
    known = modules(root)
    return {name: set(_imported(name, path, known)) - {name} for name, path in known.items()}


def foreign(root: Path = ROOT) -> Graph:
    """For each module the top-level packages from outside the portal that it imports, also of the standard library."""
    known = modules(root)
    return {
        name: {each.partition(".")[0] for each in _named(name, path, known)} - set(APPS)
        for name, path in known.items()
    }


def _imported(name: str, path: Path, known: dict[str, Path]) -> Iterator[str]:
    for each in _named(name, path, known):
        parts = each.split(".")
        whole = [".".join(parts[: end + 1]) for end in range(len(parts))]  # with the packages above it
        yield from (part for part in whole if part in known and not name.startswith(f"{part}."))


def _named(name: str, path: Path, known: dict[str, Path]) -> Iterator[str]:
    """The dotted names in all import statements of one module."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:  # relative
                package = name if path.name == "__init__.py" else name.rpartition(".")[0]
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, *filter(None, [node.module])])
            yield from (f"{base}.{alias.name}" if f"{base}.{alias.name}" in known else base for alias in node.names)


def circles(graph: Graph) -> list[list[str]]:
    """The strongly connected components of more than one node (Tarjan, "Depth-first search and linear graph
    algorithms", 1972)."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found = []

    def visit(node: str) -> None:
        order[node] = low[node] = len(order)
        stack.append(node)
        for other in sorted(graph.get(node, ())):
            if other not in order:
                visit(other)
            if other in stack:
                low[node] = min(low[node], low[other])
        if low[node] == order[node]:
            group = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(group) > 1:
                found.append(sorted(group))

    for node in sorted(graph):
        if node not in order:
            visit(node)
    return found


def rooms(graph: Graph, app: str) -> Graph:
    """The graph of imports between the rooms of one app."""

    def room(module: str) -> str:
        return ".".join(module.split(".")[:2])

    inside = {name: others for name, others in graph.items() if name.startswith(f"{app}.")}
    found: Graph = {room(name): set() for name in inside}
    for name, others in inside.items():
        found[room(name)] |= {room(other) for other in others if other.startswith(f"{app}.")} - {room(name)}
    return found


def reached(graph: Graph, start: str) -> set[str]:
    """All modules that this one imports directly or indirectly, with the packages that contain them."""
    found: set[str] = set()
    left = [start]
    while left:
        name = left.pop()
        parts = name.split(".")
        around = {".".join(parts[:end]) for end in range(1, len(parts))} & graph.keys()
        for other in (graph[name] | around) - found:
            found.add(other)
            left.append(other)
    return found


def main(apps: Iterable[str]) -> None:
    graph = imports()
    for app in apps:
        between = rooms(graph, app)
        arrows = sum(map(len, between.values()))
        print(f"{app}: {len(between)} rooms, {arrows} imports between them, {len(circles(between))} circles")
        for name, others in sorted(between.items()):
            print(f"  {name.partition('.')[2]:20} -> {', '.join(sorted(o.partition('.')[2] for o in others)) or '-'}")
        for circle in circles(between):
            print(f"  circle: {', '.join(circle)}")
    for circle in circles(graph):
        print(f"circle of modules: {', '.join(circle)}")


if __name__ == "__main__":
    main(sys.argv[1:] or APPS)
