"""Plain Groth16 over iden3's files: what snarkjs proves, proven by us from the same bytes.

Run as a program, `python -m tests.benchmarks.plain FOLDER` is our counterpart of the command
`snarkjs groth16 prove`: files in, proof and public wires out.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from circuits.field import unpack_scalars
from node.benchmark import (
    ProvingFigures,
    Repeats,
    SetupFigures,
    Stopwatch,
    Workbench,
    setup_figures,
)
from node.benchmark.engine import TOTAL
from prover import development_toxic_waste
from prover.interop import (
    PlainProof,
    PlainProver,
    plain_setup,
    plain_verify,
    read_r1cs,
    read_wtns,
    read_zkey,
    write_proof,
    write_public,
    write_r1cs,
    write_verifying_key,
    write_wtns,
    write_zkey,
)
from tests.benchmarks.systems import Plain

SYSTEM, WITNESS, KEY = "circuit.r1cs", "circuit.wtns", "circuit.zkey"
VERIFYING_KEY, PUBLIC, PROOF = "key.json", "public.json", "proof.json"


def make_files(plain: Plain, folder: Path) -> SetupFigures:
    """Write system, witness, keys and public wires into a folder."""
    stopwatch = Stopwatch()
    system, assignment = plain.build()
    waste = development_toxic_waste(b"benchmark", bytes(32))
    with stopwatch.measuring(TOTAL):
        key = plain_setup(system, waste)
    write_r1cs(folder / SYSTEM, system)
    write_wtns(folder / WITNESS, assignment)
    write_zkey(folder / KEY, key)
    write_verifying_key(folder / VERIFYING_KEY, key.verifying_key)
    write_public(folder / PUBLIC, unpack_scalars(assignment[1 : system.public_count + 1]))
    span = stopwatch.spans[TOTAL]
    return setup_figures(system.constraint_count, key.h_query, span, folder / KEY)


def prove_files(folder: Path, repeats: Repeats) -> ProvingFigures:
    """Read the files; per run, prove and verify. The last proof is left in the folder."""
    bench, made = Workbench(), list[PlainProof]()
    with bench.opening():
        key, system = read_zkey(folder / KEY), read_r1cs(folder / SYSTEM)
        assignment = read_wtns(folder / WITNESS)
    prover = bench.load(lambda engine: PlainProver.load(key, system, engine))
    public = unpack_scalars(assignment[1 : system.public_count + 1])

    def attempt() -> Callable[[], None]:
        proof = prover.prove(assignment)
        made.append(proof)
        return lambda: plain_verify(key.verifying_key, public, proof)

    figures = bench.prove([attempt], repeats)
    write_proof(folder / PROOF, made[-1])
    return figures


def main(folder: Path) -> None:
    """One proof, as a command."""
    assignment = read_wtns(folder / WITNESS)
    system = read_r1cs(folder / SYSTEM)
    prover = PlainProver.load(read_zkey(folder / KEY), system)
    write_proof(folder / PROOF, prover.prove(assignment))
    write_public(folder / PUBLIC, unpack_scalars(assignment[1 : system.public_count + 1]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
