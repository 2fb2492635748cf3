"""Every engine operation against the definition, and both engines against each other."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest

from circuits.field import BN254_FR, pack_scalars, unpack_scalars
from circuits.r1cs import Matrices, SparseMatrix
from prover import Domain, Engine, Reason, reference
from prover.curve import BASE_MODULUS, G1_GENERATOR, G2_GENERATOR, G1Point, G2Point
from prover.errors import MalformedPointError

R = BN254_FR.modulus
INFINITY_G1, INFINITY_G2 = G1Point(0, 0), G2Point(0, 0, 0, 0)
SCALARS = [0, 1, 2, R - 1, R - 2, 5, R // 2, R // 2 + 1, 16383, R - 9000, 3**150 % R, 1 << 253]


def off_subgroup_g2() -> G2Point:
    """A point of the twist; one in 2^254 is in the subgroup."""
    for i in range(1, 100):
        y = _square_root_fp2(_cubed_plus_b(i))
        if y is not None:
            return G2Point(0, i, y[1], y[0])
    raise LookupError("no point found")


def _cubed_plus_b(x: int) -> tuple[int, int]:
    """x^3 + 3/(9 + u) for x in Fp; 1/(9 + u) = (9 - u)/82."""
    p, inverse = BASE_MODULUS, pow(82, -1, BASE_MODULUS)
    return (x**3 + 27 * inverse) % p, -3 * inverse % p


def _square_root_fp2(value: tuple[int, int]) -> tuple[int, int] | None:
    """The root by norms: p = 3 mod 4, so roots in Fp are powers."""
    p, (a, b) = BASE_MODULUS, value

    def root(n: int) -> int | None:
        candidate = pow(n, (p + 1) // 4, p)
        return candidate if candidate * candidate % p == n % p else None

    norm = root(a * a + b * b)
    for signed in () if norm is None else (norm, -norm):
        real = root((a + signed) * pow(2, -1, p))
        if real:
            return real, b * pow(2 * real, -1, p) % p
    return None


def test_fixed_base_multiples_are_multiples_of_the_generator(engine: Engine) -> None:
    scalars = pack_scalars(SCALARS)
    for multiples, load, combine, generator, size in (
        (engine.fixed_base_g1, engine.load_g1, engine.combine_g1, G1_GENERATOR, 64),
        (engine.fixed_base_g2, engine.load_g2, engine.combine_g2, G2_GENERATOR, 128),
    ):
        vector = multiples(scalars)
        raw = vector.to_bytes()
        assert len(vector) == len(SCALARS)
        assert load(raw).to_bytes() == raw
        assert not any(raw[:size])
        for index, scalar in enumerate(SCALARS):
            one = load(raw[index * size : (index + 1) * size])
            msm = engine.msm_g1 if size == 64 else engine.msm_g2
            itself = msm(one, engine.load_scalars(pack_scalars([1])))
            assert itself == combine([generator], [scalar])  # type: ignore[list-item]


@pytest.mark.parametrize("size", [0, 1, 3, 40])
def test_msm_is_the_sum_of_multiples(engine: Engine, size: int) -> None:
    generator = random.Random(size)
    exponents = [generator.choice([0, 1, 1, R - 1, generator.randrange(R)]) for _ in range(size)]
    scalars = [generator.choice([0, 1, 2**13, R - 77, generator.randrange(R)]) for _ in exponents]
    total = sum(e * s for e, s in zip(exponents, scalars, strict=True)) % R
    points_g1 = engine.fixed_base_g1(pack_scalars(exponents))
    points_g2 = engine.fixed_base_g2(pack_scalars(exponents))
    loaded = engine.load_scalars(pack_scalars(scalars))
    assert engine.msm_g1(points_g1, loaded) == engine.combine_g1([G1_GENERATOR], [total])
    assert engine.msm_g2(points_g2, loaded) == engine.combine_g2([G2_GENERATOR], [total])


def test_msm_wants_one_scalar_per_point(engine: Engine) -> None:
    points = engine.fixed_base_g1(pack_scalars([1, 2]))
    with pytest.raises(ValueError, match="1 scalars for 2 points"):
        engine.msm_g1(points, engine.load_scalars(pack_scalars([1])))


def test_a_large_msm_agrees_with_the_reference(native_engine: Engine) -> None:
    generator = random.Random(7)
    exponents = pack_scalars([generator.randrange(R) for _ in range(700)])
    small = [generator.choice([0, 1, -1]) * generator.randrange(1 << 14) for _ in range(500)]
    scalars = pack_scalars(small + [generator.randrange(R) for _ in range(200)])
    points = native_engine.fixed_base_g1(exponents)
    judge = reference()
    judged = judge.msm_g1(judge.load_g1(points.to_bytes()), judge.load_scalars(scalars))
    assert native_engine.msm_g1(points, native_engine.load_scalars(scalars)) == judged


def test_combinations_take_any_sign_and_infinity(engine: Engine) -> None:
    points = [G1_GENERATOR, -G1_GENERATOR, INFINITY_G1]
    assert engine.combine_g1(points, [-5, R + 2, 3]) == engine.combine_g1([G1_GENERATOR], [-7])
    assert engine.combine_g1(points, [4, 4, 1]) == INFINITY_G1
    assert engine.combine_g2([G2_GENERATOR, INFINITY_G2], [R, 1]) == INFINITY_G2


def test_loading_refuses_coordinates_that_are_not_reduced(engine: Engine) -> None:
    for load, size in ((engine.load_g1, 64), (engine.load_g2, 128)):
        for place in range(0, size, 32):
            raw = bytearray(size)
            raw[place : place + 32] = BASE_MODULUS.to_bytes(32, "little")
            with pytest.raises(ValueError, match="not below the modulus"):
                load(bytes(raw))
        with pytest.raises(ValueError, match="no multiple"):
            load(bytes(size + 1))


BAD_G1 = {
    Reason.COORDINATE_RANGE: G1Point(1 + BASE_MODULUS, 2),
    Reason.INFINITY: INFINITY_G1,
    Reason.NOT_ON_CURVE: G1Point(1, 3),
}
BAD_G2 = {
    Reason.COORDINATE_RANGE: G2Point(
        G2_GENERATOR.x_imaginary,
        G2_GENERATOR.x_real,
        G2_GENERATOR.y_imaginary,
        G2_GENERATOR.y_real + BASE_MODULUS,
    ),
    Reason.INFINITY: INFINITY_G2,
    Reason.NOT_ON_CURVE: G2Point(
        G2_GENERATOR.x_real, G2_GENERATOR.x_imaginary, *G2_GENERATOR.coordinates[2:]
    ),
    Reason.NOT_IN_SUBGROUP: off_subgroup_g2(),
}


@pytest.mark.parametrize("reason", BAD_G1)
def test_points_of_g1_from_outside_are_checked(engine: Engine, reason: Reason) -> None:
    engine.check_g1(G1_GENERATOR)
    with pytest.raises(MalformedPointError) as caught:
        engine.check_g1(BAD_G1[reason])
    assert caught.value.reason is reason


@pytest.mark.parametrize("reason", BAD_G2)
def test_points_of_g2_from_outside_are_checked(engine: Engine, reason: Reason) -> None:
    engine.check_g2(G2_GENERATOR)
    with pytest.raises(MalformedPointError) as caught:
        engine.check_g2(BAD_G2[reason])
    assert caught.value.reason is reason


def raw_g1(point: G1Point) -> bytes:
    montgomery = [value * 2**256 % BASE_MODULUS for value in point.coordinates]
    return b"".join(value.to_bytes(32, "little") for value in montgomery)


def raw_g2(point: G2Point) -> bytes:
    x_imaginary, x_real, y_imaginary, y_real = point.coordinates
    return raw_g1(G1Point(x_real, x_imaginary)) + raw_g1(G1Point(y_real, y_imaginary))


def test_the_first_fault_of_a_vector_is_found(engine: Engine) -> None:
    good_g1, good_g2 = raw_g1(G1_GENERATOR), raw_g2(G2_GENERATOR)
    off_curve, infinity = raw_g1(BAD_G1[Reason.NOT_ON_CURVE]), bytes(64)
    faulty_g1 = engine.load_g1(good_g1 + infinity + off_curve)
    assert engine.first_fault(faulty_g1, infinity_allowed=False) == (1, Reason.INFINITY)
    assert engine.first_fault(faulty_g1, infinity_allowed=True) == (2, Reason.NOT_ON_CURVE)
    faulty_g2 = engine.load_g2(good_g2 + raw_g2(BAD_G2[Reason.NOT_IN_SUBGROUP]))
    assert engine.first_fault(faulty_g2, infinity_allowed=True) == (1, Reason.NOT_IN_SUBGROUP)
    sound = engine.load_g2(good_g2 * 2)
    assert engine.first_fault(sound, infinity_allowed=False) is None


def test_pairings_are_bilinear(engine: Engine) -> None:
    left = engine.combine_g1([G1_GENERATOR], [6])
    right = engine.combine_g2([G2_GENERATOR], [7])
    opposite = engine.combine_g1([G1_GENERATOR], [-42])
    assert engine.pairing_product_is_one([(left, right), (opposite, G2_GENERATOR)])
    assert not engine.pairing_product_is_one([(left, right), (-left, G2_GENERATOR)])
    assert engine.pairing_product_is_one([(INFINITY_G1, right), (left, INFINITY_G2)])


def test_vectors_of_scalars(engine: Engine) -> None:
    values = SCALARS[1:] * 300
    packed = pack_scalars(values)
    inverses = unpack_scalars(engine.inverses(packed))
    assert all(x * y % R == 1 for x, y in zip(values, inverses, strict=True))
    assert unpack_scalars(engine.powers(R - 7, 2000)) == [pow(-7, i, R) for i in range(2000)]
    assert engine.powers(5, 0).shape == engine.inverses(packed[:0]).shape == (0, 4)
    found = engine.combine([packed, packed[::-1].copy(), packed], [-3, R + 2, 1 << 300])
    terms = zip(values, reversed(values), strict=True)
    assert unpack_scalars(found) == [(x * (2**300 - 3) + 2 * y) % R for x, y in terms]


def test_vectors_that_do_not_fit_are_refused(engine: Engine) -> None:
    packed = pack_scalars(SCALARS)
    with pytest.raises(ZeroDivisionError):
        engine.inverses(packed)
    with pytest.raises(ValueError, match=r"length|shorter|longer"):
        engine.combine([packed, packed[1:]], [1, 1])
    with pytest.raises(ValueError, match=r"number|shorter|longer"):
        engine.combine([packed, packed], [1])


def _side(starts: list[int], wires: list[int], ids: list[int]) -> SparseMatrix:
    return SparseMatrix(*(np.array(x, np.uint32) for x in (starts, wires, ids)))


BROKEN_SIDES: dict[str, Callable[[], SparseMatrix]] = {
    "wire": lambda: _side([0, 1, 1], [3], [0]),
    "coefficient": lambda: _side([0, 1, 1], [0], [1]),
    "decreasing": lambda: _side([0, 2, 1], [0], [0]),
    "not from zero": lambda: _side([1, 1, 1], [0], [0]),
    "entries": lambda: _side([0, 1, 2], [0], [0]),
    "rows": lambda: _side([0, 1], [0], [0]),
}


@pytest.mark.parametrize("fault", BROKEN_SIDES)
def test_matrices_with_bad_indices_are_refused(engine: Engine, fault: str) -> None:
    good = _side([0, 1, 1], [0], [0])
    engine.load_matrices(Matrices(good, good, good, (1,)), 3, Domain(2))
    with pytest.raises(ValueError, match=r"wire|coefficient|row starts|entries"):
        engine.load_matrices(Matrices(good, BROKEN_SIDES[fault](), good, (1,)), 3, Domain(2))


def test_more_rows_than_the_domain_holds_are_refused(engine: Engine) -> None:
    side = _side([0, 0, 0, 0], [], [])
    with pytest.raises(ValueError, match=r"domain"):
        engine.load_matrices(Matrices(side, side, side, (1,)), 3, Domain(2))
