"""Kills and interrupts processes for minutes; the suite does so for seconds or at one moment."""

import random
import time

import pytest

from portal.run import postgres
from tests.conftest import processes_of, wait_until
from tests.test_pageviews_kill import kill_storm
from tests.test_serve import LOGIN, Portal, interrupt, kill_all_of

pytestmark = pytest.mark.drill


@pytest.mark.django_db(transaction=True)
def test_no_read_is_lost_or_counted_twice_during_minutes_of_kills(tmp_path, settings):
    settings.PAGEVIEWS_DIR = tmp_path / "pageviews"
    kill_storm(tmp_path, seconds=180)


def test_ctrl_c_at_any_moment_of_the_first_start_ends_everything(data_dir):
    moments = [random.uniform(0, 4) for _ in range(15)]
    for moment in moments:
        interrupt(Portal(data_dir), moment)
    portal = Portal(data_dir).wait_until_ready()
    portal.press_ctrl_c()
    portal.wait_for_end()
    print(f"Ctrl-C at {len(moments)} moments, then a start that went on")


def test_kill_9_of_everything_at_any_moment_of_the_first_start_breaks_nothing(data_dir):
    said, interrupted = "", 0
    while interrupted < 15:
        portal = Portal(data_dir)
        time.sleep(random.uniform(0.2, 10))
        kill_all_of(data_dir)
        portal.process.wait()
        said += portal.said()
        interrupted += 1
    portal = Portal(data_dir).wait_until_ready()
    said += portal.said()
    wait_until(portal.is_healthy)
    portal.process.terminate()
    portal.wait_for_end()
    assert len(LOGIN.findall(said)) <= 1, "two administrators were made"
    print(f"kill -9 of everything {interrupted} times, then a start that went on")


def test_kill_9_of_serve_alone_leaves_no_process_behind(data_dir):
    for _ in range(40):
        portal = Portal(data_dir)
        time.sleep(random.uniform(0.1, 2.5))
        portal.process.kill()
        portal.process.wait()
        wait_until(lambda: not processes_of(data_dir))
    with postgres.running(data_dir):
        pass
    assert not list(data_dir.glob("postgres.new-*"))
    print("kill -9 of serve alone 40 times: no process was left")
