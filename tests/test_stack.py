"""Calls cost the same at every depth."""

import resource

import pytest

from portal.run.stack import in_one_piece

CALLS, DEEPEST = 2_000, 300
SOME = CALLS // 10  # page faults; where each call takes a piece from the system there are at least CALLS


def leaf():
    pass


def faults_below(depth: int) -> int:
    """The page faults of many calls that deep."""
    if depth:
        return faults_below(depth - 1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(CALLS):
        leaf()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


@pytest.mark.slow
def test_no_depth_makes_calls_expensive():
    assert max(in_one_piece(faults_below, depth) for depth in range(DEEPEST)) < SOME


def test_what_is_called_gets_its_arguments_and_raises_its_errors():
    assert in_one_piece(max, 1, 3) == 3
    with pytest.raises(ZeroDivisionError):
        in_one_piece(divmod, 1, 0)
