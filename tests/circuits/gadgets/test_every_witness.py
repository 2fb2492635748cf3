"""Rung 4: over a tiny prime, all witnesses of each generic gadget give one output per input."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from math import isqrt
from typing import Any

import pytest

from circuits.edsl import CircuitBuilder, FieldElement, Integer, Lanes
from circuits.gadgets.boolean import assert_nonzero, boolean_hint, is_zero
from circuits.gadgets.division import half_even_quotient
from circuits.gadgets.rounding import nearest, nearest_positive_part
from circuits.gadgets.selection import value_where_nonzero
from circuits.gadgets.square_root import nearest_square_root
from circuits.profile import R6
from circuits.statements.option_marks.distribution import _bound
from tests.circuits.tiny import Gadget, outputs

Traced = tuple[tuple[FieldElement, ...], FieldElement]


def number(ar: CircuitBuilder, root: Lanes, bits: int, name: str = "x") -> Integer:
    return ar.integer_hint(name, root, bits, ar.input(name))


def round_half_even(numerator: int, divisor: int) -> int:
    quotient, rest = divmod(numerator, divisor)
    up = 2 * rest > divisor or (2 * rest == divisor and quotient % 2 == 1)
    return quotient + up


@pytest.mark.parametrize("prime", [97, 251])
def test_a_boolean_is_zero_or_one(prime: int) -> None:
    def gadget(ar: CircuitBuilder, root: Lanes) -> Traced:
        return (), boolean_hint(ar, "b", root, ar.input("b"))

    assert outputs(gadget, prime, 2) == {(): {0, 1}}


@pytest.mark.parametrize("bits", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("checked", [True, False], ids=["range_check", "integer_hint"])
def test_a_range_check_is_exact(bits: int, checked: bool) -> None:
    def gadget(ar: CircuitBuilder, root: Lanes) -> Traced:
        if not checked:
            return (), number(ar, root, bits)
        (claim,) = ar.hint("claim", root, 1, ar.input("x"))
        return (), ar.range_check("r", claim, bits)

    assert outputs(gadget, 251, 2) == {(): set(range(1 << bits))}


@pytest.mark.parametrize("prime", [97, 251])
def test_only_zero_has_no_inverse(prime: int) -> None:
    def gadget(ar: CircuitBuilder, root: Lanes) -> Traced:
        value = number(ar, root, 4)
        assert_nonzero(ar, "n", value)
        return (), value

    assert outputs(gadget, prime, 2) == {(): set(range(1, 16))}


@pytest.mark.parametrize("prime", [97, 251])
def test_is_zero_has_one_answer(prime: int) -> None:
    def gadget(ar: CircuitBuilder, root: Lanes) -> Traced:
        value = number(ar, root, 4).minus(7)
        return (value,), is_zero(ar, "z", value)

    expected = {(v,): {int(v == 0)} for v in range(-7, 9)}
    assert outputs(gadget, prime, 2) == expected


@pytest.mark.parametrize("prime", [97, 251])
def test_a_value_where_a_gate_is_open_has_one_answer(prime: int) -> None:
    def gadget(ar: CircuitBuilder, root: Lanes) -> Traced:
        value, gate = number(ar, root, 4).minus(7), number(ar, root, 2, "g").minus(1)
        return (value, gate), value_where_nonzero(ar, "v", value, gate)

    expected = {(v, g): {v if g else 0} for v in range(-7, 9) for g in range(-1, 3)}
    assert outputs(gadget, prime, 2) == expected


@pytest.mark.parametrize("coefficient", [1, -1, 3, -5])
def test_a_quotient_with_an_odd_coefficient_is_the_floor(coefficient: int) -> None:
    def gadget(ar: CircuitBuilder, root: Lanes) -> Traced:
        value = number(ar, root, 4)
        opened, _ = ar.unchecked_quotient("q", value, 2)
        bias = 0 if coefficient > 0 else 15
        ar.range_check("check", opened * coefficient + bias, 4)
        return (value,), opened.debt.settled()

    expected = {(v,): {v // 4} for v in range(16)}
    assert outputs(gadget, 251, 2) == expected


@pytest.mark.parametrize("drop", [1, 2, 3])
def test_rounding_to_nearest_has_one_answer(drop: int) -> None:
    def gadget(ar: CircuitBuilder, root: Lanes) -> Traced:
        value = number(ar, root, 4).minus(7)
        return (value,), nearest(ar, "n", value, drop, 4, bias=8)

    expected = {(v,): {(v + (1 << (drop - 1))) >> drop} for v in range(-7, 9)}
    assert outputs(gadget, 1009, 2) == expected


@pytest.mark.parametrize("drop", [1, 2, 3])
def test_the_positive_part_has_one_answer(drop: int) -> None:
    def gadget(ar: CircuitBuilder, root: Lanes) -> Traced:
        value = number(ar, root, 4).minus(9)
        return (value,), nearest_positive_part(ar, "p", value, drop, 4)

    expected = {(v,): {max(0, (v + (1 << (drop - 1))) >> drop)} for v in range(-9, 7)}
    assert outputs(gadget, 1009, 2) == expected


@pytest.mark.parametrize("divisor", [1, 2, 3, 4, 5, 7])
def test_half_even_division_by_a_number_has_one_answer(divisor: int) -> None:
    def gadget(ar: CircuitBuilder, root: Lanes) -> Traced:
        numerator = number(ar, root, 4)
        return (numerator,), half_even_quotient(ar, "q", numerator, divisor, 5)

    expected = {(n,): {round_half_even(n, divisor)} for n in range(16)}
    assert outputs(gadget, 1009, 2) == expected


def test_half_even_division_by_a_wire_has_one_answer() -> None:
    def gadget(ar: CircuitBuilder, root: Lanes) -> Traced:
        numerator, divisor = number(ar, root, 4), number(ar, root, 2, "d").plus(1)
        return (numerator, divisor), half_even_quotient(ar, "q", numerator, divisor, 5)

    expected = {(n, d): {round_half_even(n, d)} for n in range(16) for d in range(1, 5)}
    assert outputs(gadget, 1009, 2) == expected


def test_square_root_refuses_neighbours_and_half_integers() -> None:
    """All of F_p as root, half-integers among it."""

    def gadget(ar: CircuitBuilder, root: Lanes) -> Traced:
        value = number(ar, root, 5).plus(1)
        return (value,), nearest_square_root(ar, "z", value, 4)

    nearest_roots = {v: isqrt(v) + (v - isqrt(v) ** 2 > isqrt(v)) for v in range(1, 33)}
    found = outputs(gadget, 7919, 2)
    assert found == {(v,): {root} for v, root in nearest_roots.items()}


@pytest.mark.parametrize("open_end", [0, 1], ids=["saturated", "not saturated"])
def test_a_division_is_bounded_on_each_side_that_is_not_saturated(open_end: int) -> None:
    """Limbs of 1 bit, slacks of 2: every remainder, divisor, slack and excess."""
    tiny = replace(R6, limb_bits=1, spare_bits=2)

    def gadget(ar: CircuitBuilder, root: Lanes) -> Traced:
        remainder, half = number(ar, root, 5).minus(16), number(ar, root, 1, "v")
        low, high = number(ar, root, 1, "low"), ar.constant(root, open_end)
        located: Any = None  # no prover: every witness is tried
        _bound(ar, tiny, remainder, (half * 2).plus(1), low, high, located)
        return (remainder, half, low), high

    accepted = set(outputs(gadget, 1009, 1))
    for remainder, half, low in product(range(-16, 16), (0, 1), (0, 1)):
        rest = 2 * half - remainder
        bounded = (remainder >= 0 or not low) and (rest >= 0 or not open_end)
        reached = remainder <= 12 if low else rest in {0, 1, 2, 4, 6, 8, 10, 12}
        if (remainder, half, low) in accepted:
            assert bounded
        else:
            assert not (bounded and reached)


def test_too_small_a_field_does_not_build() -> None:
    def gadget(ar: CircuitBuilder, root: Lanes) -> Traced:
        numerator = number(ar, root, 4)
        return (numerator,), half_even_quotient(ar, "q", numerator, 7, 5)

    gadgets: list[Gadget] = [gadget]
    for each in gadgets:
        with pytest.raises(Exception, match="leaves"):
            outputs(each, 97, 2)
