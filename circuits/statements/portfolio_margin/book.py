"""A book: option legs, linear holdings and cash, and how they become field elements.

A leg is one field element of 144 bits, the first field the most significant::

    underlying (8) | expiry_unix (35) | strike_ticks (36) | put (1) | amount + 2^63 (64)

Its key is everything above the amount; the legs of a book have strictly increasing keys, so a
strike's call and put stand beside each other. An empty slot is the one dummy whose key is all ones
and whose amount is 0; dummies stand at the end. Linear holdings are one element of 190 bits::

    perpetual + 2^63 (64) | collateral_1 (63) | collateral_2 (63)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from circuits.statements.packing import WordError, pack, unpack
from circuits.statements.portfolio_margin.errors import BookError
from circuits.statements.portfolio_margin.hidden import Hidden
from circuits.statements.portfolio_margin.units import (
    AMOUNT_BITS,
    CASH_BITS,
    LEAVES,
    RANGES,
    check_range,
)

LEG_WIDTHS = (8, 35, 36, 1, AMOUNT_BITS + 1)
LINEAR_WIDTHS = (AMOUNT_BITS + 1, AMOUNT_BITS, AMOUNT_BITS)
AMOUNT_BIAS = 1 << AMOUNT_BITS
CASH_BIAS = 1 << CASH_BITS
CASH_WIDTHS = (CASH_BITS + 1,)

_KEY_BITS = sum(LEG_WIDTHS[:-1])
DUMMY_LEG = ((1 << _KEY_BITS) - 1) << LEG_WIDTHS[-1] | AMOUNT_BIAS
"""The empty slot."""


@dataclass(frozen=True, slots=True, repr=False)
class Leg(Hidden):
    """A position in one European option; `amount` counts 1e-6 contracts, negative when short."""

    underlying: int
    expiry_unix: int
    strike_ticks: int
    is_put: bool
    amount: int

    def __post_init__(self) -> None:
        check_range("underlying", self.underlying)
        check_range("leg_expiry_unix", self.expiry_unix)
        check_range("strike_ticks", self.strike_ticks)
        check_range("amount", self.amount)
        if self.amount == 0:
            raise BookError(f"{self.name} has amount 0, expected a leg for open positions only")

    @property
    def packed(self) -> int:
        """The leg as one field element."""
        fields = (self.underlying, self.expiry_unix, self.strike_ticks, int(self.is_put))
        return pack(LEG_WIDTHS, (*fields, self.amount + AMOUNT_BIAS))

    @property
    def key(self) -> int:
        """What orders legs: the packed leg without its amount."""
        return self.packed >> LEG_WIDTHS[-1]

    @property
    def name(self) -> str:
        """The leg for messages."""
        kind = "put" if self.is_put else "call"
        return f"the {kind} with strike {self.strike_ticks} ticks and expiry {self.expiry_unix}"


@dataclass(frozen=True, slots=True, repr=False)
class LinearHoldings(Hidden):
    """Amounts of the perpetual (signed) and of two collateral assets, in 1e-6 contracts.

    The perpetual is valued at its mark; what was paid for it is in the book's cash.
    """

    perpetual: int = 0
    collateral_1: int = 0
    collateral_2: int = 0

    def __post_init__(self) -> None:
        check_range("perpetual", self.perpetual)
        check_range("collateral", self.collateral_1)
        check_range("collateral", self.collateral_2)

    @property
    def packed(self) -> int:
        """The holdings as one field element."""
        biased = self.perpetual + AMOUNT_BIAS
        return pack(LINEAR_WIDTHS, (biased, self.collateral_1, self.collateral_2))


@dataclass(frozen=True, slots=True, repr=False)
class Book(Hidden):
    """Up to 128 legs of one underlying with increasing keys, linear holdings, and cash in atoms."""

    legs: tuple[Leg, ...] = ()
    linear: LinearHoldings = field(default_factory=LinearHoldings)
    cash: int = 0

    def __post_init__(self) -> None:
        check_range("cash", self.cash)
        if len(self.legs) > LEAVES:
            raise BookError(f"the book has {len(self.legs)} legs, expected at most {LEAVES}")
        for index, (leg, following) in enumerate(pairwise(self.legs)):
            if leg.underlying != following.underlying:
                raise BookError(
                    f"leg {index + 1} is of underlying {following.underlying}, expected"
                    f" {leg.underlying} as the legs before"
                )
            if leg.key == following.key:
                raise BookError(f"leg {index + 1}: {following.name} is given twice")
            if leg.key > following.key:
                raise BookError(f"leg {index + 1}: {following.name} comes after {leg.name}")

    @property
    def packed_cash(self) -> int:
        """Cash as it is committed: plus 2^95."""
        return self.cash + CASH_BIAS

    def leaves(self, slots: int) -> tuple[int, ...]:
        """The packed legs and dummies after them, `slots` in all; BookError where they are few."""
        check_range("slots", slots)
        if len(self.legs) > slots:
            raise BookError(f"the book has {len(self.legs)} legs, the statement has {slots} slots")
        return (*(leg.packed for leg in self.legs), *[DUMMY_LEG] * (slots - len(self.legs)))


def unpack_book(leaves: Sequence[int], linear: int, cash: int, position: int) -> Book:
    """The book of untrusted elements, refused unless packing it gives them again.

    `position` is the number of the first leaf's word; WordError, RangeError or BookError.
    """
    read = [_unpack_leg(leaf, position + at) for at, leaf in enumerate(leaves)]
    legs = tuple(leg for leg in read if leg is not None)
    if None in read[: len(legs)]:
        raise WordError(position + read.index(None), "an empty slot stands before a leg")
    after = position + len(leaves)
    perpetual, collateral_1, collateral_2 = unpack(LINEAR_WIDTHS, linear, after)
    (biased_cash,) = unpack(CASH_WIDTHS, cash, after + 1)
    holdings = LinearHoldings(perpetual - AMOUNT_BIAS, collateral_1, collateral_2)
    return Book(legs, holdings, biased_cash - CASH_BIAS)


def _unpack_leg(leaf: int, position: int) -> Leg | None:
    """The leg of an untrusted element, None for the empty slot."""
    if leaf == DUMMY_LEG:
        return None
    underlying, expiry, strike, put, amount = unpack(LEG_WIDTHS, leaf, position)
    if underlying not in RANGES["underlying"]:
        raise WordError(position, "an empty slot is not the canonical one")
    return Leg(underlying, expiry, strike, bool(put), amount - AMOUNT_BIAS)
