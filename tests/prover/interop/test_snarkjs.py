"""snarkjs and we read each other's files and accept each other's proofs, and no altered ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from circuits.field import unpack_scalars
from prover import Engine, InvalidProof, Reason
from prover.interop import (
    PlainKey,
    PlainProver,
    check_key,
    decode_proof,
    decode_public,
    decode_verifying_key,
    plain_verify,
    read_r1cs,
    read_wtns,
    read_zkey,
    write_proof,
    write_public,
    write_verifying_key,
)
from tests.prover.interop import snarkjs
from tests.prover.interop.conftest import Circuit

pytestmark = pytest.mark.usefixtures("with_snarkjs")


def test_snarkjs_reads_our_system_and_witness(toy: Circuit) -> None:
    snarkjs.run(toy.folder, "r1cs", "export", "json", "circuit.r1cs", "r1cs.json")
    document = json.loads((toy.folder / "r1cs.json").read_text())
    found = [
        [{int(wire): int(value) for wire, value in side.items()} for side in constraint]
        for constraint in document["constraints"]
    ]
    assert found == _constraints(toy)
    assert (document["nVars"], document["nPubInputs"]) == (toy.system.wire_count, 2)
    snarkjs.run(toy.folder, "wtns", "export", "json", "circuit.wtns", "wtns.json")
    wires = json.loads((toy.folder / "wtns.json").read_text())
    assert [int(value) for value in wires] == unpack_scalars(toy.assignment)


def _constraints(circuit: Circuit) -> list[list[dict[int, int]]]:
    """The circuit's own matrices without its consistency rows, terms of a wire added up."""
    matrices = circuit.r1cs.matrices
    rows: list[list[dict[int, int]]] = []
    for row in range(3, circuit.r1cs.row_count):
        sides = []
        for side in matrices.sides:
            terms: dict[int, int] = {}
            for entry in range(side.row_starts[row], side.row_starts[row + 1]):
                coefficient = matrices.coefficients[side.coefficient_ids[entry]]
                wire = int(side.wires[entry])
                terms[wire] = terms.get(wire, 0) + coefficient
            sides.append({wire: value for wire, value in terms.items() if value})
        rows.append(sides)
    return rows


def test_snarkjs_finds_the_witness_correct(circuit: Circuit) -> None:
    said = snarkjs.run(circuit.folder, "wtns", "check", "circuit.r1cs", "circuit.wtns")
    assert "WITNESS IS CORRECT" in said


def test_snarkjs_proves_with_our_files_and_we_verify(circuit: Circuit, engine: Engine) -> None:
    folder = circuit.folder
    if not (folder / "their_proof.json").exists():
        arguments = ("circuit.zkey", "circuit.wtns", "their_proof.json", "their_public.json")
        snarkjs.run(folder, "groth16", "prove", *arguments)
        snarkjs.run(folder, "zkey", "export", "verificationkey", "circuit.zkey", "their_key.json")
    proof = decode_proof((folder / "their_proof.json").read_bytes())
    public = decode_public((folder / "their_public.json").read_bytes())
    key = decode_verifying_key((folder / "their_key.json").read_bytes())
    assert (key, public) == (circuit.key.verifying_key, circuit.public)
    plain_verify(key, public, proof, engine)
    with pytest.raises(InvalidProof) as caught:
        plain_verify(key, (public[0] + 1, public[1]), proof, engine)
    assert caught.value.reason is Reason.EQUATION


def test_snarkjs_verifies_our_proofs(circuit: Circuit, native_engine: Engine) -> None:
    folder = circuit.folder
    prover = PlainProver.load(
        read_zkey(folder / "circuit.zkey"), read_r1cs(folder / "circuit.r1cs"), native_engine
    )
    write_proof(folder / "proof.json", prover.prove(read_wtns(folder / "circuit.wtns")))
    write_public(folder / "public.json", circuit.public)
    write_verifying_key(folder / "key.json", circuit.key.verifying_key)
    said = snarkjs.run(folder, "groth16", "verify", "key.json", "public.json", "proof.json")
    assert "OK!" in said
    write_public(folder / "altered.json", (circuit.public[0], circuit.public[1] ^ 1))
    with pytest.raises(RuntimeError, match="Invalid proof"):
        snarkjs.run(folder, "groth16", "verify", "key.json", "altered.json", "proof.json")


def test_we_prove_with_a_key_of_their_ceremony(
    toy: Circuit, native_engine: Engine, tmp_path: Path
) -> None:
    theirs = _ceremony(toy, tmp_path)
    check_key(theirs, native_engine)
    assert theirs.coefficients.tobytes() == toy.key.coefficients.tobytes()
    prover = PlainProver.load(theirs, toy.system, native_engine)
    proof = prover.prove(toy.assignment)
    plain_verify(theirs.verifying_key, toy.public, proof, native_engine)
    write_proof(tmp_path / "proof.json", proof)
    write_public(tmp_path / "public.json", toy.public)
    snarkjs.run(tmp_path, "zkey", "export", "verificationkey", "1.zkey", "key.json")
    said = snarkjs.run(tmp_path, "groth16", "verify", "key.json", "public.json", "proof.json")
    assert "OK!" in said


def _ceremony(circuit: Circuit, folder: Path) -> PlainKey:
    """snarkjs's own set-up on our `.r1cs`, with one contribution to each phase."""
    power = str(circuit.system.domain.size.bit_length() - 1)
    source = str(circuit.folder / "circuit.r1cs")
    snarkjs.run(folder, "powersoftau", "new", "bn128", power, "0.ptau")
    snarkjs.run(folder, "powersoftau", "contribute", "0.ptau", "1.ptau", "--name=a", "-e=first")
    snarkjs.run(folder, "powersoftau", "prepare", "phase2", "1.ptau", "2.ptau")
    snarkjs.run(folder, "groth16", "setup", source, "2.ptau", "0.zkey")
    snarkjs.run(folder, "zkey", "contribute", "0.zkey", "1.zkey", "--name=b", "-e=second")
    return read_zkey(folder / "1.zkey")
