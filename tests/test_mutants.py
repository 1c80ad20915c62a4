"""How tests/drills/mutants.py changes code and applies the changes."""

import ast
import importlib
import sys

import pytest

from tests.drills import mutants

SOURCE = """
from functools import cache, partial

LIMIT = 3
FIRST = [5][0]
add = partial(int, base=8)

@cache
def limited(number=2):
    number += 1
    return min(number, LIMIT)

class Base:
    def __init__(self):
        self.made = True

class Child(Base):
    LEAST = 4

    def __init__(self, size=6):
        super().__init__()
        self.size = size

    @property
    def large(self):
        return self.size > self.LEAST
"""


@pytest.fixture
def sample(tmp_path, monkeypatch):
    """A module to change."""
    (tmp_path / "mutated_sample.py").write_text(SOURCE)
    monkeypatch.setattr(mutants, "ROOT", tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    module = importlib.import_module("mutated_sample")
    yield module
    del sys.modules["mutated_sample"]


def changes_of(where: str) -> dict[str, mutants.Mutant]:
    return {each.change: each for each in mutants.mutants("mutated_sample.py", set()) if each.where == where}


def test_an_assignment_with_an_operator_is_both_dropped_and_reversed():
    [statement] = ast.parse("total += 1").body
    assert [ast.unparse(each) for each in mutants.changed(statement)] == ["pass", "total -= 1"]


def test_a_call_of_super_can_be_dropped(sample):
    mutants.apply(changes_of("Child.__init__")["super().__init__() -> pass"])
    assert not hasattr(sample.Child(), "made")


def test_a_change_reaches_functions_that_others_have_imported(sample):
    limited, child = sample.limited, sample.Child
    mutants.apply(changes_of("LIMIT")["3 -> 4 in LIMIT = 3"])
    assert limited(9) == 4
    mutants.apply(changes_of("limited")["number += 1 -> number -= 1"])
    assert limited(2) == 1
    mutants.apply(changes_of("Child")["4 -> 5 in LEAST = 4"])
    assert not child(5).large
    mutants.apply(changes_of("Child.large")["self.size > self.LEAST -> self.size >= self.LEAST"])
    assert child(5).large


def test_the_default_of_an_argument_is_changed_in_functions_and_methods(sample):
    limited, child = sample.limited, sample.Child
    [of_function] = [each for each in mutants.mutants("mutated_sample.py", set()) if each.change.startswith("2 -> 3")]
    mutants.apply(of_function)
    assert limited() == 3
    [of_method] = [each for each in mutants.mutants("mutated_sample.py", set()) if each.change.startswith("6 -> 7")]
    mutants.apply(of_method)
    assert child().size == 7


def test_other_callables_are_replaced(sample):
    mutants.apply(changes_of("add")["8 -> 9 in base=8"])
    assert sample.add("10") == 9


def test_a_change_with_which_the_module_would_not_be_imported_cannot_be_applied(sample):
    with pytest.raises(IndexError):
        mutants.apply(changes_of("FIRST")["0 -> 1 in [5][0]"])


def test_a_control_changes_nothing(sample):
    for each in list(mutants.mutants("mutated_sample.py", set())):
        mutants.apply(mutants.control_of(each))
    assert (sample.limited(9), sample.Child().size, sample.Child(5).large, sample.Child().made) == (3, 6, True, True)
