"""Rung 3: lies about markets, rows and sums are refused."""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import patch

import pytest

from circuits.edsl.arithmetic import HintFunction
from circuits.edsl.numbers import LaneVector, Numbers
from circuits.statements.portfolio_margin import Book, Kind
from circuits.statements.portfolio_margin.model import revaluation
from circuits.statements.portfolio_margin.model.revaluation import _divider
from tests.circuits.lying import Claims, at, both, shift
from tests.circuits.lying import claim as pretend
from tests.circuits.statements.margin.lies import (
    COVERED,
    TWO,
    W,
    always,
    lane,
    nothing,
    refused,
)
from tests.circuits.statements.margin.statements import (
    BOOK,
    PARAMETERS,
    ROWS,
    claim,
    evidence,
    violations,
)


def test_an_expiry_cannot_be_split_over_two_slices() -> None:
    """Slice 5 repeats slice 4; a leg of its expiry cannot move there."""
    last = BOOK.legs[-1]
    own = Book((replace(last, amount=5), replace(last, is_put=True, amount=-5)))
    moves = [
        lane("leg/slice/number", 1, lambda _: 5),
        both(lane("leg/slice/number", 1, lambda _: 5), pretend("slice/repeats", 0)),
        both(
            lane("leg/slice/number", 1, lambda _: 5),
            lane("slice/repeats", 4, lambda _: 0),
            lane("slice/repeats_inverse", 4, lambda _: 1),
        ),
    ]
    for lie in moves:
        assert refused(lie, own)


@pytest.mark.parametrize("column", range(1, 5))
@pytest.mark.parametrize("table", ["time", "skew"])
def test_a_leg_reads_its_own_slice(table: str, column: int) -> None:
    if table == "skew":
        column -= 1
    assert refused(lane(f"leg/slice/{table}[{column}]", 0, lambda v: v + 1))


@pytest.mark.parametrize("ticks", [5, (1 << 20) - 1])
def test_a_forward_outside_the_table_is_unprovable(ticks: int) -> None:
    assert refused(nothing, slice_forward_variable_ticks=[ticks] * 16)


def test_slices_are_numbered_once() -> None:
    assert refused(lane("slice/number", 3, lambda _: 3))


@pytest.mark.parametrize("delta", [1, -1, 10**30, -(10**30)])
def test_the_worst_row_is_the_worst(delta: int) -> None:
    assert refused(shift("account/worst/least", delta))


@pytest.mark.parametrize("row", range(ROWS + 3))
def test_a_leg_is_revalued_at_the_row_s_own_level(row: int) -> None:
    other = lane(f"leg/row[{row}]/coarse", 0, lambda v: v + 1)
    assert refused(other)
    assert refused(lane(f"leg/row[{row}]/fine", 0, lambda v: (v + 1) % (1 << W)))


@pytest.mark.parametrize("name", ["row/spot_factor", "row/dampening", "row/rule[0]"])
def test_rows_are_the_parameters_rows(name: str) -> None:
    """Another row, a missing one, or two exchanged: the digest of the parameters is another."""

    def exchanged(arrays: Claims) -> Claims:
        for array in arrays:
            array[0], array[2] = array[2] + (name == "row/dampening"), array[0]
        return arrays

    told = claim(Kind.COVERED, evidence(), off=10**12)
    broken, words = violations(COVERED, told, evidence(), None, at(name, exchanged))
    assert broken or words[3] != PARAMETERS.digest()


def test_the_mark_and_the_forward_contingencys_rows_are_tied() -> None:
    for number in range(ROWS, ROWS + 3):
        assert refused(lane("row/spot_factor", number, lambda v: v + 1))
        assert refused(lane("row/rule[0]", number, lambda _: 1))


@pytest.mark.parametrize("bit", [0, 1])
def test_signs_cannot_be_chosen(bit: int) -> None:
    """Gains counted as losses, losses as gains, skew rows without the absolute value."""
    for path in (
        *(f"slice/gain[{row}]/sign/at_least_zero" for row in range(ROWS)),
        "slice/forward_contingency/loss/at_least_zero",
        "leg/netting/net/at_least_zero",
        "leg/fields/amount/at_least_zero",
    ):
        told = claim(Kind.COVERED, evidence(), off=10**12)
        honest: list[int] = []

        def keep(arrays: Claims, honest: list[int] = honest) -> Claims:
            honest.extend(int(v) for v in arrays[0])
            return arrays

        if not honest:
            violations(COVERED, told, evidence(), None, at(path, keep))
        if all(value == bit for value in honest):
            continue
        assert refused(pretend(path, bit)), path


def test_netting_by_strike_cannot_be_merged() -> None:
    """A long call at another strike does not cover a naked short."""
    pair = lane("leg/netting/same_strike", 1, lambda _: 1)
    assert refused(pair, TWO)
    assert refused(both(pair, lane("leg/netting/same_strike_inverse", 1, lambda _: 0)), TWO)


@pytest.mark.parametrize("delta", [1, -1])
@pytest.mark.parametrize("row", [0, 4, 5])
def test_revaluation_refuses_neighbours(row: int, delta: int) -> None:
    assert refused(shift(f"leg/row[{row}]/second/coarse", delta))


def test_saturation_cannot_be_claimed() -> None:
    """A tail row valued at 0 or 1 although it is not in the tail."""
    edge = 8 << 22
    for value in (edge, -edge, -edge - (1 << 20)):
        assert refused(lane("leg/row[0]/second/coarse", 0, always(value)))


@pytest.mark.parametrize("low", [True, False], ids=["d1 below -8", "d2 above 8"])
@pytest.mark.parametrize("hidden", ["in the excess", "below", "above"])
def test_a_consistent_saturation_is_refused(low: bool, hidden: str) -> None:
    """All rows of all legs in a tail, every later claim following; what does not fit is hidden."""

    def divider(numbers: Numbers, limit: int) -> HintFunction:
        honest = _divider(numbers, limit)
        mask = (1 << 28) - 1

        def divide(n: LaneVector, t: LaneVector) -> object:
            w = t * 2 + 1
            coarse = -limit - t if low else t * 0 + limit
            rest = n - (w * w + 3) // 4 - coarse * w
            slack = w - 1 - rest if low else rest
            split = (slack & mask, slack >> 28) if hidden == "in the excess" else (slack, t * 0)
            names = ("above", "below") if low else ("below", "above")
            parts = {names[0]: split[0], names[1]: t * 0}
            return replace(honest(n, t), coarse=coarse, excess=split[1], **parts)

        return divide

    about = evidence(TWO)
    told = claim(Kind.COVERED, about, off=10**12)
    assert violations(COVERED, told, about)[0] == []
    with patch.object(revaluation, "_divider", divider):
        assert violations(COVERED, told, about)[0]


def test_a_group_sum_is_of_every_member_once() -> None:
    for share, index in ((0, 0), (1, 3), (2, 0)):
        path = f"by_slice/sum[{share}][{index}]"
        for number in (0, 3, 9):
            assert refused(lane(path, number, lambda v: v + 1))

        def moved(arrays: Claims) -> Claims:
            arrays[0][0], arrays[0][1] = arrays[0][0] + arrays[0][1], arrays[0][0] * 0
            return arrays

        assert refused(at(path, moved))


def test_sums_cannot_be_exchanged_between_rows() -> None:
    kept: dict[str, Claims] = {}

    def liar(path: str, arrays: Claims) -> Claims:
        if path == "by_slice/sum[0][0]":
            kept[path] = arrays
            return (arrays[0] + 17,)
        if path == "by_slice/sum[0][1]":
            return (arrays[0] - 17,)
        return arrays

    assert refused(liar)
