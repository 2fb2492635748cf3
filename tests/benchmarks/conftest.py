"""A document as `make bench` writes it, of made-up figures."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from node.benchmark import COLD, WARM, ProvingFigures, Run, SetupFigures, Span
from node.benchmark.engine import PHASES, TOTAL
from tests.benchmarks.cases import (
    COMMITTED,
    DENSE,
    MARGINS,
    OPTION_MARKS,
    PLAIN,
    UNPROVEN,
    WHAT_IF,
    Record,
    process_record,
    record_of,
)
from tests.benchmarks.rival import ProcessFigures


def made_up(system: str, size: int, seconds: float, **changes: object) -> Record:
    """A record whose proofs take so many seconds, a tenth of it in each phase."""
    run: Run = {name: Span(seconds / 10, seconds / 8) for name in PHASES}
    run[TOTAL] = Span(seconds, 2 * seconds)
    setup = SetupFigures(70 * size, 71 * size, Span(4.0, 6.0), 75_000_000, 300_000_000)
    span = Span(0.02, 0.02)
    figures = ProvingFigures("native", span, span, (run, run), (span,), 250_000_000)
    head: Record = {
        "system": system,
        "protocol": PLAIN if system == DENSE else COMMITTED,
        "size": size,
        "proofs": 1,
        "portable": False,
        "greeks": False,
    }
    return head | record_of(setup, figures) | changes


def made_up_what_if(size: int, seconds: float) -> Record:
    """A record of a what-if that takes so long, twice that where no sheet was kept."""
    spans = {WARM: Span(seconds, seconds), COLD: Span(2 * seconds, 2 * seconds)}
    run = {name: asdict(span) for name, span in spans.items()}
    head = {"system": WHAT_IF, "protocol": UNPROVEN, "size": size, "proofs": 1}
    return head | {"portable": False, "greeks": False, "runs": [run], "medians": run}


@pytest.fixture
def document() -> Record:
    """Both protocols, several proofs, slow paths, a run of snarkjs and one that was too slow."""
    snarkjs = process_record(ProcessFigures(({TOTAL: Span(12.0, 20.0)},), 600_000_000))
    records = [
        made_up(OPTION_MARKS, 1_024, 0.5),
        made_up(OPTION_MARKS, 16_384, 9.0),
        made_up(OPTION_MARKS, 16_384, 8.0, proofs=4),
        made_up(OPTION_MARKS, 16_384, 1.0, proofs=4, portable=True),
        made_up(OPTION_MARKS, 1_024, 0.1, greeks=True),
        made_up(MARGINS, 16, 0.2),
        made_up(MARGINS, 16, 0.6, portable=True),
        made_up(MARGINS, 128, 0.4),
        made_up(MARGINS, 128, 1.3, portable=True),
        made_up_what_if(128, 0.03),
        made_up(DENSE, 131_000, 0.1, portable=True),
        made_up(DENSE, 131_000, 0.5, snarkjs=snarkjs, command=snarkjs),
        made_up(DENSE, 262_142, 1.0, command=snarkjs),
    ]
    found: Record = {
        "started": "2026-11-26T00:00:00+00:00",
        "seconds": 1.0,
        "plan": {"runs": 5},
        "machine": {"cpu": "A CPU", "cores": 2, "ifma": True},
        "versions": dict.fromkeys(("commit", "node", "python", "rust", "snarkjs")),
        "records": records,
    }
    copied: Record = json.loads(json.dumps(found))
    return copied
