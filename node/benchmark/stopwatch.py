"""Wall and CPU seconds by phase."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """Seconds on the wall, and CPU seconds of all threads of the process."""

    wall_s: float = 0.0
    cpu_s: float = 0.0

    def __add__(self, other: Span) -> Span:
        return Span(self.wall_s + other.wall_s, self.cpu_s + other.cpu_s)

    def __sub__(self, other: Span) -> Span:
        return Span(self.wall_s - other.wall_s, self.cpu_s - other.cpu_s)


class Stopwatch:
    """Adds up spans by phase."""

    def __init__(self) -> None:
        self.spans: dict[str, Span] = {}

    @contextmanager
    def measuring(self, phase: str) -> Iterator[None]:
        """Count what happens inside to the phase, failures included."""
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            yield
        finally:
            span = Span(time.perf_counter() - wall, time.process_time() - cpu)
            self.spans[phase] = self.spans.get(phase, Span()) + span


def median_span(spans: Iterable[Span]) -> Span:
    """Medians of wall and CPU seconds, each by itself."""
    listed = list(spans)
    return Span(
        statistics.median(span.wall_s for span in listed),
        statistics.median(span.cpu_s for span in listed),
    )
