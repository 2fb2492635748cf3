"""Whole processes on the same files: snarkjs, and our counterpart of its command.

Every proof of snarkjs is verified by us and our last one by snarkjs: a time of something else
than a proof is no time.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from node.benchmark import Repeats, Run, Span
from node.benchmark.engine import TOTAL
from prover.interop import decode_proof, decode_public, decode_verifying_key, plain_verify
from tests.benchmarks import plain
from tests.prover.interop import snarkjs

LONGEST_SECONDS = 60.0
_THEIR_PROOF, _THEIR_PUBLIC = "their_proof.json", "their_public.json"


class TooSlowError(Exception):
    """The process took more than `LONGEST_SECONDS` and was ended."""


@dataclass(frozen=True)
class ProcessFigures:
    """Runs of a whole process: start-up, files, proof."""

    runs: tuple[Run, ...]
    peak_memory_bytes: int


def measure_snarkjs(folder: Path, repeats: Repeats) -> ProcessFigures | None:
    """`snarkjs groth16 prove`; None where it is too slow."""
    files = (plain.KEY, plain.WITNESS, _THEIR_PROOF, _THEIR_PUBLIC)
    node = shutil.which("node") or "node"
    command = (node, str(snarkjs.COMMAND), "groth16", "prove", *files)
    try:
        return _measure(command, folder, repeats, lambda: _check_theirs(folder))
    except TooSlowError:
        return None


def measure_our_command(folder: Path, repeats: Repeats) -> ProcessFigures:
    """`tests.benchmarks.plain` as a command, its proof verified by snarkjs where that is here."""
    command = (sys.executable, "-m", plain.__name__, str(folder))

    def check() -> None:
        if snarkjs.why_missing() is None:
            names = (plain.VERIFYING_KEY, plain.PUBLIC, plain.PROOF)
            said = snarkjs.run(folder, "groth16", "verify", *names)
            if "OK!" not in said:
                raise RuntimeError(f"snarkjs does not accept our proof: {said}")

    return _measure(command, Path.cwd(), repeats, check)


def _check_theirs(folder: Path) -> None:
    key = decode_verifying_key((folder / plain.VERIFYING_KEY).read_bytes())
    public = decode_public((folder / _THEIR_PUBLIC).read_bytes())
    if public != decode_public((folder / plain.PUBLIC).read_bytes()):
        raise RuntimeError("snarkjs proves other public wires")
    plain_verify(key, public, decode_proof((folder / _THEIR_PROOF).read_bytes()))


def _measure(
    command: Sequence[str], folder: Path, repeats: Repeats, check: Callable[[], None]
) -> ProcessFigures:
    peaks: list[int] = []

    def run() -> Run:
        span, peak = timed_process(command, folder)
        peaks.append(peak)
        check()
        return {TOTAL: span}

    runs = repeats.run(run)
    return ProcessFigures(runs, max(peaks))


def timed_process(
    command: Sequence[str], folder: Path, longest_seconds: float = LONGEST_SECONDS
) -> tuple[Span, int]:
    """Time and peak memory of a command; TooSlowError, or RuntimeError where it fails."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    timer = threading.Timer(longest_seconds, process.kill)
    timer.start()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    timer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode and wall >= longest_seconds:
        raise TooSlowError(f"{command} took more than {longest_seconds} s")
    if process.returncode:
        raise RuntimeError(f"{command} in {folder} failed with {process.returncode}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Span(wall, usage.ru_utime + usage.ru_stime), usage.ru_maxrss * unit
