"""The quality and speed of the spam score. Measures the shipped weights alone, without the database."""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import mean

from bench import corpora
from comments.spam import scoring, training
from portal.samples.demo import content

TEXTS = 3000
LONG = ("halo " * 2**18, "𝐉 𝐀 " * 2**18)  # 1 MB and more


def quality(folder: str) -> dict[str, float]:
    """Trains weights on a part of the data and tests them on the rest; keys are those of the training report."""
    found = dict(training.report(training.Data.read(Path(folder))))
    citizens = [comment.text for comment in content.read().comments if not comment.waiting]
    return found | {"komentar contoh ditandai": mean(scoring.score(text).probability >= 0.5 for text in citizens)}


def speed(folder: str) -> dict[str, float]:
    """One round of timings; the keys name the units."""
    texts = [row["text"] for row in corpora.rows(Path(folder) / "spam_judol_youtube" / "data.jsonl.gz")][:TEXTS]
    scores = [scoring.score(text) for text in texts]
    return {
        "mikrodetik per komentar": 1e6 * _cpu(lambda: [scoring.score(text) for text in texts]) / len(texts),
        "mikrodetik per alasan": 1e6 * _cpu(lambda: [score.reasons for score in scores]) / len(texts),
        "milidetik untuk 1 MB": 1e3 * max(_cpu(partial(scoring.score, text)) for text in LONG),
    }


def _cpu(work: Callable[[], object]) -> float:
    """CPU seconds of this process."""
    started = time.process_time()
    work()
    return time.process_time() - started
