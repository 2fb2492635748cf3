"""`python -m tests.privacy.proving_times`: the table of SECURITY.md, CPU seconds by legs."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from circuits.challenge_round import StatementWitness
from node.benchmark import Margins
from node.benchmark.margins import inputs_of
from prover import (
    Proof,
    ProvingKey,
    default_engine,
    development_toxic_waste,
    prove,
    r1cs_digest,
    setup,
)

SLOTS = 128
LEGS = (0, 1, 32, 64, SLOTS)
RUNS = 6


def main() -> None:
    """A row for each number of legs: the best of five runs after one."""
    statement, engine = Margins(SLOTS).statement, default_engine()
    r1cs = statement.r1cs()
    waste = development_toxic_waste(b"times", r1cs_digest(r1cs.canonical_bytes()))
    key = setup(r1cs, statement.description, waste, engine)
    print("legs  margins  witness to the challenge  all of witness and proof")
    for legs in LEGS:
        valuer, book = inputs_of(0, legs)
        compute = Margins(SLOTS, legs).witness_of(0)
        seconds = (
            best(partial(valuer.quote, book)),
            best(compute),
            best(partial(prove_once, key, compute)),
        )
        print(f"{legs:4}  {seconds[0]:7.3f}  {seconds[1]:24.3f}  {seconds[2]:24.2f}")


def prove_once(key: ProvingKey, compute: Callable[[], StatementWitness]) -> Proof:
    """Witness and proof."""
    witness = compute()
    return prove(key, witness, witness.words, default_engine())


def best(make: Callable[[], object]) -> float:
    """CPU seconds."""
    spent = []
    for _ in range(RUNS):
        start = time.process_time()
        make()
        spent.append(time.process_time() - start)
    return min(spent[1:])


if __name__ == "__main__":
    main()
