"""Rung 4: choices between integers have one answer, over a tiny prime and all witnesses."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from circuits.edsl import CircuitBuilder, CircuitError, FieldElement, Integer, Lanes
from circuits.gadgets.boolean import boolean_hint
from circuits.gadgets.division import floor_quotient
from circuits.gadgets.equality import assert_equal
from circuits.gadgets.rounding import nearest_parts
from circuits.gadgets.selection import least, maximum, minimum, select, sign
from tests.circuits.gadgets.test_every_witness import Traced, number
from tests.circuits.tiny import outputs

PRIME = 251


def centred(ar: CircuitBuilder, root: Lanes) -> Integer:
    """-7 to 8."""
    return number(ar, root, 4).minus(7)


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("is_positive", lambda v: int(v >= 0)),
        ("positive", lambda v: max(v, 0)),
        ("negative", lambda v: max(-v, 0)),
        ("absolute", abs),
    ],
)
def test_a_sign_has_one_answer(part: str, expected: Callable[[int], int]) -> None:
    def gadget(ar: CircuitBuilder, root: Lanes) -> Traced:
        value = centred(ar, root)
        return (value,), getattr(sign(ar, "s", value), part)

    assert outputs(gadget, PRIME, 2) == {(v,): {expected(v)} for v in range(-7, 9)}


@pytest.mark.parametrize(("choose", "expected"), [(minimum, min), (maximum, max)])
def test_the_smaller_and_the_larger(
    choose: Callable[..., Integer], expected: Callable[[int, int], int]
) -> None:
    def gadget(ar: CircuitBuilder, root: Lanes) -> Traced:
        a, b = number(ar, root, 2, "a"), number(ar, root, 2, "b")
        return (a, b), choose(ar, "c", a, b)

    pairs = {(a, b): {expected(a, b)} for a in range(4) for b in range(4)}
    assert outputs(gadget, PRIME, 2) == pairs


def test_select_takes_one_of_two() -> None:
    def gadget(ar: CircuitBuilder, root: Lanes) -> Traced:
        bit = boolean_hint(ar, "bit", root, ar.input("bit"))
        a, b = number(ar, root, 2, "a"), number(ar, root, 2, "b")
        return (bit, a, b), select(ar, "c", bit, a, b)

    found = outputs(gadget, PRIME, 2)
    assert found == {
        (s, a, b): {a if s else b} for s in range(2) for a in range(4) for b in range(4)
    }


def test_select_refuses_what_is_no_bit() -> None:
    builder = CircuitBuilder(2)
    root = builder.lanes("root", 1)
    value = number(builder, root, 2)
    with pytest.raises(CircuitError, match=r"selecting by a value in \[0, 3\]"):
        select(builder, "c", value, value, value)


def test_the_least_is_reached_and_not_passed() -> None:
    def gadget(ar: CircuitBuilder, root: Lanes) -> Traced:
        values = [number(ar, root, 2, name) for name in "ab"]
        return tuple(values), least(ar, "m", values, 2)

    pairs = {(a, b): {min(a, b)} for a in range(4) for b in range(4)}
    assert outputs(gadget, PRIME, 2) == pairs


@pytest.mark.parametrize("divisor", [1, 2, 3, 4])
def test_the_floor_has_one_answer(divisor: int) -> None:
    def gadget(ar: CircuitBuilder, root: Lanes) -> Traced:
        value = centred(ar, root)
        return (value,), floor_quotient(ar, "f", value, divisor, 4)

    assert outputs(gadget, PRIME, 2) == {
        (v,): {v // divisor} for v in range(-7, 8 if divisor == 1 else 9)
    }


@pytest.mark.parametrize("positive", [True, False])
@pytest.mark.parametrize("drop", [1, 2])
def test_both_parts_of_a_rounded_value_have_one_answer(drop: int, positive: bool) -> None:
    def gadget(ar: CircuitBuilder, root: Lanes) -> Traced:
        value = centred(ar, root)
        parts: tuple[FieldElement, FieldElement] = nearest_parts(ar, "n", value, drop, 4)
        return (value,), parts[0 if positive else 1]

    def expected(value: int) -> int:
        rounded = (value + (1 << (drop - 1))) >> drop
        return max(rounded if positive else -rounded, 0)

    assert outputs(gadget, 1009, 2) == {(v,): {expected(v)} for v in range(-7, 9)}


def test_equality_leaves_equal_values() -> None:
    def gadget(ar: CircuitBuilder, root: Lanes) -> Traced:
        a, b = number(ar, root, 2, "a"), number(ar, root, 2, "b")
        assert_equal(ar, "same", a, b)
        return (a,), b

    assert outputs(gadget, PRIME, 2) == {(a,): {a} for a in range(4)}


def test_a_sign_without_its_check_is_free() -> None:
    """The twin: a bit and a product alone call any number positive or not."""

    def gadget(ar: CircuitBuilder, root: Lanes) -> Traced:
        value = centred(ar, root)
        bit = boolean_hint(ar, "bit", root, ar.input("bit"))
        return (value,), ar.product("part", bit, value)

    assert outputs(gadget, PRIME, 2) == {(v,): {v, 0} for v in range(-7, 9)}
