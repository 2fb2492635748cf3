"""Expiry slices: attested fields, and which of them are in use.

Expiries never decrease; a slice is active when its expiry lies after the one before it (the first:
after the snapshot). The others repeat the last and stay empty: a leg finds its slice by expiry + 1,
which inactive slices offer as 0. So every expiry has one slice, and an account's legs of one expiry
cannot be split between two.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.lanes import Lanes
from circuits.edsl.values import FieldElement, Integer
from circuits.gadgets.boolean import is_zero
from circuits.gadgets.equality import assert_equal
from circuits.statements.portfolio_margin.market import (
    SLICE_FIELDS,
    SLICE_WIDTHS,
    SVI_BIASES,
    SVI_FIELDS,
    SVI_WIDTHS,
    VolatilityForm,
)
from circuits.statements.portfolio_margin.model.scales import SECONDS_BITS
from circuits.statements.portfolio_margin.units import SLICES

_TICK_BITS = 36


@dataclass(frozen=True)
class SviFields:
    """The curve of each slice, without biases."""

    a: Integer
    b: Integer
    rho: Integer
    m: Integer
    s: Integer


@dataclass(frozen=True)
class Slices:
    """Fields of the 16 slices (a lane each)."""

    lanes: Lanes
    number: Integer  #: 1 … 16
    seconds: Integer
    key: Integer  #: expiry + 1 where active, else 0
    variable: Integer
    fixed: Integer
    forward: Integer
    discount: Integer
    rate_biased: Integer
    confidence: Integer
    svi: SviFields | None
    elements: tuple[FieldElement, ...] = field(default=())  #: one or two for each slice


def attest_slices(ar: Arithmetic, root: Lanes, snapshot: Integer, form: VolatilityForm) -> Slices:
    """All fields range-checked to their widths; T below 2^28 makes the expiry one reading."""
    lanes = ar.lanes("slice", SLICES, root)
    with ar.scope("slice"):
        number = _numbers(ar, lanes)
        seconds = ar.integer_hint("seconds", lanes, SECONDS_BITS, ar.input("slice_seconds"))
        fields = [
            ar.integer_hint(name, lanes, bits, ar.input(f"slice_{name}"))
            for name, bits in zip(SLICE_FIELDS[1:], SLICE_WIDTHS[1:], strict=True)
        ]
        expiry = seconds.plus(snapshot)
        head = expiry
        for value, bits in zip(fields, SLICE_WIDTHS[1:], strict=True):
            head = (head * (1 << bits)).plus(value)
        svi, curve = _svi(ar, lanes) if form is VolatilityForm.SVI else (None, [])
        variable, fixed, discount, rate, confidence = fields
        return Slices(
            lanes=lanes,
            number=number,
            seconds=seconds,
            key=ar.product("key", _active(ar, seconds), expiry.plus(1)),
            variable=variable,
            fixed=fixed,
            forward=_bounded(ar, variable.plus(fixed)),
            discount=discount,
            rate_biased=rate,
            confidence=confidence,
            svi=svi,
            elements=(head, *curve),
        )


def _numbers(ar: Arithmetic, lanes: Lanes) -> Integer:
    """1, 2, 3, …: one more than in the lane before, where there is one."""
    (number,) = ar.hint(
        "number", lanes, 1, lambda: ar.numbers.vector(list(range(1, lanes.count + 1)))
    )
    assert_equal(ar, "number", number - ar.gather(number, lanes, 1, -1), 1)
    return Integer(ar, lanes, number.payload, False, lo=1, hi=lanes.count)


def _active(ar: Arithmetic, seconds: Integer) -> Integer:
    before = ar.gather(seconds, seconds.lanes, 1, -1)
    gap = ar.range_check("gap", seconds - before, SECONDS_BITS)
    return (-is_zero(ar, "repeats", gap)).plus(1)


def _bounded(ar: Arithmetic, forward: Integer) -> Integer:
    return ar.assume_interval(
        forward,
        1 << 20,
        (1 << _TICK_BITS) - 1,
        because="the logarithm of the forward has a row for [2^20, 2^36) alone",
        must_fail="test_a_forward_outside_the_table_is_unprovable",
    )


def _svi(ar: Arithmetic, lanes: Lanes) -> tuple[SviFields, list[Integer]]:
    packed = ar.constant(lanes, 0)
    values = []
    for name, bits, bias in zip(SVI_FIELDS, SVI_WIDTHS, SVI_BIASES, strict=True):
        biased = ar.integer_hint(name, lanes, bits, ar.input(f"slice_{name}"))
        packed = (packed * (1 << bits)).plus(biased)
        values.append(biased.minus(bias))
    return SviFields(*values), [packed]
