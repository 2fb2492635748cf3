"""Positions: fields, order, empty slots, netting by strike.

Every field of every leg is range-checked to its packed width. Keys (all above the amount) increase
strictly, so no leg is given twice and a strike's call and put are neighbours; empty slots share the
largest key and may repeat, so they stand at the end. A slot is empty exactly when its amount is 0:
then its key is all ones, else its underlying is the parameters'.
"""

from __future__ import annotations

from dataclasses import dataclass

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.lanes import Lanes
from circuits.edsl.values import Integer, as_integer
from circuits.gadgets.boolean import assert_nonzero, boolean_hint, is_zero
from circuits.gadgets.equality import total
from circuits.gadgets.selection import Signed, sign
from circuits.statements.portfolio_margin.book import AMOUNT_BIAS, LEG_WIDTHS

_UNDERLYING, _EXPIRY, _STRIKE, _PUT, _AMOUNT = LEG_WIDTHS
_KEY_BITS = _UNDERLYING + _EXPIRY + _STRIKE + _PUT


@dataclass(frozen=True)
class Legs:
    """Fields of the slots (a lane each)."""

    lanes: Lanes
    expiry: Integer
    strike: Integer
    is_put: Integer
    amount: Signed  #: 1e-6 contracts
    is_empty: Integer
    biased: Integer  #: the amount + 2^63
    key: Integer
    packed: Integer


def read_legs(ar: Arithmetic, root: Lanes, slots: int, underlying: Integer) -> Legs:
    """All fields checked, in order."""
    lanes = ar.lanes("leg", slots, root)
    with ar.scope("leg"), ar.scope("fields"):
        number = ar.integer_hint("underlying", lanes, _UNDERLYING, ar.input("leg_underlying"))
        expiry = ar.integer_hint("expiry", lanes, _EXPIRY, ar.input("leg_expiry_unix"))
        strike = ar.integer_hint("strike", lanes, _STRIKE, ar.input("leg_strike_ticks"))
        is_put = boolean_hint(ar, "is_put", lanes, ar.input("leg_is_put"))
        biased = ar.integer_hint("amount", lanes, _AMOUNT, ar.input("leg_amount_biased"))
        key = (
            (number * (1 << (_EXPIRY + _STRIKE + _PUT)))
            .plus(expiry * (1 << (_STRIKE + _PUT)))
            .plus(strike * (1 << _PUT), is_put)
        )
        assert_nonzero(ar, "above_least", biased)  # -2^63 is no amount: every reader refuses it
        amount = biased.minus(AMOUNT_BIAS)
        is_empty = is_zero(ar, "is_empty", amount)
        ar.assert_zero_product("empty_key", is_empty, key.minus((1 << _KEY_BITS) - 1))
        own = (-is_empty).plus(1)
        ar.assert_zero_product("underlying", own, number.minus(underlying))
        before = ar.gather(key, lanes, 1, -1)
        ar.range_check("order", key - before - 1 + is_empty, _KEY_BITS)
        signed = sign(ar, "amount", amount)
    packed = (key * (1 << _AMOUNT)).plus(biased)
    return Legs(lanes, expiry, strike, is_put, signed, is_empty, biased, key, packed)


def naked_shorts(ar: Arithmetic, root: Lanes, legs: Legs) -> Integer:
    """Sum over strikes of max(-(sum of amounts there), 0), in 1e-6 contracts.

    A strike has at most two legs, neighbours. Each leg counts what is short of it and the leg
    before it at the same strike; where it has such a leg before it, that one's own count goes.
    """
    with ar.scope("leg"), ar.scope("netting"):
        place = legs.key.minus(legs.is_put)
        before = ar.gather(place, legs.lanes, 1, -1)
        gap = as_integer(place - before)
        pairs = is_zero(ar, "same_strike", gap)
        # Of the leg before; the first lane reads none, and has no pair.
        positive = ar.gather(legs.amount.positive, legs.lanes, 1, -1)
        amount = ar.gather(legs.biased, legs.lanes, 1, -1) - AMOUNT_BIAS
        earlier_long = ar.product("earlier_long", pairs, as_integer(positive))
        earlier_short = ar.product("earlier_short", pairs, as_integer(positive - amount))
        net = legs.amount.value.plus(earlier_long).minus(earlier_short)
        short = sign(ar, "net", net).negative
        counted = short.minus(earlier_short)
        # A wire, because a form with a constant cannot be read lane by lane.
        wire = ar.product("counted", counted, ar.constant(legs.lanes, 1))
    return total(ar, wire, root)
