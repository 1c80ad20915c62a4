"""Interleaved rounds: subjects are measured in turns, because the speed of a machine varies over time."""

from collections.abc import Callable, Mapping
from itertools import cycle, islice, permutations


def take_turns(rounds: int, costs: Mapping[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Measures each of `costs` once per round, in a different order each round; returns the results by round."""
    measured: dict[str, list[float]] = {name: [] for name in costs}
    for order in islice(cycle(permutations(costs)), rounds):
        for name in order:
            measured[name].append(costs[name]())
    return measured
