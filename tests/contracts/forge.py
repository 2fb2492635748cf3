"""Running the Solidity tests, once, and finding them without a compiler."""

from __future__ import annotations

import json
import os
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from tests.scale import FULL

ROOM = Path(__file__).resolve().parents[2] / "verifier_contracts"
FORGE = ROOM / "node_modules" / "@foundry-rs" / "forge-linux-amd64" / "bin" / "forge"
MISSING = "forge is not installed: run `npm ci` in verifier_contracts (needs Node)"
FUZZ_RUNS = "10000" if FULL else "256"

_CONTRACT = re.compile(r"^contract (\w+Test) ", re.MULTILINE)
_TEST = re.compile(r"^ {4}function ((?:test|invariant)_\w+)\(", re.MULTILINE)


class ForgeTest(NamedTuple):
    """One Solidity test."""

    suite: str
    name: str


class ForgeRun(NamedTuple):
    """What forge said: results by test, and the gas figures that the tests wrote down."""

    failures: dict[ForgeTest, str | None]
    gas: dict[str, str]


def declared_tests() -> list[ForgeTest]:
    """Tests as the sources declare them; one contract of tests in a file."""
    found = []
    for path in sorted((ROOM / "test").rglob("*.t.sol")):
        text = path.read_text(encoding="utf-8")
        (contract,) = _CONTRACT.findall(text)
        suite = f"{path.relative_to(ROOM).as_posix()}:{contract}"
        found += [ForgeTest(suite, name) for name in _TEST.findall(text)]
    return found


@cache
def run() -> ForgeRun:
    """Run every Solidity test; raises RuntimeError if they do not compile."""
    done = subprocess.run(
        [str(FORGE), "test", "--json"],
        cwd=ROOM,
        env={**os.environ, "FOUNDRY_FUZZ_RUNS": FUZZ_RUNS},
        capture_output=True,
        text=True,
        check=False,
    )
    start = done.stdout.find('{"')
    if start < 0:
        raise RuntimeError(f"forge test said:\n{done.stdout}\n{done.stderr}")
    suites, _ = json.JSONDecoder().raw_decode(done.stdout[start:])
    return _decode(suites)


def _decode(suites: dict[str, Any]) -> ForgeRun:
    failures: dict[ForgeTest, str | None] = {}
    gas: dict[str, str] = {}
    for suite, report in suites.items():
        for signature, result in report["test_results"].items():
            test = ForgeTest(suite, signature.partition("(")[0])
            failures[test] = None if result["status"] == "Success" else _reason(result)
            gas.update(result.get("gas_snapshots", {}).get("gas", {}))
    return ForgeRun(failures, gas)


def _reason(result: dict[str, Any]) -> str:
    lines = [result["status"], str(result["reason"]), *result["decoded_logs"]]
    if result["counterexample"]:
        lines.append(json.dumps(result["counterexample"])[:2000])
    return "\n".join(lines)
