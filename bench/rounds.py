"""Interleaved rounds: subjects are measured in turns, because the speed of a machine varies over time."""

from collections.abc import Callable, Mapping


def take_turns(rounds: int, costs: Mapping[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Measures each of `costs` once per round, each round beginning with another; returns the results by round."""
    measured: dict[str, list[float]] = {name: [] for name in costs}
    names = list(costs)
    for turn in range(rounds):
        first = turn % len(names)
        for name in (*names[first:], *names[:first]):
            measured[name].append(costs[name]())
    return measured
