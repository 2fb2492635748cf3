"""`option_marks`, measured: a key is made in one process, opened and used in another."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

from circuits.statements.option_marks import (
    GroupInputs,
    Header,
    Market,
    OptionInputs,
    OptionMarks,
    Shape,
)
from node.benchmark.engine import TOTAL, WITNESS, TimedEngine, timed_witness
from node.benchmark.model import ProvingFigures, Repeats, Run, SetupFigures, finished_run
from node.benchmark.process import peak_memory_bytes
from node.benchmark.stopwatch import Span, Stopwatch
from prover import (
    ProvingKey,
    default_engine,
    development_toxic_waste,
    lane_numbers,
    prove,
    r1cs_digest,
    setup,
)
from prover import verify as verify_proof
from prover.curve import G1_BYTES

_LANES = 16
_SNAPSHOT_UNIX = 1_780_000_000
_HEADER = Header(chain_id=1, registry=2, consumer=3, sequence=4, valid_until=5)


@dataclass(frozen=True)
class Marks:
    """What is proven: a statement's capacity, a multiple of 16 options, with or without Greeks."""

    capacity: int
    greeks: bool = False

    def __post_init__(self) -> None:
        if self.capacity < _LANES or self.capacity % _LANES:
            raise ValueError(f"capacity {self.capacity}, expected a multiple of {_LANES}")

    @property
    def statement(self) -> OptionMarks:
        """The statement."""
        return OptionMarks(Shape(self.capacity // _LANES, _LANES), greeks=self.greeks)

    def market(self, seed: int) -> Market:
        """A full market of typical options (circuits/docs/option_marks.md, Accuracy)."""
        source = random.Random(seed)  # noqa: S311 - typical inputs, no secrets
        groups = tuple(_group(source) for _ in range(self.capacity // _LANES))
        return Market(1, 4, _SNAPSHOT_UNIX, groups)


def make_key(marks: Marks, path: Path) -> SetupFigures:
    """Set up with a development key, and save it."""
    statement, stopwatch = marks.statement, Stopwatch()
    r1cs = statement.r1cs()
    waste = development_toxic_waste(b"benchmark", r1cs_digest(r1cs.canonical_bytes()))
    with stopwatch.measuring(TOTAL):
        key = setup(r1cs, statement.description, waste)
    key.save(path)
    return SetupFigures(
        constraints=r1cs.row_count,
        h_query_points=len(key.h_query) // G1_BYTES,
        setup=stopwatch.spans[TOTAL],
        key_bytes=path.stat().st_size,
        peak_memory_bytes=peak_memory_bytes(),
    )


def prove_marks(marks: Marks, path: Path, repeats: Repeats, proofs: int = 1) -> ProvingFigures:
    """Open the key; per run, witness, prove and verify `proofs` full markets one by one."""
    stopwatch, loading, verify = Stopwatch(), Stopwatch(), list[Span]()
    timed = TimedEngine(default_engine(), stopwatch)
    with loading.measuring("open"):
        key = ProvingKey.open(path)
    with loading.measuring("load"):
        loaded = key.loaded(timed.engine)
    timed.label(loaded)
    statement, numbers = marks.statement, lane_numbers()
    markets = [marks.market(seed) for seed in range(proofs)]

    def run() -> Run:
        stopwatch.spans.clear()
        for market in markets:
            with stopwatch.measuring(TOTAL):
                with stopwatch.measuring(WITNESS):
                    witness = statement.witness(_HEADER, market, numbers=numbers)
                    words = witness.words
                proof = prove(key, timed_witness(witness, stopwatch), words, timed.engine)
            checking = Stopwatch()
            with checking.measuring(TOTAL):
                verify_proof(key.verifying_key, words, proof)
            verify.append(checking.spans[TOTAL])
        return finished_run(stopwatch)

    runs = repeats.run(run)
    return ProvingFigures(
        engine=timed.engine.name,
        open=loading.spans["open"],
        load=loading.spans["load"],
        runs=runs,
        verify=tuple(verify[-proofs * len(runs) :]),
        peak_memory_bytes=peak_memory_bytes(),
    )


def _group(source: random.Random) -> GroupInputs:
    forward = source.randint(10**8, 10**9)
    seconds = int(10 ** source.uniform(2, 7.7))
    strikes = {int(forward * 2 ** source.uniform(-1.5, 1.5)) for _ in range(2 * _LANES)}
    options = tuple(
        OptionInputs(strike, int(source.uniform(0.05, 2.5) * 5e7), bool(source.getrandbits(1)))
        for strike in sorted(strikes)[:_LANES]
    )
    return GroupInputs(forward, 1 << 44, 1 << 26, _SNAPSHOT_UNIX + seconds, options)
