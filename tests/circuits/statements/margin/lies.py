"""Lies about margins: a prover with plenty of collateral, and what stops it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from circuits.edsl import Liar
from circuits.field import BN254_FR
from circuits.statements.portfolio_margin import Book, Kind, MarginShape
from tests.circuits.lying import Claims, at, in_limbs
from tests.circuits.statements.margin.examples import leg
from tests.circuits.statements.margin.statements import BOOK, ROWS, claim, evidence, violations

SLOTS, W = 4, 14
R = BN254_FR.modulus
COVERED = MarginShape(Kind.COVERED, SLOTS, ROWS)
BREACH = MarginShape(Kind.BREACH, SLOTS, ROWS)

SHORT_CALL = leg(amount=-4)
LONG_CALL = leg(strike=780_000_000, amount=4)
TWO = Book((SHORT_CALL, LONG_CALL), BOOK.linear, BOOK.cash)


def refused(liar: Liar, own: Book = BOOK, **changes: Sequence[int]) -> list[str]:
    """What stops a prover who lies about a book with far more collateral than it needs."""
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


def always(value: int) -> Callable[[int], int]:
    """The same claim whatever is true."""
    return lambda _: value


def in_slot(slot: int, change: Callable[[int], int]) -> Callable[[int, int], int]:
    """The change in one slot, nothing in the others."""
    return lambda value, number: change(value) if number == slot else value


def beyond(path: str, slot: int, by: int) -> Liar:
    """One lane's number changed by so much, whatever its limbs are then."""
    return in_limbs(path, W, in_slot(slot, lambda value: value + by))
