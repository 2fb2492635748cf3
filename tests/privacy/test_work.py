"""What a prover does, call by call, is the same for every book; only the numbers differ."""

from __future__ import annotations

import time
from typing import Any

from circuits.field import FieldArray
from circuits.r1cs import TwoPhaseWitness
from circuits.statements.portfolio_margin.statement import Evidence, PortfolioMargin
from node.margin.prove import claim_of
from prover import ProvingKey, default_engine, lane_numbers, prove
from tests.privacy.books import LEGS, VALUER, hidden_opening
from tests.privacy.test_guesses import REQUEST, witness_of
from tests.scale import FULL

Call = tuple[str, tuple[object, ...]]


class Recorder:
    """Passes calls on and keeps their names with the sizes of what they were given."""

    def __init__(self, recorded: object) -> None:
        self._recorded = recorded
        self.calls: list[Call] = []

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._recorded, name)
        if not callable(found):
            return found

        def call(*arguments: Any, **named: Any) -> Any:
            sizes = tuple(_size(each) for each in (*arguments, *named.values()))
            self.calls.append((name, sizes))
            return found(*arguments, **named)

        return call


def _size(value: object) -> object:
    if isinstance(value, list | tuple):
        return tuple(_size(each) for each in value)
    return len(value) if hasattr(value, "__len__") else type(value).__name__


class CountedWitness:
    """Counts what the protocol asks of a witness."""

    def __init__(self, witness: TwoPhaseWitness) -> None:
        self._witness = witness
        self.challenges: list[int] = []

    def committed(self) -> FieldArray:
        return self._witness.committed()

    def respond(self, challenge: int) -> tuple[int, FieldArray]:
        self.challenges.append(challenge)
        return self._witness.respond(challenge)


def test_every_engine_call_has_the_same_size_and_nothing_is_tried_twice(
    statement: PortfolioMargin, key: ProvingKey
) -> None:
    made = {}
    key.loaded(default_engine())
    for name in LEGS:
        witness, engine = witness_of(statement, hidden_opening(name)), Recorder(default_engine())
        counted = CountedWitness(witness)
        prove(key, counted, witness.words, engine)
        assert len(counted.challenges) == 1
        made[name] = engine.calls
    assert made["empty"] == made["one leg"] == made["full"]
    sums = [sizes for name, sizes in made["full"] if name in ("msm_g1", "msm_g2")]
    assert len(sums) == 6
    assert all(points == scalars for points, scalars in sums)


def test_every_step_of_a_witness_has_the_same_size(statement: PortfolioMargin) -> None:
    made = {}
    for name in LEGS:
        opened, numbers = hidden_opening(name), Recorder(lane_numbers())
        evidence = Evidence(opened.book, VALUER.market, VALUER.parameters, opened.opening)
        claim = claim_of(REQUEST, opened, VALUER)
        witness = statement.witness(claim, evidence, numbers)
        witness.respond(3**140)
        made[name] = numbers.calls
    assert len(made["full"]) > 1_000
    assert made["empty"] == made["one leg"] == made["full"]


def test_how_much_longer_a_full_book_takes(statement: PortfolioMargin, key: ProvingKey) -> None:
    """SECURITY.md says how much: equal and zero wires are cheaper, and empty slots have many."""
    spent = {}
    for name in ("empty", "full"):
        seconds = []
        for _ in range(3):
            start = time.process_time()
            witness = witness_of(statement, hidden_opening(name))
            made = time.process_time()
            prove(key, witness, witness.words, default_engine())
            seconds.append((made - start, time.process_time() - made))
        spent[name] = [min(part) for part in zip(*seconds, strict=True)]
    for part, empty, full in zip(("witness", "proof"), spent["empty"], spent["full"], strict=True):
        if FULL:
            print(f"{part}, 128 slots: {empty:.3f} s empty, {full:.3f} s full")
        assert full < 2 * empty, part
