"""Rung 3: lies about legs and commitments are refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from circuits.field import BN254_FR
from circuits.statements.portfolio_margin import Book, Kind, Leg, commit
from circuits.statements.portfolio_margin.arrays import book_arrays, market_arrays
from circuits.statements.portfolio_margin.statement import claim_arrays
from tests.circuits.lying import both, in_limbs, shift
from tests.circuits.statements.margin.examples import SNAPSHOT_UNIX, WEEK
from tests.circuits.statements.margin.lies import (
    COVERED,
    LONG_CALL,
    SHORT_CALL,
    SLOTS,
    TWO,
    R,
    W,
    beyond,
    in_slot,
    lane,
    nothing,
    refused,
)
from tests.circuits.statements.margin.statements import (
    BOOK,
    MARKET,
    OWN,
    PARAMETERS,
    claim,
    evidence,
    violations,
)


def test_the_honest_prover_of_these_tests_is_believed() -> None:
    assert refused(nothing) == []
    assert refused(nothing, TWO) == []


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
        assert refused(in_limbs(f"leg/fields/{field}", W, in_slot(slot, forge)))


@pytest.mark.parametrize("slot", range(SLOTS))
@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.COVERED])
def test_every_kind_has_the_fields_of_every_leg_in_range(kind: Kind, slot: int) -> None:
    shape = replace(COVERED, kind=kind)
    for field, (_, whole) in FIELDS.items():
        lie = beyond(f"leg/fields/{field}", slot, whole)
        assert violations(shape, claim(kind, evidence()), evidence(), None, lie)[0]


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


@pytest.mark.parametrize("name", ["leg_amount_biased", "linear_perpetual", "cash_biased"])
def test_a_number_no_reader_accepts_is_unprovable(name: str) -> None:
    """-2^63 and -2^95 fit their fields: a book with one would be covered, and open to nobody."""
    about = evidence(TWO)
    changes = {name: claim_arrays(claim(Kind.COVERED, about), about, COVERED)[name]}
    told = claim(Kind.COVERED, about, off=1 << 126)
    for least, fails in ((0, True), (1, False)):
        changes[name][0] = least
        assert bool(violations(COVERED, told, about, changes)[0]) is fails


def test_a_leg_cannot_be_declared_empty() -> None:
    assert refused(lane("leg/fields/is_empty", 0, lambda _: 1))


def test_a_flipped_order_of_keys_needs_a_wrapped_distance() -> None:
    assert refused(in_limbs("leg/fields/order", W, lambda v, _: (v + 1) % R))


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
