"""A subject, measured: its key is made in one process, opened and used in another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from circuits.challenge_round import StatementWitness
from node.benchmark.engine import TOTAL, WITNESS, timed_witness
from node.benchmark.model import ProvingFigures, Repeats, SetupFigures
from node.benchmark.stopwatch import Stopwatch
from node.benchmark.subject import Subject
from node.benchmark.workbench import Attempt, Workbench, setup_figures
from prover import ProvingKey, development_toxic_waste, prove, r1cs_digest, setup, verify


def make_key(subject: Subject, path: Path) -> SetupFigures:
    """Set up with a development key, and save it."""
    statement, stopwatch = subject.statement, Stopwatch()
    r1cs = statement.r1cs()
    waste = development_toxic_waste(b"benchmark", r1cs_digest(r1cs.canonical_bytes()))
    with stopwatch.measuring(TOTAL):
        key = setup(r1cs, statement.description, waste)
    key.save(path)
    return setup_figures(r1cs.row_count, key.h_query, stopwatch.spans[TOTAL], path)


def prove_subject(
    subject: Subject, path: Path, repeats: Repeats, proofs: int = 1
) -> ProvingFigures:
    """Open the key; per run, witness, prove and verify the inputs of `proofs` seeds one by one."""
    bench = Workbench()
    with bench.opening():
        key = ProvingKey.open(path)
    bench.load(key.loaded)
    attempts = [_attempt(bench, key, subject.witness_of(seed)) for seed in range(proofs)]
    return bench.prove(attempts, repeats)


def _attempt(bench: Workbench, key: ProvingKey, compute: Callable[[], StatementWitness]) -> Attempt:
    def attempt() -> Callable[[], None]:
        with bench.stopwatch.measuring(WITNESS):
            witness = compute()
            words = witness.words
        proof = prove(key, timed_witness(witness, bench.stopwatch), words, bench.engine)
        return lambda: verify(key.verifying_key, words, proof)

    return attempt
