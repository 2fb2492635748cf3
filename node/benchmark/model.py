"""What a measurement returns; plain data, so that it crosses processes and becomes JSON."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from node.benchmark.engine import PHASES, REST, TOTAL
from node.benchmark.stopwatch import Span, Stopwatch, median_span

#: Spans by phase, among them the total; the phases and the rest add up to it.
Run = dict[str, Span]


@dataclass(frozen=True)
class Repeats:
    """At most `most` runs after one to warm up; no more begin after `seconds` once `least` are in.

    A machine's quiet is worth more than its average: medians are taken of the runs.
    """

    most: int = 5
    least: int = 5
    seconds: float = 0.0

    def run(self, action: Callable[[], Run]) -> tuple[Run, ...]:
        """The runs, without the one that warms up."""
        action()
        runs: list[Run] = []
        deadline = time.monotonic() + self.seconds
        while len(runs) < self.most and (len(runs) < self.least or time.monotonic() < deadline):
            runs.append(action())
        return tuple(runs)


@dataclass(frozen=True)
class SetupFigures:
    """Making a key: `setup` without building the circuit and writing the file.

    `h_query_points` are as many as the domain has points.
    """

    constraints: int
    h_query_points: int
    setup: Span
    key_bytes: int
    peak_memory_bytes: int


@dataclass(frozen=True)
class ProvingFigures:
    """A process that opens a key and proves.

    `open` maps the key's files and checks their digests, `load` hands the vectors to the engine.
    `verify` spans are one verification each, `runs` as many proofs each as there were attempts.
    """

    engine: str
    open: Span
    load: Span
    runs: tuple[Run, ...]
    verify: tuple[Span, ...]
    peak_memory_bytes: int

    @property
    def medians(self) -> Run:
        """Medians by phase."""
        return medians_of(self.runs)


def medians_of(runs: Sequence[Run]) -> Run:
    """Medians by phase, those of `PHASES` first and in their order, without unused ones."""
    names = list(dict.fromkeys(name for run in runs for name in run))
    names.sort(key=lambda name: PHASES.index(name) if name in PHASES else len(PHASES))
    return {name: median_span(run.get(name, Span()) for run in runs) for name in names}


def finished_run(stopwatch: Stopwatch) -> Run:
    """The stopwatch's spans, total among them, with what no phase claimed as the rest."""
    run = dict(stopwatch.spans)
    stopwatch.spans.clear()
    claimed = sum((span for name, span in run.items() if name != TOTAL), Span())
    return run | {REST: run[TOTAL] - claimed}
