"""Handles on scalars: one vector for several sums, and the tails of it."""

from __future__ import annotations

import random

import numpy as np
import pytest

from circuits.field import BN254_FR, pack_scalars
from prover import Engine
from prover.curve import G1_GENERATOR

R = BN254_FR.modulus


def test_the_tail_of_scalars_is_scalars(engine: Engine) -> None:
    exponents, scalars = [3, 0, 7, R - 2], [5, 6, R - 7, 8]
    loaded = engine.load_scalars(pack_scalars(scalars))
    for start in range(5):
        rest, tail = exponents[start:], loaded.tail(start)
        points = engine.fixed_base_g1(pack_scalars(rest))
        total = sum(e * s for e, s in zip(rest, scalars[start:], strict=True))
        assert len(tail) == len(rest)
        assert engine.msm_g1(points, tail) == engine.combine_g1([G1_GENERATOR], [total])
    assert len(loaded.tail(1).tail(2)) == 1
    for start in (2, 5):
        with pytest.raises(ValueError, match="behind the last"):
            loaded.tail(3).tail(start)


def test_scalars_that_are_not_reduced_are_refused(engine: Engine) -> None:
    packed = pack_scalars([1, R - 1]).copy()
    engine.load_scalars(packed)
    packed[1, 0] += 1
    with pytest.raises(ValueError, match="not below the modulus"):
        engine.load_scalars(packed)


def test_scalars_in_the_other_byte_order_are_never_taken_for_others(native_engine: Engine) -> None:
    packed = pack_scalars([1, 2, R - 1])
    swapped = packed.astype(packed.dtype.newbyteorder())
    assert np.array_equal(packed, swapped)
    for accept in (native_engine.load_scalars, native_engine.inverses):
        with pytest.raises(ValueError, match="byte order"):
            accept(swapped)


def test_repetitions_are_of_the_scalars_that_meet_finite_points(native_engine: Engine) -> None:
    """Few large values, with both signs, looked up often: alone, in groups, and cut by the tail."""
    generator = random.Random(3)
    values = [generator.randrange(R) for _ in range(600)]
    scalars = [generator.choice([1, -1]) * generator.choice(values) for _ in range(5000)]
    loaded = native_engine.load_scalars(pack_scalars(scalars))
    for start in (0, 1700, 4900, 4999):
        exponents = [generator.choice([0, 1, R - 1, 5, 1 << 200]) for _ in scalars[start:]]
        points = native_engine.fixed_base_g1(pack_scalars(exponents))
        total = sum(e * s for e, s in zip(exponents, scalars[start:], strict=True))
        expected = native_engine.combine_g1([G1_GENERATOR], [total])
        assert native_engine.msm_g1(points, loaded.tail(start)) == expected
