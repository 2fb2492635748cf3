"""The constraint system's door: a term reads the wire it names, or there is no system."""

from __future__ import annotations

import pytest

from circuits.r1cs import (
    EVERY_LANE,
    ONE,
    R1CS,
    SAME_LANE,
    Block,
    Column,
    Constraint,
    LaneMap,
    Term,
    Wire,
    WireClass,
)

PUBLIC = Block("public", 1, 0, 0, ())
GOOD = Term(Wire(1, WireClass.COMMITTED, 0), SAME_LANE, 1)


def system(term: Term, lanes: int = 2) -> R1CS:
    body = Block("body", lanes, 1, 0, (Constraint((GOOD,), (), (term,)),))
    return R1CS((PUBLIC, body), ((1, 2),))


def test_a_sound_system_builds() -> None:
    assert system(GOOD).row_count == 5


@pytest.mark.parametrize(
    "term",
    [
        Term(Wire(2, WireClass.COMMITTED, 0), SAME_LANE, 1),
        Term(Wire(1, WireClass.COMMITTED, 1), SAME_LANE, 1),
        Term(Wire(1, WireClass.COMMITTED, -1), SAME_LANE, 1),
        Term(Wire(1, WireClass.PRIVATE, 0), SAME_LANE, 1),
        Term(Wire(1, WireClass.PUBLIC, ONE), SAME_LANE, 1),
        Term(Wire(0, WireClass.PUBLIC, 3), SAME_LANE, 1),
        Term(Wire(1, WireClass.COMMITTED, 0), EVERY_LANE, 1),
        Term(Wire(1, WireClass.COMMITTED, 0), LaneMap(1, 0, 0), 1),
        Term(Wire(1, WireClass.COMMITTED, 0), SAME_LANE, Column(1)),
    ],
)
def test_a_term_that_names_no_wire_is_refused(term: Term) -> None:
    with pytest.raises(ValueError, match="names no wire"):
        system(term)


def test_a_column_must_fit_its_block() -> None:
    with pytest.raises(ValueError, match="names no wire"):
        system(Term(Wire(1, WireClass.COMMITTED, 0), SAME_LANE, Column(0)), lanes=3)


def test_lanes_outside_the_source_contribute_nothing() -> None:
    previous = Term(Wire(1, WireClass.COMMITTED, 0), LaneMap(1, -1, 1), 1)
    matrix = system(previous, lanes=2).matrices.c
    assert matrix.row_starts.tolist() == [0, 0, 0, 0, 0, 1]
    assert matrix.wires.tolist() == [3]
