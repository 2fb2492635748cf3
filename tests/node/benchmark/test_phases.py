"""Every second of a proof goes to one phase, whatever the engine's methods are called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import pytest

from node.benchmark import ProvingFigures, Repeats, Run, Span, Stopwatch, TimedEngine
from node.benchmark.engine import PHASE_OF_VECTOR, PHASES, REST, TOTAL, timed_witness
from node.benchmark.model import finished_run
from prover import Engine
from prover.groth16.proving_key import LoadedKey
from prover.interop import PlainProver


class Arithmetic:
    """An engine with methods that no engine has yet."""

    name = "made up"

    def __init__(self) -> None:
        self.calls: list[str] = []

    def __getattr__(self, method: str) -> Any:
        def call(*arguments: object, **named: object) -> str:
            self.calls.append(method)
            return method

        return call


@dataclass
class Inner:
    l_query: object


@dataclass
class Loaded:
    a_query: object
    b_g1_query: object
    h_query: object
    matrices: object
    inner: Inner


@pytest.fixture
def loaded() -> Loaded:
    return Loaded(object(), object(), object(), object(), Inner(object()))


@pytest.fixture
def stopwatch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
def engine(loaded: Loaded, stopwatch: Stopwatch) -> Any:
    timed = TimedEngine(cast(Engine, Arithmetic()), stopwatch)
    timed.label(loaded)
    return timed.engine


def test_calls_are_delegated_and_go_to_the_vector_they_were_given(
    engine: Any, loaded: Loaded, stopwatch: Stopwatch
) -> None:
    scalars = [1, 2]
    assert engine.name == "made up"
    assert engine.msm_g1(loaded.a_query, scalars) == "msm_g1"
    engine.msm_of_the_future(scalars, points=loaded.h_query)
    engine.msm_g1(loaded.inner.l_query, scalars)
    assert list(stopwatch.spans) == ["msm_a", "msm_h", "msm_l"]


def test_a_call_with_several_vectors_is_named_after_all(
    engine: Any, loaded: Loaded, stopwatch: Stopwatch
) -> None:
    engine.msm_many([(loaded.a_query, 1), (loaded.b_g1_query, 1), (loaded.a_query, 2)])
    assert list(stopwatch.spans) == ["msm_a+msm_b1"]


def test_other_calls_are_named_after_their_method(
    engine: Any, loaded: Loaded, stopwatch: Stopwatch
) -> None:
    engine.combine_g2([1], [2])
    engine.quotient(loaded.matrices, [1])
    engine.transform_of_the_future([1])
    assert list(stopwatch.spans) == ["combine", "quotient", "transform_of_the_future"]


def test_a_failing_call_is_counted_and_its_error_passed_on(stopwatch: Stopwatch) -> None:
    class Failing:
        def msm_g1(self) -> None:
            raise ValueError("no")

    timed = TimedEngine(cast(Engine, Failing()), stopwatch)
    with pytest.raises(ValueError, match="no"):
        cast(Any, timed.engine).msm_g1()
    assert list(stopwatch.spans) == ["msm_g1"]


def test_the_vectors_of_both_protocols_are_known() -> None:
    fields = {*LoadedKey.__dataclass_fields__, *PlainProver.__dataclass_fields__}
    assert {name for name in fields if name.endswith("query")} == set(PHASE_OF_VECTOR)
    assert set(PHASE_OF_VECTOR.values()) < set(PHASES)


def test_what_a_witness_computes_later_is_witness(stopwatch: Stopwatch) -> None:
    witness: Any = timed_witness(cast(Any, Arithmetic()), stopwatch)
    assert (witness.committed(), witness.respond(1)) == ("committed", "respond")
    assert list(stopwatch.spans) == ["witness"]


def test_the_rest_makes_the_phases_add_up_to_the_total(stopwatch: Stopwatch) -> None:
    stopwatch.spans |= {TOTAL: Span(5, 9), "msm_a": Span(1, 2), "quotient": Span(2, 4)}
    run = finished_run(stopwatch)
    assert run[REST] == Span(2, 3)
    assert not stopwatch.spans


def test_nested_spans_of_one_phase_add_up(stopwatch: Stopwatch) -> None:
    for _ in range(2):
        with stopwatch.measuring("spin"):
            sum(range(100_000))
    span = stopwatch.spans["spin"]
    assert span.wall_s > 0
    assert span.cpu_s > 0


def test_medians_are_of_each_phase_in_the_order_of_a_proof() -> None:
    runs: tuple[Run, ...] = tuple(
        {TOTAL: Span(w, c), "msm_h": Span(c, w), "commit": Span(1, 1)}
        for w, c in ((1, 9), (2, 7), (9, 8))
    )
    medians = ProvingFigures("e", Span(), Span(), runs, (), 0).medians
    assert list(medians) == ["commit", "msm_h", TOTAL]
    assert medians[TOTAL] == Span(2, 8)


@pytest.mark.parametrize(
    ("repeats", "expected"), [(Repeats(5, 5), 5), (Repeats(5, 2), 2), (Repeats(3, 1, 60), 3)]
)
def test_runs_stop_at_their_number_or_time_and_the_first_does_not_count(
    repeats: Repeats, expected: int
) -> None:
    seen: list[int] = []

    def run() -> Run:
        seen.append(len(seen))
        return {TOTAL: Span(len(seen), 0)}

    runs = repeats.run(run)
    assert len(runs) == expected
    assert len(seen) == expected + 1
    assert runs[0][TOTAL].wall_s == 2
