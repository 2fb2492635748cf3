"""The three value types refuse what would be unsound, while building."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from circuits.edsl import (
    Arithmetic,
    CircuitBuilder,
    CircuitError,
    FieldElement,
    Integer,
    Lanes,
    Quotient,
    as_integer,
)
from circuits.field import BN254_FR
from tests.circuits.toy import Toy

HALF = BN254_FR.modulus // 2


@pytest.fixture
def ar() -> CircuitBuilder:
    return CircuitBuilder(4)


@pytest.fixture
def root(ar: CircuitBuilder) -> Lanes:
    return ar.lanes("root", 1)


def checked(ar: Arithmetic, root: Lanes, bits: int, name: str = "x") -> Integer:
    return ar.integer_hint(name, root, bits, ar.input(name))


def quotient(ar: Arithmetic, root: Lanes, drop: int = 8, name: str = "x") -> Quotient:
    opened, _ = ar.unchecked_quotient("q", checked(ar, root, 24, name), drop)
    return opened


def test_a_sum_that_could_wrap_does_not_build(ar: CircuitBuilder, root: Lanes) -> None:
    wide = checked(ar, root, 252)
    with pytest.raises(CircuitError, match="leaves"):
        wide.plus(wide, wide)


def test_a_product_that_could_wrap_does_not_build(ar: CircuitBuilder, root: Lanes) -> None:
    x = checked(ar, root, 128)
    with pytest.raises(CircuitError, match="leaves"):
        ar.product("square", x, x)


def test_a_multiple_that_could_wrap_does_not_build(ar: CircuitBuilder, root: Lanes) -> None:
    with pytest.raises(CircuitError, match="leaves"):
        checked(ar, root, 16) * (1 << 240)


def test_intervals_follow_the_arithmetic(ar: CircuitBuilder, root: Lanes) -> None:
    x, y = checked(ar, root, 8), checked(ar, root, 8, "y")
    for form, lo, hi in (
        (x.minus(y), -255, 255),
        (x * -3, -765, 0),
        (x.plus(1), 1, 256),
        (ar.product("p", x.minus(8), y), -8 * 255, 247 * 255),
        (as_integer(-x), -255, 0),
        (as_integer(7 - x), -248, 7),
    ):
        assert (form.lo, form.hi) == (lo, hi)


def test_the_interval_bound_is_half_the_field(ar: CircuitBuilder, root: Lanes) -> None:
    assert ar.constant(root, HALF - 1).hi == HALF - 1
    for value in (HALF, -HALF, HALF + 1):
        with pytest.raises(CircuitError, match="leaves"):
            ar.constant(root, value)


def test_a_hint_has_no_interval(ar: CircuitBuilder, root: Lanes) -> None:
    (claim,) = ar.hint("claim", root, 1, ar.input("x"))
    assert not isinstance(claim, Integer)
    assert not isinstance(claim + checked(ar, root, 4), Integer)
    assert not isinstance(checked(ar, root, 4, "y") + claim, Integer)
    assert not isinstance(ar.multiply("m", claim, checked(ar, root, 4, "z")), Integer)
    with pytest.raises(CircuitError, match="Integer was expected"):
        as_integer(claim)


def test_a_range_check_is_no_wider_than_the_field(ar: CircuitBuilder, root: Lanes) -> None:
    (claim,) = ar.hint("claim", root, 1, ar.input("x"))
    assert ar.range_check("widest", claim, 252).hi == (1 << 252) - 1
    with pytest.raises(CircuitError, match="do not fit"):
        ar.range_check("wide", claim, 253)


def test_a_quotient_is_no_integer_before_its_discharge(ar: CircuitBuilder, root: Lanes) -> None:
    opened = quotient(ar, root)
    with pytest.raises(CircuitError, match="not discharged yet"):
        opened.debt.settled()
    settled = ar.range_check("check", opened, 16)
    assert (settled.lo, settled.hi) == (0, (1 << 16) - 1)
    assert (opened.debt.settled().lo, opened.debt.settled().hi) == (0, (1 << 16) - 1)


@pytest.mark.parametrize("even", [2, 0, -4])
def test_an_even_coefficient_does_not_discharge(ar: CircuitBuilder, root: Lanes, even: int) -> None:
    with pytest.raises(CircuitError, match="even coefficient"):
        ar.range_check("check", quotient(ar, root) * even, 16)


def test_a_quotient_is_discharged_once(ar: CircuitBuilder, root: Lanes) -> None:
    opened = quotient(ar, root)
    ar.range_check("check", opened, 16)
    with pytest.raises(CircuitError, match="discharged before"):
        ar.range_check("again", opened + 1, 16)


def test_a_check_that_could_hide_a_fraction_does_not_build(ar: CircuitBuilder, root: Lanes) -> None:
    with pytest.raises(CircuitError, match="fraction could hide"):
        ar.range_check("check", quotient(ar, root, 8), 246)


def test_two_quotients_in_one_sum_do_not_build(ar: CircuitBuilder, root: Lanes) -> None:
    one, other = quotient(ar, root), quotient(ar, root, name="y")
    with pytest.raises(CircuitError, match="integers only"):
        one + other  # type: ignore[operator]


def test_a_quotient_and_a_claim_in_one_sum_do_not_build(ar: CircuitBuilder, root: Lanes) -> None:
    (claim,) = ar.hint("claim", root, 1, ar.input("y"))
    with pytest.raises(CircuitError, match="integers only"):
        quotient(ar, root) + claim  # type: ignore[operator]
    with pytest.raises(CircuitError, match="quotient"):
        claim + quotient(ar, root)  # type: ignore[operator]
    with pytest.raises(CircuitError, match="quotient"):
        checked(ar, root, 4) + quotient(ar, root)  # type: ignore[operator]


_MISUSES: dict[str, Callable[[Arithmetic, Lanes, Quotient], object]] = {
    "product": lambda ar, root, q: ar.multiply("p", q, q),  # type: ignore[arg-type]
    "constraint": lambda ar, root, q: ar.assert_zero_product(
        "p",
        q,  # type: ignore[arg-type]
        ar.constant(root, 1),
    ),
    "word": lambda ar, root, q: ar.publish("w", q),  # type: ignore[arg-type]
    "assumption": lambda ar, root, q: ar.assume_interval(
        q,  # type: ignore[arg-type]
        0,
        1,
        because="no",
        must_fail="no",
    ),
}


@pytest.mark.parametrize("misuse", _MISUSES)
def test_a_quotient_is_checked_before_it_is_used(
    ar: CircuitBuilder, root: Lanes, misuse: str
) -> None:
    opened = quotient(ar, root)
    with pytest.raises(CircuitError, match="quotient"):
        _MISUSES[misuse](ar, root, opened)


def test_an_undischarged_quotient_does_not_build() -> None:
    def define(ar: Arithmetic, root: Lanes) -> None:
        with ar.scope("here"):
            opened = quotient(ar, root)
        ar.publish("word", opened.debt.q)

    with pytest.raises(CircuitError, match=r"undischarged quotients: \['here/q'\]"):
        Toy(define).r1cs()


def test_a_challenge_dependent_value_is_never_looked_up_or_bounded(
    ar: CircuitBuilder, root: Lanes
) -> None:
    late = FieldElement(ar, root, ar.number(root, 3), after_challenge=True)
    derived = ar.multiply("m", late, checked(ar, root, 4)) + 1
    for value in (late, derived, -derived, derived * 5):
        with pytest.raises(CircuitError, match="depends on the challenge"):
            ar.range_check("r", value, 4)
        with pytest.raises(CircuitError, match="depends on the challenge"):
            ar.publish("w", value)
        with pytest.raises(CircuitError, match="depends on the challenge"):
            ar.assume_interval(value, 0, 1, because="no", must_fail="no")


def test_assumptions_are_listed(ar: CircuitBuilder, root: Lanes) -> None:
    (claim,) = ar.hint("claim", root, 1, ar.input("x"))
    with ar.scope("outer"):
        ar.assume_interval(claim, -3, 4, because="tested", must_fail="test_x")
    (assumption,) = ar.assumptions
    assert (assumption.path, assumption.lo, assumption.hi) == ("outer", -3, 4)
    assert assumption.must_fail == "test_x"
