"""The native engine with and without its vector instructions: one answer, the judge's."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from circuits.field import BN254_FR, pack_scalars
from prover import Engine, reference
from prover.curve import G1Point, G2Point

R = BN254_FR.modulus
#: Equal points, opposite points, infinity and doublings meet in the buckets of these.
EXPONENTS = [1, 1, R - 1, 0, 2, 4, R - 2, 7, 7, 7] * 24
SCALARS = [5, 5, 5, R - 5, 0, 1, R - 1, 2**14 - 1, 2**13, 2**255 % R] * 24


def msms(engine: Engine, exponents: list[int], scalars: list[int]) -> tuple[G1Point, G2Point]:
    packed, factors = pack_scalars(exponents), engine.load_scalars(pack_scalars(scalars))
    return (
        engine.msm_g1(engine.fixed_base_g1(packed), factors),
        engine.msm_g2(engine.fixed_base_g2(packed), factors),
    )


@pytest.mark.parametrize("scalar", [0, 1, 2, 8191, 8192, R - 1, R // 2])
def test_equal_points_fill_one_bucket(native_engine: Engine, scalar: int) -> None:
    found = msms(native_engine, [3] * 500, [scalar] * 500)
    judge, exponent = reference(), 1500 * scalar
    assert found[0] == judge.combine_g1([_generators(judge)[0]], [exponent])
    assert found[1] == judge.combine_g2([_generators(judge)[1]], [exponent])


def test_awkward_points_meet_in_buckets(native_engine: Engine) -> None:
    exponent = sum(a * b for a, b in zip(EXPONENTS, SCALARS, strict=True))
    judge = reference()
    found = msms(native_engine, EXPONENTS, SCALARS)
    assert found[0] == judge.combine_g1([_generators(judge)[0]], [exponent])
    assert found[1] == judge.combine_g2([_generators(judge)[1]], [exponent])


@pytest.mark.usefixtures("native_engine")
def test_the_portable_path_passes_the_same_tests() -> None:
    """The variable is read once, so the other path needs another process."""
    tests = [
        "test_engines.py",
        "test_scalar_vectors.py",
        "test_lanes.py::test_awkward_points_meet_in_buckets",
    ]
    paths = [os.path.join(os.path.dirname(__file__), test) for test in tests]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-k",
        "native or awkward",
    ]
    found = subprocess.run(
        [*command, *paths],
        env={**os.environ, "PROOFMARK_PORTABLE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout


def _generators(engine: Engine) -> tuple[G1Point, G2Point]:
    return msms(engine, [1], [1])
