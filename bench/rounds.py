"""Interleaved rounds: what is compared is measured in turns, since a machine is faster at one time than at another."""

from collections.abc import Callable, Mapping
from itertools import cycle, islice, permutations


def take_turns(rounds: int, costs: Mapping[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Measures each of `costs` once a round, in another order every round; returns what was measured, by round."""
    measured: dict[str, list[float]] = {name: [] for name in costs}
    for order in islice(cycle(permutations(costs)), rounds):
        for name in order:
            measured[name].append(costs[name]())
    return measured
