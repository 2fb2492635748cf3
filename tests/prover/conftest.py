"""Fixtures of the prover's tests: both engines, and small keys made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from circuits.r1cs import R1CS
from prover import (
    Engine,
    NativeState,
    ProvingKey,
    default_engine,
    development_toxic_waste,
    lane_numbers,
    native,
    native_status,
    r1cs_digest,
    reference,
    setup,
)
from prover.engines.native_numbers import NativeNumbers
from tests.prover.systems import SquaresWitness, description, squares


@pytest.fixture(scope="session")
def native_engine() -> Engine:
    status = native_status()
    if status.state is not NativeState.AVAILABLE:
        pytest.skip(status.message)
    return native()


@pytest.fixture(scope="session")
def numbers(native_engine: Engine) -> NativeNumbers:
    del native_engine  # skips where the extension is not current
    found = lane_numbers()
    assert found is not None
    return found


@pytest.fixture(scope="session", params=["native", "reference"])
def engine(request: pytest.FixtureRequest) -> Engine:
    if request.param == "reference":
        return reference()
    found: Engine = request.getfixturevalue("native_engine")
    return found


@pytest.fixture(scope="session")
def system() -> tuple[R1CS, SquaresWitness]:
    return squares(lanes=5, word_count=2)


@pytest.fixture(scope="session")
def key(system: tuple[R1CS, SquaresWitness]) -> ProvingKey:
    r1cs, _ = system
    waste = development_toxic_waste(b"tests", r1cs_digest(r1cs.canonical_bytes()))
    return setup(r1cs, description(2), waste, default_engine())


@pytest.fixture
def saved(key: ProvingKey, tmp_path: Path) -> Path:
    path = tmp_path / "keys" / "squares.key"
    key.save(path)
    return path
