"""`make bench`: witness, setup, proof, verification and memory of `option_marks` by capacity.

Every capacity runs in a process of its own, so that peak memory is its own. Prints a table and
writes JSON with machine, versions and medians to build/bench.json.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

RESULTS = Path("build/bench.json")
COLUMNS = (
    "rows",
    "setup_s",
    "witness_s",
    "prove_s",
    "verify_ms",
    "options_per_s",
    "peak_memory_mb",
)


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--capacity", type=int, nargs="+", default=[64, 256, 1024, 4096])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--greeks", action="store_true")
    arguments = parser.parse_args()
    results = [_measure(c, arguments.runs, arguments.greeks) for c in arguments.capacity]
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({"machine": _machine(), "results": results}, indent=2))
    print(f"{'capacity':>14}", *(f"{name:>14}" for name in COLUMNS))
    for result in results:
        cells = (f"{result[name]:>14,.3f}".rstrip("0").rstrip(".") for name in COLUMNS)
        print(f"{result['capacity']:>14}", *(f"{cell:>14}" for cell in cells))
    print(f"medians of {arguments.runs}; prove includes the witness; details in {RESULTS}")


def _measure(capacity: int, runs: int, greeks: bool) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.option_marks", str(capacity), str(runs)]
    command += ["--greeks"] if greeks else []
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    result: dict[str, Any] = json.loads(output)
    return result


def _machine() -> dict[str, Any]:
    cpu = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    cores = len(os.sched_getaffinity(0))
    return {"cpu": cpu, "cores": cores, "python": platform.python_version()}


if __name__ == "__main__":
    main()
