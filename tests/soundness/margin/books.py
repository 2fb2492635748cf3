"""Forgeries of what a book is: fields, order, empty slots, netting, the commitment."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from circuits.edsl import IntegerArray
from circuits.field import BN254_FR
from circuits.functions import ln
from circuits.statements.portfolio_margin import Book, Kind, Leg, commit
from tests.circuits.judge import Sites
from tests.circuits.lying import both, in_limbs
from tests.circuits.lying import claim as pretend
from tests.circuits.statements.margin.examples import leg
from tests.circuits.statements.margin.lies import LONG_CALL, SHORT_CALL, TWO, W, lane
from tests.circuits.statements.margin.statements import BOOK, OWN
from tests.circuits.statements.margin.test_leg_lies import as_listed
from tests.soundness.margin.forgery import ENOUGH, Forgery

HALF = BN254_FR.inverse(2)
NO_BOOK = "a commitment to what no reader takes for a book"

_honest_split = ln._split


def owned(*legs: Leg) -> Book:
    """A book in debt: every margin needs collateral."""
    return Book(tuple(sorted(legs, key=lambda each: each.key)), BOOK.linear, -(10**17))


def lookups(*patterns: str) -> Sites:
    """A twin without these lookups."""
    return Sites(lookups=patterns)


def constraints(*patterns: str) -> Sites:
    """A twin without these constraints."""
    return Sites(constraints=patterns)


def _split_halves(numbers: Any, form: Any, values: IntegerArray) -> Any:
    """K - 1/2 has the mantissa of 2 K - 1, an octave below."""
    twice = [1 if 0 <= int(v) < 1 << 37 else 2 for v in values]
    doubled = [BN254_FR.centered(int(v) * by) for v, by in zip(values, twice, strict=True)]
    rows, local, fine = _honest_split(numbers, form, numbers.vector(doubled))
    octave = 1 << form.table.segment_bits
    return rows - numbers.vector([octave * (by - 1) for by in twice]), local, fine


def _listed(*legs: Leg | None, **columns: int) -> dict[str, list[int]]:
    """Inputs of legs in this order, the first leg's columns changed by so much."""
    found = as_listed(*legs)
    for name, by in columns.items():
        found[f"leg_{name}"][0] += by
    return found


def _linear(perpetual: int = 0, first: int = 0, second: int = 0) -> dict[str, list[int]]:
    """Inputs of linear holdings, changed by so much."""
    own = BOOK.linear
    return {
        "linear_perpetual": [own.perpetual + (1 << 63) + perpetual],
        "linear_collateral_1": [own.collateral_1 + first],
        "linear_collateral_2": [own.collateral_2 + second],
    }


zero_amount = _listed(SHORT_CALL, LONG_CALL, None, None)
zero_amount["leg_amount_biased"][1] = 1 << 63
keyless = _listed(SHORT_CALL, None, None, None)
keyless["leg_amount_biased"][1] += 5
SHORT_PUT = leg(put=True, amount=-4)
OPEN_PAIR = owned(leg(amount=-4), leg(put=True, amount=4))

FIELDS = {
    "amount: a put read as a call, with the put's bit for 2^64": Forgery(
        lookups("leg/fields/amount"),
        own=owned(SHORT_PUT),
        changes=_listed(SHORT_PUT, None, None, None, amount_biased=1 << 64, is_put=-1),
    ),
    "is_put: -2, for a strike one tick higher": Forgery(
        constraints("leg/fields/is_put"),
        own=owned(leg(amount=-4)),
        off=1,
        kind=Kind.BREACH,
        changes=_listed(leg(amount=-4), None, None, None, strike_ticks=1, is_put=-2),
    ),
    "strike: K - 1/2, for a call read as a put": Forgery(
        lookups("leg/fields/strike"),
        in_limbs("leg/fields/strike", W, lambda v, at: v - HALF if at == 0 else v),
        own=owned(leg(amount=4)),
        changes=_listed(leg(amount=4), None, None, None, is_put=1),
        patches=((ln, "_split", _split_halves),),
    ),
    "collateral 1: 2^63 more, for one perpetual less": Forgery(
        lookups("linear/collateral_1"), changes=_linear(perpetual=-1, first=1 << 63)
    ),
    "collateral 2: 2^63 more, for one of collateral 1": Forgery(
        lookups("linear/collateral_2"), changes=_linear(first=-1, second=1 << 63)
    ),
    "perpetual: above its field": Forgery(
        lookups("linear/perpetual"), changes=_linear(perpetual=1 << 64), other=NO_BOOK
    ),
    "cash: above its field": Forgery(
        lookups("linear/cash"), changes={"cash_biased": [1 << 97]}, other=NO_BOOK
    ),
    "amount: -2^63": Forgery(
        constraints("leg/fields/above_least"),
        own=TWO,
        off=1 << 100,
        changes=_listed(
            SHORT_CALL, LONG_CALL, None, None, amount_biased=-SHORT_CALL.amount - (1 << 63)
        ),
        other=NO_BOOK,
    ),
    "perpetual: -2^63": Forgery(
        constraints("linear/above_least"),
        off=1 << 100,
        changes=_linear(perpetual=-BOOK.linear.perpetual - (1 << 63)),
        other=NO_BOOK,
    ),
    "cash: -2^95": Forgery(
        constraints("linear/above_least"),
        off=1 << 100,
        changes={"cash_biased": [0]},
        other=NO_BOOK,
    ),
}

LISTS = {
    "unsorted legs": Forgery(
        lookups("leg/fields/order"),
        own=TWO,
        off=ENOUGH,
        changes=_listed(LONG_CALL, SHORT_CALL, None, None),
        other=NO_BOOK,
    ),
    "a leg twice": Forgery(
        lookups("leg/fields/order"),
        own=TWO,
        off=ENOUGH,
        changes=_listed(SHORT_CALL, SHORT_CALL, LONG_CALL, None),
        other=NO_BOOK,
    ),
    "an empty slot in front": Forgery(
        lookups("leg/fields/order"),
        own=TWO,
        off=ENOUGH,
        changes=_listed(None, SHORT_CALL, LONG_CALL, None),
        other=NO_BOOK,
    ),
    "a leg of amount 0, as an empty slot": Forgery(
        constraints("leg/fields/empty_key"),
        own=TWO,
        off=ENOUGH,
        changes=zero_amount,
        other=NO_BOOK,
    ),
    "a leg of amount 0, as a leg": Forgery(
        constraints("leg/fields/is_empty_or_inverse"),
        lane("leg/fields/is_empty", 1, lambda _: 0),
        own=TWO,
        off=ENOUGH,
        changes=zero_amount,
        other=NO_BOOK,
    ),
    "an amount in an empty slot": Forgery(
        constraints("leg/fields/is_empty"),
        both(
            lane("leg/fields/is_empty", 1, lambda _: 1),
            lane("leg/fields/is_empty_inverse", 1, lambda _: 0),
        ),
        own=TWO,
        off=ENOUGH,
        changes=keyless,
        other=NO_BOOK,
    ),
    "a leg of another underlying": Forgery(
        constraints("leg/fields/underlying"),
        own=TWO,
        off=ENOUGH,
        changes=_listed(SHORT_CALL, replace(LONG_CALL, underlying=2), None, None),
        other=NO_BOOK,
    ),
    "merged strikes": Forgery(
        constraints("leg/netting/same_strike"),
        both(
            lane("leg/netting/same_strike", 1, lambda _: 1),
            lane("leg/netting/same_strike_inverse", 1, lambda _: 0),
        ),
        own=TWO,
    ),
    "a strike's legs held apart": Forgery(
        constraints("leg/netting/same_strike_or_inverse"),
        lane("leg/netting/same_strike", 1, lambda _: 0),
        own=OPEN_PAIR,
        off=1,
        kind=Kind.BREACH,
    ),
    "a naked short called long": Forgery(
        lookups("leg/netting/net/distance"),
        lane("leg/netting/net/at_least_zero", 0, lambda _: 1),
        own=TWO,
    ),
    "a naked short counted twice": Forgery(
        constraints("leg/netting/net/at_least_zero"),
        lane("leg/netting/net/at_least_zero", 0, lambda _: -1),
        own=TWO,
        off=1,
        kind=Kind.BREACH,
    ),
}


def _opened(**other: int) -> int:
    return commit(BOOK, replace(OWN, **other))


COMMITMENTS = {
    f"the commitment with another {name}": Forgery(
        constraints("words/commitment/commitment"),
        pretend("words/commitment/commitment", _opened(**{name: 99})),
        off=ENOUGH,
        other="a commitment that another opening makes",
    )
    for name in ("salt", "account_id", "group", "settled_through")
} | {
    "the legs of a richer book": Forgery(
        constraints("words/chunk/digest"),
        pretend("words/chunk/digest", 12345),
        off=ENOUGH,
        other="a commitment to other legs",
    ),
    "another group under the same words": Forgery(
        lookups("words/sequence"),
        both(
            in_limbs("words/consumer", W, lambda v, _: v + 1),
            in_limbs("words/sequence", W, lambda v, _: v - (1 << 48)),
        ),
        off=ENOUGH,
        other="a commitment of another group's",
    ),
    "more collateral than its word holds": Forgery(
        lookups("words/collateral"),
        changes={"collateral": [1 << 130]},
        other="a word that no reader takes for a balance",
    ),
}

FORGERIES = FIELDS | LISTS | COMMITMENTS
