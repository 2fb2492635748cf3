"""The loop that times proofs, of whatever protocol."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeVar

from node.benchmark.engine import TOTAL, TimedEngine
from node.benchmark.model import ProvingFigures, Repeats, Run, SetupFigures, finished_run
from node.benchmark.process import peak_memory_bytes
from node.benchmark.stopwatch import Span, Stopwatch
from prover import Engine, default_engine
from prover.curve import G1_BYTES

#: Makes a proof, and returns what verifies it.
Attempt = Callable[[], Callable[[], object]]

_OPEN, _LOAD = "open", "load"

_Loaded = TypeVar("_Loaded")


class Workbench:
    """One process's measurement: `opening` and `load` a key, each once, then `prove`.

    `stopwatch` has the phases of the proof that is being made; `engine` counts into it.
    """

    def __init__(self) -> None:
        self.stopwatch = Stopwatch()
        self._timed = TimedEngine(default_engine(), self.stopwatch)
        self._key = Stopwatch()

    @property
    def engine(self) -> Engine:
        """What to prove with."""
        return self._timed.engine

    def opening(self) -> AbstractContextManager[None]:
        """Counts what happens inside as opening the files."""
        return self._key.measuring(_OPEN)

    def load(self, load: Callable[[Engine], _Loaded]) -> _Loaded:
        """The key's vectors in the engine, known by name from then on."""
        with self._key.measuring(_LOAD):
            loaded = load(self.engine)
        self._timed.label(loaded)
        return loaded

    def prove(self, attempts: Sequence[Attempt], repeats: Repeats) -> ProvingFigures:
        """Per run, make and verify the proof of every attempt, one by one."""
        verify: list[Span] = []

        def run() -> Run:
            self.stopwatch.spans.clear()
            for attempt in attempts:
                with self.stopwatch.measuring(TOTAL):
                    check = attempt()
                checking = Stopwatch()
                with checking.measuring(TOTAL):
                    check()
                verify.append(checking.spans[TOTAL])
            return finished_run(self.stopwatch)

        runs = repeats.run(run)
        return ProvingFigures(
            engine=self.engine.name,
            open=self._key.spans[_OPEN],
            load=self._key.spans[_LOAD],
            runs=runs,
            verify=tuple(verify[-len(attempts) * len(runs) :]),
            peak_memory_bytes=peak_memory_bytes(),
        )


def setup_figures(
    constraints: int, h_query: bytes | memoryview, setup: Span, key_file: Path
) -> SetupFigures:
    """What making this process's key took."""
    return SetupFigures(
        constraints=constraints,
        h_query_points=len(h_query) // G1_BYTES,
        setup=setup,
        key_bytes=key_file.stat().st_size,
        peak_memory_bytes=peak_memory_bytes(),
    )
