"""Plain Groth16 alone: our proofs verify, altered ones do not, and the files keep everything."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from circuits.field import BN254_FR
from circuits.r1cs import Matrices, SparseMatrix
from prover import Domain, Engine, InvalidProof, Reason, UnsatisfiedConstraintError, WitnessError
from prover.curve import G1_GENERATOR, G1Point
from prover.errors import UnsupportedInteropFileError
from prover.interop import (
    PlainProver,
    check_key,
    plain_system,
    plain_verify,
    read_r1cs,
    read_wtns,
    read_zkey,
    write_r1cs,
    write_zkey,
)
from prover.interop.plain_system import PlainSystem, canonical
from tests.prover.interop.conftest import Circuit
from tests.prover.systems import random_system

MODULUS = BN254_FR.modulus


def test_files_keep_everything(circuit: Circuit) -> None:
    folder = circuit.folder
    write_r1cs(folder / "again.r1cs", read_r1cs(folder / "circuit.r1cs"))
    write_zkey(folder / "again.zkey", read_zkey(folder / "circuit.zkey"))
    for kind in ("r1cs", "zkey"):
        again = (folder / f"again.{kind}").read_bytes()
        assert again == (folder / f"circuit.{kind}").read_bytes()
    assert np.array_equal(read_wtns(folder / "circuit.wtns"), circuit.assignment)


def test_a_system_read_back_is_the_one_written(toy: Circuit) -> None:
    found = read_r1cs(toy.folder / "circuit.r1cs")
    assert (found.wire_count, found.public_count) == (toy.r1cs.wire_count, 2)
    assert found.private_input_count == toy.r1cs.committed_count
    assert found.constraint_count == toy.r1cs.row_count - 3
    assert found.domain == toy.key.domain == Domain(32)
    assert Domain.for_rows(toy.r1cs.row_count) == Domain(24)


def test_terms_of_one_wire_are_added_up() -> None:
    def side(*terms: tuple[int, int]) -> SparseMatrix:
        starts, (wires, ids) = np.array([0, len(terms)]), zip(*terms, strict=True)
        parts = (starts, np.array(wires), np.array(ids))
        return SparseMatrix(*(part.astype(np.uint32) for part in parts))

    matrices = Matrices(
        side((2, 0), (1, 1), (2, 0)), side((1, 0), (1, 2)), side((0, 3)), (5, 7, MODULUS - 5, 0)
    )
    found = canonical(matrices, 3)
    assert [found.coefficients[i] for i in found.a.coefficient_ids] == [7, 10]
    assert found.a.wires.tolist() == [1, 2]
    assert found.b.wires.tolist() == found.c.wires.tolist() == []


@pytest.mark.parametrize("rows", [1, 13])
def test_random_systems_survive_the_file(rows: int, tmp_path: Path) -> None:
    r1cs, _ = random_system(rows, rows)
    system = plain_system(r1cs)
    write_r1cs(tmp_path / "a", system)
    write_r1cs(tmp_path / "b", read_r1cs(tmp_path / "a"))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_our_proofs_verify(toy: Circuit, engine: Engine) -> None:
    check_key(toy.key, engine)
    proof = PlainProver.load(toy.key, toy.system, engine).prove(toy.assignment)
    plain_verify(toy.key.verifying_key, toy.public, proof, engine)


def test_refusals_name_their_reason(toy: Circuit, native_engine: Engine) -> None:
    key, public = toy.key.verifying_key, toy.public
    proof = PlainProver.load(toy.key, toy.system, native_engine).prove(toy.assignment)
    cases = [
        (public[:1], proof, Reason.WORD_COUNT),
        ((public[0], public[1] + MODULUS), proof, Reason.WORD_RANGE),
        ((public[1], public[0]), proof, Reason.EQUATION),
        (public, replace(proof, a_g1=-proof.a_g1), Reason.EQUATION),
        (public, replace(proof, c_g1=G1_GENERATOR), Reason.EQUATION),
        (public, replace(proof, c_g1=G1Point(0, 0)), Reason.INFINITY),
        (public, replace(proof, a_g1=G1Point(1, 1)), Reason.NOT_ON_CURVE),
    ]
    for words, altered, reason in cases:
        with pytest.raises(InvalidProof) as caught:
            plain_verify(key, words, altered, native_engine)
        assert caught.value.reason is reason


def test_a_broken_witness_has_no_proof(toy: Circuit, native_engine: Engine) -> None:
    prover = PlainProver.load(toy.key, toy.system, native_engine)
    broken = toy.assignment.copy()
    broken[-1, 0] ^= np.uint64(1)
    with pytest.raises(UnsatisfiedConstraintError):
        prover.prove(broken)
    with pytest.raises(WitnessError, match="wires"):
        prover.prove(toy.assignment[:-1])


def test_a_key_of_another_system_is_refused(toy: Circuit, native_engine: Engine) -> None:
    other = plain_system(random_system(1, 9)[0])
    with pytest.raises(WitnessError, match="of sizes"):
        PlainProver.load(toy.key, other, native_engine)
    scaled = replace(toy.system.matrices, coefficients=(2, *toy.system.matrices.coefficients[1:]))
    assert toy.system.matrices.coefficients[0] == 1
    with pytest.raises(WitnessError, match="A or B differ"):
        PlainProver.load(toy.key, replace(toy.system, matrices=scaled), native_engine)


def test_a_system_too_large_for_the_basis_is_refused(toy: Circuit) -> None:
    class Huge(PlainSystem):
        constraint_count = 1 << 27

    huge = Huge(toy.system.wire_count, 2, 0, toy.system.matrices)
    with pytest.raises(UnsupportedInteropFileError, match="too many"):
        _ = huge.domain
