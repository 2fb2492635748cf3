"""Rung 3: what a prover may try about a book, a market, a row or a margin, and is refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from circuits.edsl import CircuitError, IntegerArithmetic, Liar
from circuits.edsl.python_numbers import PythonNumbers
from circuits.field import BN254_FR
from circuits.statements.portfolio_margin import Book, Kind, Leg, Level, MarginShape, commit
from circuits.statements.portfolio_margin.arrays import book_arrays, market_arrays
from circuits.statements.portfolio_margin.publish import assert_covered, assert_negative
from circuits.statements.portfolio_margin.quote import quote_margin
from tests.circuits.lying import Claims, at, both, claim as pretend, in_limbs, shift
from tests.circuits.statements.margin.examples import SNAPSHOT_UNIX, WEEK, leg, market
from tests.circuits.statements.margin.random_books import random_case
from tests.circuits.statements.margin.statements import (
    BOOK,
    MARKET,
    OWN,
    PARAMETERS,
    ROWS,
    claim,
    evidence,
    violations,
)

SLOTS, W = 4, 14
R = BN254_FR.modulus
COVERED = MarginShape(Kind.COVERED, SLOTS, ROWS)
BREACH = MarginShape(Kind.BREACH, SLOTS, ROWS)
FREE = claim(Kind.COVERED, evidence(), off=10**12)
"""Far more collateral than needed: only the lie can break a constraint."""

SHORT_CALL = leg(amount=-4)
LONG_CALL = leg(strike=780_000_000, amount=4)
TWO = Book((SHORT_CALL, LONG_CALL), BOOK.linear, BOOK.cash)


def refused(liar: Liar, own: Book = BOOK, **changes: Sequence[int]) -> list[str]:
    """What stops a prover who lies about a book with plenty of collateral."""
    about = evidence(own)
    told = claim(Kind.COVERED, about, off=10**12)
    broken, _ = violations(COVERED, told, about, changes, liar)
    return broken


def nothing(_: str, arrays: Claims) -> Claims:
    return arrays


def lane(pattern: str, number: int, change: Callable[[int], int], wire: int = 0) -> Liar:
    """Change one wire in one lane."""

    def one(arrays: Claims) -> Claims:
        arrays[wire][number] = change(int(arrays[wire][number]))
        return arrays

    return at(pattern, one)


def test_the_honest_prover_of_these_tests_is_believed() -> None:
    assert refused(nothing) == []
    assert refused(nothing, TWO) == []


# --- fields of legs --------------------------------------------------------------------------------

FIELDS = {
    "underlying": (8, 1 << 8),
    "expiry": (35, 1 << 35),
    "strike": (36, 1 << 36),
    "amount": (64, 1 << 64),
}


@pytest.mark.parametrize("slot", range(SLOTS))
@pytest.mark.parametrize("field", FIELDS)
def test_every_field_of_every_leg_is_in_range(field: str, slot: int) -> None:
    """2^bits taken from the neighbour above, a negative field, the strike K - j/2^44."""
    _, whole = FIELDS[field]
    forgeries: tuple[Callable[[int], int], ...] = (
        lambda value: value + whole,
        lambda _: R - 1,
        lambda value: (value - 8 * BN254_FR.inverse(1 << 44)) % R,
    )
    for forge in forgeries:
        liar = in_limbs(
            f"leg/fields/{field}",
            W,
            lambda value, lane, forge=forge: forge(value) if lane == slot else value,
        )
        assert refused(liar)


@pytest.mark.parametrize("value", [2, -1, BN254_FR.inverse(2)])
def test_call_or_put_is_a_bit(value: int) -> None:
    assert refused(lane("leg/fields/is_put", 1, lambda _: value))


def as_listed(*legs: Leg | None) -> dict[str, list[int]]:
    """Inputs of legs in this order, None for an empty slot; the commitment follows them."""
    columns: dict[str, list[int]] = {}
    for each in legs:
        one = book_arrays(Book((each,) if each else ()), 1)
        for name in one:
            if name.startswith("leg_"):
                columns.setdefault(name, []).extend(one[name])
    return columns


ORDERS: dict[str, tuple[Leg | None, ...]] = {
    "unsorted": (LONG_CALL, SHORT_CALL, None, None),
    "duplicate": (SHORT_CALL, SHORT_CALL, LONG_CALL, None),
    "an empty slot in the middle": (SHORT_CALL, None, LONG_CALL, None),
    "an empty slot in front": (None, SHORT_CALL, LONG_CALL, None),
    "another underlying": (SHORT_CALL, replace(LONG_CALL, underlying=2), None, None),
    "expired": (replace(SHORT_CALL, expiry_unix=SNAPSHOT_UNIX - WEEK), LONG_CALL, None, None),
    "expiring now": (replace(SHORT_CALL, expiry_unix=SNAPSHOT_UNIX), LONG_CALL, None, None),
    "unlisted expiry": (replace(SHORT_CALL, expiry_unix=SNAPSHOT_UNIX + 5), LONG_CALL, None, None),
}


@pytest.mark.parametrize("order", ORDERS)
def test_legs_that_make_no_book_are_unprovable(order: str) -> None:
    changes = as_listed(*ORDERS[order])
    about = evidence(TWO)
    broken, _ = violations(COVERED, claim(Kind.COVERED, about, off=10**12), about, changes)
    assert broken


def test_the_same_inputs_in_order_are_provable() -> None:
    changes = as_listed(SHORT_CALL, LONG_CALL, None, None)
    about = evidence(TWO)
    told = claim(Kind.COVERED, about, off=10**12)
    broken, words = violations(COVERED, told, about, changes)
    assert not broken
    assert words[7] == commit(TWO, OWN)


def test_a_leg_of_amount_zero_is_not_an_empty_slot() -> None:
    changes = as_listed(SHORT_CALL, LONG_CALL, None, None)
    changes["leg_amount_biased"][1] = 1 << 63
    about = evidence(TWO)
    told = claim(Kind.COVERED, about, off=10**12)
    assert violations(COVERED, told, about, changes)[0]
    lie = both(lane("leg/fields/is_empty", 1, lambda _: 0))
    assert violations(COVERED, told, about, changes, lie)[0]


def test_a_leg_cannot_be_declared_empty() -> None:
    assert refused(lane("leg/fields/is_empty", 0, lambda _: 1))


def test_a_flipped_order_of_keys_needs_a_wrapped_distance() -> None:
    assert refused(in_limbs("leg/fields/order", W, lambda v, _: (v + 1) % R))


# --- commitment and digests ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pattern",
    ["words/commitment/commitment", "words/chunk/digest", "words/sponge/digest"],
)
def test_another_digest_is_refused(pattern: str) -> None:
    assert refused(shift(pattern, 1))


@pytest.mark.parametrize("place", [0, 1, 7, 15])
def test_what_a_digest_absorbs_is_what_the_model_reads(place: int) -> None:
    """An old market or other parameters under the digest that the words name."""
    for number in range(4):
        assert refused(lane(f"words/sponge/input[{place}]", number, lambda v: (v + 1) % R))


def test_words_follow_account_market_and_parameters() -> None:
    about = evidence()
    told = claim(Kind.COVERED, about)
    for name, word in (("account_id", 8), ("consumer", 8), ("salt", 8)):
        inputs = {name: [123]}
        broken, words = violations(COVERED, told, about, inputs)
        assert not broken
        assert words[word - 1] != commit(BOOK, OWN)
    older = market_arrays(replace(MARKET, spot_ticks=MARKET.spot_ticks - 1))
    broken, words = violations(COVERED, told, about, older)
    assert not broken
    assert words[4] != MARKET.digest()
    _, words = violations(COVERED, told, about, {"parameter_mm_factor": [1]})
    assert words[3] != PARAMETERS.digest()


# --- market ----------------------------------------------------------------------------------------


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


# --- rows ------------------------------------------------------------------------------------------


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


def test_the_mark_and_the_basis_rows_are_tied() -> None:
    for number in range(ROWS, ROWS + 3):
        assert refused(lane("row/spot_factor", number, lambda v: v + 1))
        assert refused(lane("row/rule[0]", number, lambda _: 1))


@pytest.mark.parametrize("bit", [0, 1])
def test_signs_cannot_be_chosen(bit: int) -> None:
    """Gains counted as losses, losses as gains, skew rows without the absolute value."""
    for path in (
        *(f"slice/gain[{row}]/sign/at_least_zero" for row in range(ROWS)),
        "slice/basis/loss/at_least_zero",
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
        assert refused(lane("leg/row[0]/second/coarse", 0, lambda _, value=value: value))


# --- sums by group ---------------------------------------------------------------------------------


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


# --- rounding --------------------------------------------------------------------------------------


@pytest.mark.parametrize("delta", [1, -1])
def test_the_margin_is_rounded_down_by_owner_and_liquidator(delta: int) -> None:
    """covered at W - 1 with a margin one atom too large; a breach at W + 1 with one too small."""
    one_atom = replace(PARAMETERS, collateral_unit=1)
    about = evidence(parameters=one_atom)
    lie = in_limbs("margin/floor/quotient", W, lambda v, _: v + delta)
    for shape, kind, off in ((COVERED, Kind.COVERED, -1), (BREACH, Kind.BREACH, 1)):
        assert violations(shape, claim(kind, about, off=off), about, None, lie)[0]


@pytest.mark.parametrize(
    "path",
    [
        "slice/value[0]/value_positive",
        "slice/shock/root_up/half",
        "slice/skew/k_star_rounded/half",
        "slice/static/gain/factor/half",
        "margin/lifted/half",
        "leg/none_cut/low",
        "leg/svi/variance_remainder",
        "leg/skew/absolute_factor_remainder",
    ],
)
@pytest.mark.parametrize("delta", [1, -1])
def test_no_rounding_can_be_moved(path: str, delta: int) -> None:
    def told(value: int, _: int) -> int:
        return value + delta if value + delta >= 0 else value + 1

    seen: list[bool] = []

    def liar(at_path: str, arrays: Claims) -> Claims:
        changed = in_limbs(path, W, told)(at_path, arrays)
        seen.append(at_path == path)
        return changed

    assert refused(liar)
    assert any(seen), "the lie changed no claim"


# --- both claims -----------------------------------------------------------------------------------


def provable(assertion: Callable[..., None], margin: int) -> bool:
    ar = IntegerArithmetic(W, PythonNumbers())
    root = ar.lanes("root", 1)
    try:
        assertion(ar, ar.constant(root, margin))
    except CircuitError:
        return False
    return True


def test_one_of_covered_and_breach_is_provable_for_each_book_and_balance() -> None:
    """100 books of the whole model, 1,000 balances each around the edge."""
    for seed in range(100):
        book, listing, parameters = random_case(seed, legs=6)
        margin = quote_margin(book, listing, parameters).maintenance
        unit = parameters.collateral_unit
        edge = max(0, -(margin // unit))
        for collateral in range(max(0, edge - 500), max(0, edge - 500) + 1000):
            whole = margin + collateral * unit
            found = provable(assert_covered, whole), provable(assert_negative, whole)
            assert sum(found) == 1
            assert found[0] == (collateral >= edge)


@pytest.mark.parametrize("seed", [3, 5])
def test_neither_claim_can_be_forced_at_the_edge(seed: int) -> None:
    """For books at the edge: every lie of this file about margins, rows and signs, both ways."""
    listing = market(4)
    own = Book(
        tuple(
            leg(1 + i, 770_000_000 + seed * 10**6, bool(i % 2), (-1) ** i * (i + seed))
            for i in range(3)
        ),
        BOOK.linear,
        BOOK.cash,
    )
    about = evidence(own, listing)
    lies = [
        shift("account/worst/least", 10**35),
        shift("account/worst/least", -(10**35)),
        in_limbs("margin/floor/quotient", W, lambda v, _: v + 10**9),
        in_limbs("margin/floor/quotient", W, lambda v, _: v - 10**9),
        shift("by_slice/sum[0][0]", 10**12),
        pretend("slice/gain[0]/sign/at_least_zero", 0),
    ]
    for lie in lies:
        for shape, kind, off in ((COVERED, Kind.COVERED, -1), (BREACH, Kind.BREACH, 1)):
            assert violations(shape, claim(kind, about, off=off), about, None, lie)[0]


def test_a_breach_names_the_maintenance_level() -> None:
    told = claim(Kind.BREACH, evidence())
    broken, words = violations(BREACH, told, evidence(), {"is_initial": [1]})
    assert not broken
    assert words[5] >> 32 & 0xFF == Level.MAINTENANCE


def test_the_equity_bound_is_at_least_the_equity() -> None:
    told = claim(Kind.BREACH, evidence())
    assert violations(BREACH, told, evidence())[0] == []
    if told.equity_bound:  # type: ignore[union-attr]
        low = {"equity_bound": [told.equity_bound - 1]}  # type: ignore[union-attr]
        assert violations(BREACH, told, evidence(), low)[0]


def test_more_legs_than_slots_have_no_statement() -> None:
    with pytest.raises(ValueError, match="legs"):
        evidence(Book(tuple(leg(1 + i) for i in range(SLOTS + 1)))).book.leaves(SLOTS)
