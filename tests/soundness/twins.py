"""Deliberately broken twins: the product's readings with one check left out.

A must-fail test shows that a forgery works in the twin and fails in the product: the check it
omits is the one that stops it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, ClassVar

from circuits.edsl import (
    Arithmetic,
    CircuitBuilder,
    FieldElement,
    Integer,
    Lanes,
    Quotient,
    WitnessArithmetic,
)
from circuits.edsl.arithmetic import HintFunction
from circuits.gadgets.boolean import boolean_hint
from circuits.statements.option_marks import black76, greeks
from tests.circuits.reading import Reading


@dataclass(frozen=True)
class Omission:
    """What is left out, by patterns of paths."""

    lookups: tuple[str, ...] = ()  #: range lookups of these limbs
    range_checks: tuple[str, ...] = ()  #: whole range checks, their limbs included
    limbs: tuple[str, ...] = ()  #: numbers claimed as one unchecked wire instead of limbs
    constraints: tuple[str, ...] = ()  #: product constraints
    words: tuple[str, ...] = ()  #: words left out of the fingerprint


class _Lenient(Arithmetic):
    """Omits what its class says; mixed in before a reading."""

    omission: ClassVar[Omission] = Omission()

    def _omits(self, patterns: Sequence[str], name: str) -> bool:
        path = f"{self.path}/{name}"
        return any(fnmatchcase(path, pattern) for pattern in patterns)

    def _look_up_range(self, name: str, value: FieldElement) -> None:
        if not self._omits(self.omission.lookups, name):
            super()._look_up_range(name, value)

    def range_check(self, name: str, value: FieldElement | Quotient, bits: int) -> Integer:
        if not self._omits(self.omission.range_checks, name):
            return super().range_check(name, value, bits)
        if isinstance(value, Quotient):
            value = value.discharge(1 << bits)
        return Integer(self, value.lanes, value.payload, False, lo=0, hi=(1 << bits) - 1)

    def integer_hint(
        self, name: str, lanes: Lanes, bits: int, function: HintFunction, *args: FieldElement
    ) -> Integer:
        if not self._omits(self.omission.limbs, name):
            return super().integer_hint(name, lanes, bits, function, *args)
        (value,) = self.hint(name, lanes, 1, function, *args)
        return Integer(self, lanes, value.payload, False, lo=0, hi=(1 << bits) - 1)

    def assert_zero_product(self, name: str, a: FieldElement, b: FieldElement) -> None:
        if not self._omits(self.omission.constraints, name):
            super().assert_zero_product(name, a, b)

    def publish(self, name: str, word: FieldElement) -> None:
        if not self._omits(self.omission.words, name):
            super().publish(name, word)


class LenientBuilder(_Lenient, CircuitBuilder):
    """A builder that omits."""


class LenientWitness(_Lenient, WitnessArithmetic):
    """The prover that fits it."""


def weakened(name: str, *patches: tuple[Any, str, Any], **omitted: tuple[str, ...]) -> Reading:
    """A twin without the checks named by path patterns (fields of `Omission`)."""
    attributes = {"omission": Omission(**omitted)}
    return Reading(
        name,
        type("TwinBuilder", (LenientBuilder,), attributes),
        type("TwinWitness", (LenientWitness,), attributes),
        patches,
    )


_honest_price = black76._price


def _flagged_price(ar: Arithmetic, *args: Any) -> Integer:
    """A price that a hinted flag, meant for unused lanes, sets to zero."""
    price = _honest_price(ar, *args)
    used = boolean_hint(ar, "used", price.lanes, lambda p: p * 0 + 1, price)
    return ar.product("flagged", price, used)


def with_dummy_flag() -> Reading:
    """A twin in which each lane says itself whether it is in use."""
    return weakened("free dummy flag", (black76, "_price", _flagged_price))


def _ungated(ar: Arithmetic, name: str, value: Integer, gate: Integer) -> Integer:
    """The value where the gate is not 0, and anything where it is."""
    (kept,) = ar.hint(name, value.lanes, 1, lambda v, g: v * (g != 0), value, gate)
    ar.assert_zero_product(f"{name}_value", kept - value, gate)
    return Integer(ar, value.lanes, kept.payload, False, lo=min(0, value.lo), hi=max(0, value.hi))


def without_gates() -> Reading:
    """A twin in which a value is not forced to 0 where its gate is."""
    return weakened("no gates", (greeks, "value_where_nonzero", _ungated))
