"""exp, normal_lite and Poseidon in the circuit: values, uniqueness, refusals."""

from __future__ import annotations

import math

import pytest

from circuits.edsl import Arithmetic, CircuitBuilder, CircuitError, IntegerArithmetic, Lanes
from circuits.edsl.python_numbers import PythonNumbers
from circuits.functions.exp import exp, exp_format
from circuits.functions.normal_lite import lite_format, lite_fraction_bits, normal_lite
from circuits.gadgets.poseidon import poseidon
from circuits.poseidon import poseidon as hash_numbers
from circuits.profile import R6, R14, Profile
from tests.circuits.lying import add_in_limbs, shift
from tests.circuits.toy import Toy

PROFILES = [R6, R14]


def evaluated(profile: Profile, values: list[int]) -> tuple[IntegerArithmetic, Lanes]:
    ar = IntegerArithmetic(profile.limb_bits, PythonNumbers(), inputs={"x": values})
    return ar, ar.lanes("root", len(values))


@pytest.mark.parametrize(("profile", "error"), [(R6, 4.1e-6), (R14, 1.1e-12)])
def test_exp_is_as_accurate_as_its_table(profile: Profile, error: float) -> None:
    form = exp_format(profile)
    step = (form.highest - form.lowest) // 400
    values = [*range(form.lowest, form.highest, step), form.highest, 0, -1, 1]
    ar, lanes = evaluated(profile, [v - form.lowest for v in values])
    bits = form.argument_bits + 3
    shifted = ar.range_check("x", ar.hint("x", lanes, 1, ar.input("x"))[0], bits + 1)
    argument = ar.assume_interval(
        shifted + form.lowest, form.lowest, form.highest, because="a test", must_fail="none"
    )
    found = exp(ar, profile, argument).payload
    for value, result in zip(values, found, strict=True):
        exact = math.exp(value / (1 << form.argument_bits))
        assert abs(result / (1 << form.fraction_bits) - exact) <= error + 1e-15 * exact


def test_exp_refuses_an_argument_that_was_not_clamped() -> None:
    builder = CircuitBuilder(R6.limb_bits)
    value = builder.integer_hint("x", builder.lanes("root", 1), 40, builder.input("x"))
    with pytest.raises(CircuitError, match=r"an exponent may leave \[-6, 2\]"):
        exp(builder, R6, value)


@pytest.mark.parametrize(("profile", "error"), [(R6, 5.4e-7), (R14, 1.5e-10)])
@pytest.mark.parametrize("with_fine", [False, True])
def test_normal_lite_is_as_accurate_as_its_table(
    profile: Profile, error: float, with_fine: bool
) -> None:
    form = lite_format(profile)
    low, high = -form.saturation, form.coarse_values - form.saturation - 1
    values = [*range(low, high, (high - low) // 500), high]
    ar, lanes = evaluated(profile, values)
    (coarse,) = ar.hint("x", lanes, 1, ar.input("x"))
    half = 1 << (profile.limb_bits - 1)
    fine = ar.constant(lanes, half) if with_fine else None
    found = normal_lite(ar, profile, coarse, fine).value.payload
    scale = lite_fraction_bits(profile) + (profile.limb_bits if with_fine else 0)
    for value, result in zip(values, found, strict=True):
        x = (value + (0.5 if with_fine else 0)) / (1 << form.coarse_bits)
        assert abs(result / (1 << scale) - math.erfc(-x / math.sqrt(2)) / 2) <= error


def lite(ar: Arithmetic, root: Lanes) -> None:
    claim = ar.integer_hint("x", root, 12, ar.input("x"))
    fine = ar.integer_hint("fine", root, 6, ar.input("fine"))
    ar.publish("x", claim)
    ar.publish("y", normal_lite(ar, R6, claim - 500, fine).value)


def exponential(ar: Arithmetic, root: Lanes) -> None:
    form = exp_format(R6)
    claim = ar.integer_hint("x", root, form.argument_bits, ar.input("x"))
    ar.publish("x", claim)
    ar.publish("y", exp(ar, R6, claim))


@pytest.mark.parametrize(
    ("define", "inputs", "hints"),
    [
        (lite, {"x": [700], "fine": [9]}, ["/coordinate", "/taylor"]),
        (exponential, {"x": [12345]}, ["exp/fine", "exp/coordinate", "exp/taylor"]),
    ],
)
def test_every_hint_of_a_function_is_its_only_one(
    define: object, inputs: dict[str, list[int]], hints: list[str]
) -> None:
    toy = Toy(define, limb_bits=R6.limb_bits)  # type: ignore[arg-type]
    honest, words = toy.prove(inputs)
    assert honest == []
    for path in hints:
        for delta in (1, -1, 1 << R6.limb_bits):
            lies = [add_in_limbs(path, R6.limb_bits, delta).liar]
            lies += [shift(path, delta, wire) for wire in range(3)] if "taylor" in path else []
            for liar in lies:
                broken, told = toy.prove(inputs, liar)
                assert broken or told == words


def hashing(width: int) -> Toy:
    def define(ar: Arithmetic, root: Lanes) -> None:
        lanes = ar.lanes("hash", 2, root)
        inputs = [ar.hint(f"x{i}", lanes, 1, ar.input(f"x{i}"))[0] for i in range(width)]
        first = ar.integer_hint("first", root, 4, lambda: ar.numbers.vector([1]))
        ar.publish("first", first)
        ar.publish("digest", poseidon(ar, "digest", inputs))

    return Toy(define)


@pytest.mark.parametrize("width", [15, 16])
def test_poseidon_over_lanes_is_poseidon(width: int) -> None:
    inputs = {f"x{i}": [i, 7**i] for i in range(width)}
    broken, words = hashing(width).prove(inputs)
    assert broken == []
    for number in range(2):
        assert words[1 + number] == hash_numbers([inputs[f"x{i}"][number] for i in range(width)])
    assert hashing(width).prove(inputs, shift("/digest", 1))[0]
