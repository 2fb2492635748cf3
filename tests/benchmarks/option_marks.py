"""One capacity of `option_marks`, measured in this process; JSON on standard output."""

from __future__ import annotations

import json
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from circuits.statements.option_marks import (
    GroupInputs,
    Header,
    Market,
    OptionInputs,
    OptionMarks,
    Shape,
)
from prover import (
    default_engine,
    development_toxic_waste,
    lane_numbers,
    prove,
    r1cs_digest,
    setup,
    verify,
)

SNAPSHOT_UNIX = 1_780_000_000
HEADER = Header(chain_id=1, registry=2, consumer=3, sequence=4, valid_until=5)

_Result = TypeVar("_Result")


def random_market(groups: int, lanes: int, seed: int = 1) -> Market:
    """A full market of typical options (circuits/docs/option_marks.md, Accuracy)."""
    source = random.Random(seed)
    return Market(1, 4, SNAPSHOT_UNIX, tuple(_group(source, lanes) for _ in range(groups)))


def _group(source: random.Random, lanes: int) -> GroupInputs:
    forward = source.randint(10**8, 10**9)
    seconds = int(10 ** source.uniform(2, 7.7))
    strikes = {int(forward * 2 ** source.uniform(-1.5, 1.5)) for _ in range(2 * lanes)}
    options = tuple(
        OptionInputs(strike, int(source.uniform(0.05, 2.5) * 5e7), bool(source.getrandbits(1)))
        for strike in sorted(strikes)[:lanes]
    )
    return GroupInputs(forward, 1 << 44, 1 << 26, SNAPSHOT_UNIX + seconds, options)


def timed(action: Callable[[], _Result]) -> tuple[float, _Result]:
    """Seconds and result."""
    start = time.perf_counter()
    result = action()
    return time.perf_counter() - start, result


def measure(capacity: int, runs: int, greeks: bool) -> dict[str, object]:
    """Medians over `runs` proofs of one full market."""
    shape = Shape(capacity // 16)
    statement = OptionMarks(shape, greeks=greeks)
    market = random_market(shape.groups, shape.lanes)
    r1cs = statement.r1cs()
    waste = development_toxic_waste(b"benchmark", r1cs_digest(r1cs.canonical_bytes()))
    setup_seconds, key = timed(lambda: setup(r1cs, statement.description, waste))
    witnesses, proofs, verifications = [], [], []
    for _ in range(runs + 1):  # the first run warms caches and loads the key
        witness_seconds, witness = timed(
            lambda: statement.witness(HEADER, market, numbers=lane_numbers())
        )
        prove_seconds, proof = timed(partial(prove, key, witness, witness.words))
        verify_seconds, _ = timed(partial(verify, key.verifying_key, witness.words, proof))
        witnesses.append(witness_seconds)
        proofs.append(witness_seconds + prove_seconds)
        verifications.append(verify_seconds)
    median = statistics.median(proofs[1:])
    return {
        "capacity": capacity,
        "greeks": greeks,
        "engine": default_engine().name,
        "rows": r1cs.row_count,
        "setup_s": setup_seconds,
        "witness_s": statistics.median(witnesses[1:]),
        "prove_s": median,
        "verify_ms": 1000 * statistics.median(verifications[1:]),
        "options_per_s": capacity / median,
        "proof_bytes": len(proof.to_bytes()),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]), int(sys.argv[2]), "--greeks" in sys.argv)))
