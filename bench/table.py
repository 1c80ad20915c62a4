"""The output: a line for each figure, in the same columns for all parts."""

from dataclasses import dataclass, replace
from statistics import median

_MARKS = {True: "ok", False: "MISSED", None: ""}


@dataclass(frozen=True)
class Line:
    name: str
    cost: str = ""
    limit: str = ""
    ratio: str = ""
    target: str = ""
    reached: bool | None = None  # None: there is no target
    figure: float = 0.0  # what is compared with `bound`, the number of the target
    bound: float = 0.0

    @property
    def cells(self) -> tuple[str, ...]:
        return self.name, self.cost, self.limit, self.ratio, self.target, _MARKS[self.reached]

    @property
    def share_of_target(self) -> float | None:
        """The figure divided by its target; None without a target, or if that is zero."""
        return self.figure / self.bound if self.bound else None

    def __str__(self) -> str:
        return _columns(*self.cells)


def _columns(name: str, cost: str, limit: str, ratio: str, target: str, mark: str) -> str:
    return f"{name:58}{cost:>10}{limit:>10}   {ratio:<26}{target:>10}  {mark}".rstrip()


HEAD = _columns("", "cost", "limit", "ratio (smallest..largest)", "target", "")


def at_most(name: str, figure: float, most: float, form: str = "g", **columns: str) -> Line:
    target = f"<= {most:g}"
    return Line(name, f"{figure:{form}}", target=target, reached=figure <= most, figure=figure, bound=most, **columns)


def at_least(name: str, figure: float, least: float, form: str = "g", **columns: str) -> Line:
    target = f">= {least:g}"
    return Line(
        name, f"{figure:{form}}", target=target, reached=figure >= least, figure=figure, bound=least, **columns
    )


def ratio(name: str, costs: list[float], limits: list[float], *, target: float, form: str = ".3f") -> Line:
    """The medians of the costs, of the limits, and of the ratios of each round."""
    ratios = [cost / limit for cost, limit in zip(costs, limits, strict=True)]
    return _of_rounds(at_most(name, median(ratios), target), costs, limits, ratios, form)


def budget(name: str, costs: list[float], limits: list[float], *, target: float, form: str = ".1f") -> Line:
    """As `ratio`, the other way round: which part of the cost the limit is, at least."""
    ratios = [limit / cost for cost, limit in zip(costs, limits, strict=True)]
    return _of_rounds(at_least(name, median(ratios), target), costs, limits, ratios, form)


def _of_rounds(line: Line, costs: list[float], limits: list[float], ratios: list[float], form: str) -> Line:
    cost, limit = (f"{median(each):{form}}" for each in (costs, limits))
    spread = f"{median(ratios):.3f} ({min(ratios):.3f}..{max(ratios):.3f})"
    return replace(line, cost=cost, limit=limit, ratio=spread)


def spread(figures: list[float], form: str = ".0f") -> str:
    """The smallest and largest figure of the rounds, for the column of ratios."""
    return f"({min(figures):{form}}..{max(figures):{form}})"
