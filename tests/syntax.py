"""What stands in a syntax tree, for tests that read the code."""

import ast
from collections.abc import Iterator


def strings(tree: ast.AST) -> Iterator[ast.Constant]:
    """Every string in a syntax tree except docstrings."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node, clean=False)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def names_in(source: str, ignored: tuple[str, ...] = ()) -> set[str]:
    """The variables, attributes, functions, imported names and strings of a module, except in these fields."""
    found: set[str] = set()

    def visit(node: ast.AST) -> None:
        for key in ("id", "attr", "name", "module", "value"):
            if isinstance(name := getattr(node, key, None), str):
                found.add(name)
        for key, value in ast.iter_fields(node):
            if key not in ignored:
                for child in value if isinstance(value, list) else [value]:
                    if isinstance(child, ast.AST):
                        visit(child)

    visit(ast.parse(source))
    return found


def renamed_imports(source: str) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.alias) and node.asname}
