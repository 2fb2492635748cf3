"""Recipes for worker processes under test; at module level, because they travel by pickle."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from node.proving.errors import JobFailedError
from node.proving.ports import ProvedMarks, Recipe, Report
from node.values import JobCause, ProvingPhase


def prove(recipe: Recipe[Any], payload: bytes, report: Report) -> ProvedMarks:
    """Both halves, one after the other."""
    return recipe.finish(recipe.prepare(payload, report), report)


@dataclass(frozen=True)
class Script:
    """What a payload says: what to do while preparing, and what while proving."""

    prepare: str
    finish: str

    @classmethod
    def read(cls, payload: bytes) -> Script:
        """`A | B` does A while preparing, B while proving; `B` alone only that."""
        before, bar, after = payload.decode().rpartition("|")
        return cls(before.strip() if bar else "nothing", after.strip())


class ScriptedRecipe:
    """Does what the payload says and tells when it did, by the machine's monotonic clock.

    The words of its proof are the number of the job, and begin and end of both halves in
    microseconds.
    """

    def __init__(self) -> None:
        self.jobs = 0

    def prepare(self, payload: bytes, report: Report) -> tuple[Script, list[int]]:
        script, moments = Script.read(payload), [_now()]
        report(ProvingPhase.WITNESS, script.prepare)
        _act(script.prepare)
        return script, [*moments, _now()]

    def finish(self, prepared: tuple[Script, list[int]], report: Report) -> ProvedMarks:
        script, moments = prepared
        self.jobs += 1
        moments.append(_now())
        report(ProvingPhase.PROOF, script.finish)
        _act(script.finish)
        numbers = [self.jobs, *moments, _now()]
        return ProvedMarks(
            key_id=b"\x01" * 32,
            data_hash=os.getpid().to_bytes(32, "big"),
            words=b"".join(number.to_bytes(32, "big") for number in numbers),
            proof=b"\x02" * 320,
        )


def _act(action: str) -> None:
    word, _, rest = action.partition(" ")
    if word == "fail":
        raise JobFailedError(JobCause.INPUT_INVALID, "price out of range")
    if word == "raise":
        raise RuntimeError("strike 74000 of the client")
    if word == "exit":
        raise SystemExit(6)
    if word == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if word == "die-once":
        flag = Path(rest)
        if not flag.exists():
            flag.touch()
            os.kill(os.getpid(), signal.SIGKILL)
    if word == "sleep":
        time.sleep(float(rest))
    if word == "await":
        while not Path(rest).exists():
            time.sleep(0.01)


def _now() -> int:
    return time.monotonic_ns() // 1_000


def broken_factory() -> ScriptedRecipe:
    raise SystemExit(5)


def hanging_factory() -> ScriptedRecipe:
    time.sleep(60)
    return ScriptedRecipe()
