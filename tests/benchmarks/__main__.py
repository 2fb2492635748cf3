"""`make bench`: what proofs cost here, phase by phase, beside snarkjs on the very same files.

Prints tables and the bars; writes JSON with every run, machine and versions, and a plot. Ten
minutes on two cores; `make bench QUICK=1`, or `make bench BENCH="--options 1024"`, for less.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from node.margin import PRODUCT_SLOTS
from tests.benchmarks.cases import BAR_DENSE, Cases, Plan, Record
from tests.benchmarks.machine import machine, versions
from tests.benchmarks.report import report
from tests.prover.interop import snarkjs

#: One public wire: two rows fewer than the domain holds. 131,000 stands for 2^17.
_DENSE = (
    *((1 << log_size) - 2 for log_size in (14, 15, 16)),
    BAR_DENSE,
    *((1 << log_size) - 2 for log_size in (18, 19)),
)
_FULL = ((16, 64, 256, 1_024, 4_096, 16_384), _DENSE)
_QUICK = ((16, 64, 256, 1_024), (_DENSE[0], BAR_DENSE))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and report."""
    chosen = _parser().parse_args(arguments)
    options, dense = _QUICK if chosen.quick else _FULL
    why_missing = snarkjs.why_missing()
    plan = Plan(
        options=tuple(options if chosen.options is None else chosen.options),
        margins=tuple(PRODUCT_SLOTS if chosen.margins is None else chosen.margins),
        dense=tuple(dense if chosen.dense is None else chosen.dense),
        runs=chosen.runs or (3 if chosen.quick else 5),
        greeks=chosen.greeks,
        with_snarkjs=not chosen.no_snarkjs and why_missing is None,
        with_portable=not chosen.no_portable,
    )
    if why_missing is not None:
        _say(why_missing)
    document = measure(plan, chosen.out / "bench-keys")
    chosen.out.mkdir(parents=True, exist_ok=True)
    results = chosen.out / "bench.json"
    results.write_text(json.dumps(_rounded(document), indent=1) + "\n")
    print(report(document))
    if not chosen.no_plot:
        _plot(document, chosen.out / "bench.png")
    _say(f"{document['seconds']:.0f} s; every run is in {results}")


def measure(plan: Plan, folder: Path) -> Record:
    """The document of one run; `folder` holds keys meanwhile."""
    started = time.monotonic()
    about = {"started": datetime.now(UTC).isoformat(timespec="seconds"), "plan": asdict(plan)}
    origin = {"machine": machine(), "versions": versions()}
    try:
        records = Cases(plan, folder, _say).run()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return about | origin | {"seconds": time.monotonic() - started, "records": records}


def _rounded(document: Record) -> Record:
    """Seconds to the microsecond: the rest is noise."""
    text = json.dumps(document)
    rounded: Record = json.loads(text, parse_float=lambda digits: round(float(digits), 6))
    return rounded


def _plot(document: Record, path: Path) -> None:
    try:
        from tests.benchmarks.plot import draw
    except ImportError:
        _say("no plot: matplotlib is not installed, run `make setup`")
        return
    draw(document, path)
    _say(f"plot: {path}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--options", type=int, nargs="*", help="capacities of option_marks")
    parser.add_argument("--margins", type=int, nargs="*", help="slots of portfolio_margin")
    parser.add_argument("--dense", type=int, nargs="*", help="constraints of the dense chain")
    parser.add_argument("--runs", type=int, help="runs at the bars' sizes (5)")
    parser.add_argument("--greeks", action="store_true", help="prove the five Greeks too")
    parser.add_argument("--quick", action="store_true", help="small sizes, three runs")
    parser.add_argument("--no-snarkjs", action="store_true")
    parser.add_argument("--no-portable", action="store_true", help="not without IFMA again")
    parser.add_argument("--no-plot", action="store_true")
    parser.add_argument("--out", type=Path, default=Path("build"), help="folder of the results")
    return parser


def _say(message: str) -> None:
    print(f"bench: {message}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
