"""The rate limits of a single process: at most so many in a time, and a pause after a failure."""

import gc
from concurrent.futures import ThreadPoolExecutor

import pytest

from comments import limits as comment_limits
from comments.triage import spam_score
from news.pageviews import journal
from news.web.throttle import AtMost, Silence
from tests.conftest import LIMITS


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until the test advances it: `clock(seconds)`."""
    now = [1000.0]
    monkeypatch.setattr("news.web.throttle.time.monotonic", lambda: now[0])

    def pass_(seconds):
        now[0] += seconds

    return pass_


def test_no_window_of_the_given_length_exceeds_the_limit(clock):
    brake = AtMost(2, seconds=60)
    assert [brake.take() for _ in range(3)] == [True, True, False]
    clock(59.9)
    assert not brake.take()
    clock(0.2)
    assert [brake.take() for _ in range(3)] == [True, True, False]


def test_what_was_refused_does_not_count(clock):
    brake = AtMost(1, seconds=10)
    brake.take()
    for _ in range(9):
        clock(1)
        assert not brake.take()
    clock(1)
    assert brake.take()


def test_keys_are_limited_separately_and_the_oldest_are_forgotten(clock):
    brake = AtMost(1, seconds=1e9)
    assert all(brake.take(f"sender {number}") for number in range(150))
    assert not brake.take("sender 149")
    assert brake.take("sender 0"), "only the newest hundred are remembered"


def test_a_limit_of_zero_allows_nothing(clock):
    assert not AtMost(0, seconds=60).take()


def test_threads_cannot_exceed_the_limit(clock):
    brake = AtMost(10, seconds=60)
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: brake.take(), range(200))) == 10


def test_silence_lasts_and_ends(clock):
    silence = Silence(seconds=5)
    assert not silence
    silence.begin()
    clock(4.9)
    assert silence
    clock(0.2)
    assert not silence
    silence.begin()
    silence.clear()
    assert not silence


def test_every_limit_of_this_process_is_cleared_before_a_test():
    """Nothing lists them: `clean_process_state` finds them, wherever they are kept."""
    limits = {each for each in gc.get_objects() if type(each) in (AtMost, Silence)}
    assert {journal._journal.complaints, comment_limits.warnings, spam_score.silence} <= limits <= set(LIMITS)
