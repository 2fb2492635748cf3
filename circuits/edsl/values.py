"""The three value types.

    FieldElement   a field element: no order, no rounding. Claims (hints, inputs, words) start here.
    └── Integer    an integer in a known interval; the form can never leave (-r/2, r/2).
    Quotient       an integer plus a possible fraction delta/2^s, until it is discharged.

A FieldElement becomes an Integer by a range check or by a named assumption, never by itself.

A quotient n/2^s of a hinted split costs a range check only if nobody else bounds it. Left
unchecked, it is an integer or has the field's fraction delta/2^s, which is a huge number. A later
check of a form in which everything else is Integer, with an odd coefficient on the quotient, keeps
the fraction (odd times delta is no multiple of 2^s) and refuses it, as long as the form has fewer
than r/2^s values. So exactly one such check discharges a Quotient: an even coefficient could turn
delta/2^s into an integer, and two quotients in one form could cancel their fractions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from circuits.edsl.lanes import Lanes, deeper
from circuits.field import BN254_FR

if TYPE_CHECKING:
    from circuits.edsl.arithmetic import Arithmetic

#: LinearForm on the builder, a vector with one number per lane elsewhere (edsl.numbers).
Payload = Any

_HALF = BN254_FR.modulus // 2
_LOWEST = -_HALF


class CircuitError(Exception):
    """A circuit that cannot be built soundly: overflow, an undischarged quotient, a free wire."""


@dataclass(slots=True, eq=False)
class FieldElement:
    """A linear form over wires, without an interval.

    Values never change. They are not frozen, because readings that compute make thousands of them
    and a frozen one takes three times as long to make.

    `after_challenge`: it depends on the challenge, so it can be no Integer, no lookup, no word.
    """

    ar: Arithmetic
    lanes: Lanes
    payload: Payload
    after_challenge: bool = False

    def __add__(self, other: FieldElement | int) -> FieldElement:
        if isinstance(other, int):
            raised = self.ar.raised(self.payload, self.lanes, other)
            return FieldElement(self.ar, self.lanes, raised, self.after_challenge)
        return field_sum(self, other)

    def __radd__(self, other: int) -> FieldElement:
        return self + other

    def __neg__(self) -> FieldElement:
        return self * -1

    def __sub__(self, other: FieldElement | int) -> FieldElement:
        return self + (-other)

    def __rsub__(self, other: int) -> FieldElement:
        return (-self) + other

    def __mul__(self, factor: int) -> FieldElement:
        return FieldElement(self.ar, self.lanes, self.payload * factor, self.after_challenge)

    def __rmul__(self, factor: int) -> FieldElement:
        return self * factor


@dataclass(slots=True, eq=False)
class Integer(FieldElement):
    """An integer with lo <= value <= hi in every lane."""

    lo: int = 0
    hi: int = 0

    def __post_init__(self) -> None:
        if self.lo > self.hi:
            raise CircuitError(f"{self.ar.path}: empty interval [{self.lo}, {self.hi}]")
        if self.lo <= _LOWEST or self.hi >= _HALF:
            raise CircuitError(
                f"{self.ar.path}: interval [{self.lo.bit_length()} bits, "
                f"{self.hi.bit_length()} bits] leaves (-r/2, r/2)"
            )

    def __add__(self, other: FieldElement | int) -> FieldElement:
        if isinstance(other, int):
            lo, hi = self.lo + other, self.hi + other
            raised = self.ar.raised(self.payload, self.lanes, other)
            return Integer(self.ar, self.lanes, raised, False, lo=lo, hi=hi)
        if not isinstance(other, Integer):
            return field_sum(self, other)
        lanes, a, b = aligned(self, other)
        return Integer(self.ar, lanes, a + b, False, lo=self.lo + other.lo, hi=self.hi + other.hi)

    def __mul__(self, factor: int) -> Integer:
        ends = (self.lo * factor, self.hi * factor)
        return Integer(
            self.ar, self.lanes, self.payload * factor, False, lo=min(ends), hi=max(ends)
        )

    def __neg__(self) -> Integer:
        return self * -1

    def __rmul__(self, factor: int) -> Integer:
        return self * factor

    def plus(self, *others: Integer | int) -> Integer:
        """The sum as an Integer (for readers and type checkers: operands must be Integers)."""
        total: FieldElement = self
        for other in others:
            total = total + other
        return as_integer(total)

    def minus(self, *others: Integer | int) -> Integer:
        """self minus every other, as an Integer."""
        return self.plus(*[-other for other in others])


@dataclass
class Debt:
    """The duty that comes with an unchecked quotient q = (an Integer)/2^shift.

    Once discharged, q itself is an integer in [lo, hi] and may be used as one. A circuit with an
    undischarged debt does not build.
    """

    path: str
    shift: int
    q: FieldElement
    lo: int
    hi: int
    discharged: bool = field(default=False)

    def settled(self) -> Integer:
        """q as an Integer; only after the discharge."""
        if not self.discharged:
            raise CircuitError(f"{self.path}: the quotient was not discharged yet")
        return Integer(self.q.ar, self.q.lanes, self.q.payload, False, lo=self.lo, hi=self.hi)


@dataclass(frozen=True, eq=False)
class Quotient:
    """coefficient * q + Integer, where q = (an Integer)/2^shift was not checked yet.

    `lo`, `hi` bound the form for the honest prover, who has no fraction.
    """

    ar: Arithmetic
    lanes: Lanes
    payload: Payload
    lo: int
    hi: int
    coefficient: int
    debt: Debt

    def __add__(self, other: Integer | int) -> Quotient:
        if isinstance(other, int):
            other = self.ar.constant(self.lanes, other)
        if not isinstance(other, Integer):
            raise CircuitError(f"{self.debt.path}: a quotient may be added to integers only")
        lanes = deeper(self.lanes, other.lanes)
        payload = self.ar.lift(self.payload, self.lanes, lanes) + self.ar.lift(
            other.payload, other.lanes, lanes
        )
        lo, hi = self.lo + other.lo, self.hi + other.hi
        return Quotient(self.ar, lanes, payload, lo, hi, self.coefficient, self.debt)

    def __mul__(self, factor: int) -> Quotient:
        ends = (self.lo * factor, self.hi * factor)
        return Quotient(
            self.ar,
            self.lanes,
            self.payload * factor,
            min(ends),
            max(ends),
            self.coefficient * factor,
            self.debt,
        )

    def __sub__(self, other: Integer | int) -> Quotient:
        return self + (-other)

    def __rsub__(self, other: Integer | int) -> Quotient:
        return self * -1 + other

    def discharge(self, width: int) -> FieldElement:
        """The form, for one check that bounds it to an interval of `width` integers."""
        if self.debt.discharged:
            raise CircuitError(f"{self.debt.path}: this quotient was discharged before")
        if self.coefficient % 2 == 0:
            raise CircuitError(f"{self.debt.path}: even coefficient {self.coefficient} on it")
        if (width + 1) << self.debt.shift >= BN254_FR.modulus:
            raise CircuitError(f"{self.debt.path}: a fraction could hide in {width} values")
        self.debt.discharged = True
        return FieldElement(self.ar, self.lanes, self.payload)


def as_integer(value: FieldElement) -> Integer:
    """The value, which must be an Integer already."""
    if not isinstance(value, Integer):
        raise CircuitError(f"{value.ar.path}: an Integer was expected; range-check the value")
    return value


def aligned(a: FieldElement, b: FieldElement) -> tuple[Lanes, Payload, Payload]:
    """Both payloads read in the deeper of the two lane spaces."""
    lanes = deeper(a.lanes, b.lanes)
    return lanes, a.ar.lift(a.payload, a.lanes, lanes), a.ar.lift(b.payload, b.lanes, lanes)


def field_sum(a: FieldElement, b: FieldElement) -> FieldElement:
    """a + b without an interval; a Quotient adds up on its own terms only."""
    if not isinstance(b, FieldElement):
        raise CircuitError(f"{a.ar.path}: a quotient stands on the left of a sum with an Integer")
    lanes, left, right = aligned(a, b)
    return FieldElement(a.ar, lanes, left + right, a.after_challenge or b.after_challenge)
