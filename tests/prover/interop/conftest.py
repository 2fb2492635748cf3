"""Two circuits as files: a toy, and a small option_marks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from circuits.field import FieldArray, unpack_scalars
from circuits.profile import R6
from circuits.r1cs import R1CS, TwoPhaseWitness
from circuits.statements.option_marks import (
    GroupInputs,
    Header,
    Market,
    OptionInputs,
    OptionMarks,
    Shape,
)
from prover import Engine, default_engine, development_toxic_waste, r1cs_digest
from prover.interop import (
    PlainKey,
    PlainSystem,
    plain_setup,
    plain_system,
    plain_witness,
    write_r1cs,
    write_wtns,
    write_zkey,
)
from tests.prover.interop import snarkjs
from tests.prover.systems import squares

CHALLENGE = 0x5EED << 200
MARKET = Market(
    underlying_id=7,
    tick_exponent=4,
    snapshot_unix=1_700_000_000,
    groups=(
        GroupInputs(
            forward_ticks=650_000_000,
            discount=1 << 44,
            rate_biased=1 << 26,
            expiry_unix=1_708_000_000,
            options=(OptionInputs(600_000_000, 30_000_000, True),),
        ),
    ),
)


@dataclass(frozen=True)
class Circuit:
    """A system with a witness and a key, and the three as files in `folder`."""

    r1cs: R1CS
    system: PlainSystem
    assignment: FieldArray
    key: PlainKey
    folder: Path

    @property
    def public(self) -> tuple[int, ...]:
        return tuple(unpack_scalars(self.assignment[1 : 1 + self.system.public_count]))


def write_circuit(r1cs: R1CS, witness: TwoPhaseWitness, engine: Engine, folder: Path) -> Circuit:
    system, assignment = plain_system(r1cs), plain_witness(witness, CHALLENGE)
    waste = development_toxic_waste(b"interop", r1cs_digest(r1cs.canonical_bytes()))
    key = plain_setup(system, waste, engine)
    write_r1cs(folder / "circuit.r1cs", system)
    write_wtns(folder / "circuit.wtns", assignment)
    write_zkey(folder / "circuit.zkey", key)
    return Circuit(r1cs, system, assignment, key, folder)


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Circuit:
    folder = tmp_path_factory.mktemp("toy")
    return write_circuit(*squares(lanes=5, word_count=2), default_engine(), folder)


@pytest.fixture(scope="session")
def marks(tmp_path_factory: pytest.TempPathFactory, native_engine: Engine) -> Circuit:
    statement = OptionMarks(Shape(1, 2), profile=R6)
    witness = statement.witness(Header(1, 2, 3, 4, 5), MARKET)
    folder = tmp_path_factory.mktemp("marks")
    return write_circuit(statement.r1cs(), witness, native_engine, folder)


@pytest.fixture(scope="session", params=["toy", "marks"])
def circuit(request: pytest.FixtureRequest) -> Circuit:
    found: Circuit = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="session")
def with_snarkjs() -> None:
    reason = snarkjs.why_missing()
    if reason is not None:
        pytest.skip(reason)
