"""An engine, and a witness, that say where the time of a proof went.

Nothing of the product knows of it: calls are delegated whatever their names, and a call is
counted to the key vector it was given. So phases keep their meaning while engines change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, cast

from circuits.r1cs import TwoPhaseWitness
from node.benchmark.stopwatch import Stopwatch
from prover import Engine

WITNESS, QUOTIENT, COMBINE, REST, TOTAL = "witness", "quotient", "combine", "rest", "total"

#: Phases of the calls that were given this vector of a key, product's or plain Groth16's.
PHASE_OF_VECTOR = {
    "committed_query": "commit",
    "a_query": "msm_a",
    "b_g1_query": "msm_b1",
    "b_g2_query": "msm_b2",
    "l_query": "msm_l",
    "c_query": "msm_l",
    "h_query": "msm_h",
}

#: Every phase of a proof, in order; what no phase claims is the rest.
PHASES = (
    WITNESS,
    "commit",
    QUOTIENT,
    "msm_a",
    "msm_b1",
    "msm_b2",
    "msm_l",
    "msm_h",
    COMBINE,
    REST,
)


class TimedEngine:
    """Delegates to an engine and counts the time of its calls; `engine` is what to prove with."""

    def __init__(self, engine: Engine, stopwatch: Stopwatch) -> None:
        self._phase_of_handle: dict[int, str] = {}
        self._kept: list[object] = []  # an identity is a name only as long as its object lives
        self.engine = cast(Engine, _TimedCalls(engine, stopwatch, self.phase))

    def label(self, loaded: object) -> None:
        """Take the names of handles from the fields of a loaded key, nested ones included."""
        self._kept.append(loaded)
        for name, handle in _handles(loaded):
            if name in PHASE_OF_VECTOR:
                self._phase_of_handle[id(handle)] = PHASE_OF_VECTOR[name]

    def phase(self, method: str, arguments: Sequence[object]) -> str:
        """The phase of a call; one that was given several key vectors is named after all.

        Calls without any are named after their method.
        """
        found = [
            self._phase_of_handle[id(argument)]
            for argument in _flattened(arguments)
            if id(argument) in self._phase_of_handle
        ]
        if found:
            return "+".join(dict.fromkeys(found))
        return COMBINE if method.startswith(COMBINE) else method


def timed_witness(witness: TwoPhaseWitness, stopwatch: Stopwatch) -> TwoPhaseWitness:
    """The same witness; what it computes when it is asked counts as witness too."""
    return cast(TwoPhaseWitness, _TimedCalls(witness, stopwatch, lambda *_: WITNESS))


class _TimedCalls:
    """Everything of a target; calls of its methods are measured."""

    def __init__(
        self,
        target: object,
        stopwatch: Stopwatch,
        phase: Callable[[str, Sequence[object]], str],
    ) -> None:
        self._target, self._stopwatch, self._phase = target, stopwatch, phase

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._target, name)
        if not callable(found):
            return found

        def timed(*arguments: object, **named: object) -> object:
            phase = self._phase(name, (*arguments, *named.values()))
            with self._stopwatch.measuring(phase):
                return found(*arguments, **named)

        return timed


def _handles(loaded: object) -> Iterator[tuple[str, object]]:
    if is_dataclass(loaded):
        for item in fields(loaded):
            value = getattr(loaded, item.name)
            yield item.name, value
            yield from _handles(value)


def _flattened(arguments: Sequence[object]) -> Iterator[object]:
    for argument in arguments:
        if isinstance(argument, list | tuple):
            yield from _flattened(argument)
        else:
            yield argument
