"""What the figures must reach on two cores, and whether they do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from node.benchmark import WARM
from node.benchmark.engine import TOTAL, WITNESS
from tests.benchmarks.cases import (
    BAR_DENSE,
    BAR_MARGINS,
    BAR_OPTIONS,
    COMMITTED,
    DENSE,
    MARGINS,
    OPTION_MARKS,
    WHAT_IF,
    Record,
    total_wall,
)

USUAL, LARGEST = BAR_OPTIONS
FEW, ALL = BAR_MARGINS


@dataclass(frozen=True)
class Bar:
    """A limit; `measured` finds the figure among the records, None where it was not run."""

    name: str
    limit: float
    unit: str
    at_most: bool
    measured: Callable[[Sequence[Record]], float | None]
    stretch: float | None = None

    def holds(self, value: float) -> bool:
        """Whether a figure reaches the limit."""
        return value <= self.limit if self.at_most else value >= self.limit


@dataclass(frozen=True)
class Verdict:
    """A bar with its figure."""

    bar: Bar
    value: float | None

    @property
    def word(self) -> str:
        """What to print."""
        if self.value is None:
            return "not run"
        return "reached" if self.bar.holds(self.value) else "MISSED"


def verdicts(records: Sequence[Record]) -> list[Verdict]:
    """Every bar with its figure."""
    return [Verdict(bar, bar.measured(records)) for bar in BARS]


def headline(records: Sequence[Record], size: int) -> Record | None:
    """The fastest way to prove so many options, in one proof or several."""
    found = _proven(records, OPTION_MARKS, size)
    return min(found, key=total_wall, default=None)


def cpu_ratio(record: Record) -> float | None:
    """CPU seconds of snarkjs's process per CPU second of our proof of the same witness."""
    if record["snarkjs"] is None:
        return None
    ours: float = record["proving"]["medians"][TOTAL]["cpu_s"]
    return float(record["snarkjs"]["medians"][TOTAL]["cpu_s"] / ours)


def _proven(
    records: Sequence[Record], system: str, size: int, portable: bool = False
) -> list[Record]:
    wanted = (system, COMMITTED, size, portable, False)
    keys = ("system", "protocol", "size", "portable", "greeks")
    return [record for record in records if tuple(record[key] for key in keys) == wanted]


def _usual(figure: Callable[[Record], float]) -> Callable[[Sequence[Record]], float | None]:
    return lambda records: next(map(figure, _proven(records, OPTION_MARKS, USUAL)), None)


def _best(figure: Callable[[Record], float]) -> Callable[[Sequence[Record]], float | None]:
    def measured(records: Sequence[Record]) -> float | None:
        record = headline(records, LARGEST)
        return None if record is None else figure(record)

    return measured


def _margin(legs: int, portable: bool = False) -> Callable[[Sequence[Record]], float | None]:
    return lambda records: next(map(total_wall, _proven(records, MARGINS, legs, portable)), None)


def _warm_what_if(records: Sequence[Record]) -> float | None:
    found = (r for r in records if (r["system"], r["size"]) == (WHAT_IF, ALL))
    return next((1_000 * float(r["medians"][WARM]["wall_s"]) for r in found), None)


def _dense_ratio(records: Sequence[Record]) -> float | None:
    found = (r for r in records if (r["system"], r["size"]) == (DENSE, BAR_DENSE))
    return next((cpu_ratio(record) for record in found if not record["portable"]), None)


def _key_load(record: Record) -> float:
    proving = record["proving"]
    return float(proving["open"]["wall_s"] + proving["load"]["wall_s"])


def _witness_share(record: Record) -> float:
    witness = record["proving"]["medians"][WITNESS]["wall_s"]
    return float(100 * witness / (total_wall(record) - witness))


def _peak_mb(record: Record) -> float:
    return float(record["proving"]["peak_memory_bytes"] / 1e6)


BARS = (
    Bar("1,024 options, witness and proof", 0.6, "s", True, _usual(total_wall), stretch=0.3),
    Bar("1,024 options, memory of the prover", 500, "MB", True, _usual(_peak_mb)),
    Bar("1,024 options, opening and loading the key", 0.1, "s", True, _usual(_key_load)),
    Bar(
        "1,024 options, set-up",
        12,
        "s",
        True,
        _usual(lambda record: float(record["setup"]["setup"]["wall_s"])),
    ),
    Bar("1,024 options, witness by proof alone", 15, "%", True, _usual(_witness_share)),
    Bar("16,384 options", 2_000, "options/s", False, _best(lambda r: LARGEST / total_wall(r))),
    Bar("16,384 options, memory of the prover", 3_000, "MB", True, _best(_peak_mb)),
    Bar("16 hidden legs, witness and proof", 0.3, "s", True, _margin(FEW)),
    Bar("16 hidden legs, without IFMA", 1, "s", True, _margin(FEW, portable=True)),
    Bar("128 hidden legs, witness and proof", 1, "s", True, _margin(ALL)),
    Bar("128 hidden legs, without IFMA", 4, "s", True, _margin(ALL, portable=True)),
    Bar("128 legs, what-if beside a kept sheet", 50, "ms", True, _warm_what_if),
    Bar("131,000 dense constraints, CPU of snarkjs / ours", 12, "x", False, _dense_ratio),
)
