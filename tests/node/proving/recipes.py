"""Recipes for worker processes under test; at module level, because they travel by pickle."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from node.proving.errors import JobFailedError
from node.proving.ports import ProvedMarks, Report
from node.values import JobCause, ProvingPhase


class ScriptedRecipe:
    """Does what the payload says."""

    def __init__(self) -> None:
        self.jobs = 0

    def prove(self, payload: bytes, report: Report) -> ProvedMarks:
        self.jobs += 1
        word, _, rest = payload.decode().partition(" ")
        report(ProvingPhase.PROOF, word)
        if word == "fail":
            raise JobFailedError(JobCause.INPUT_INVALID, "price out of range")
        if word == "raise":
            raise RuntimeError("strike 74000 of the client")
        if word == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if word == "die-once":
            flag = Path(rest)
            if not flag.exists():
                flag.touch()
                os.kill(os.getpid(), signal.SIGKILL)
        if word == "sleep":
            time.sleep(float(rest))
        return ProvedMarks(
            key_id=b"\x01" * 32,
            data_hash=os.getpid().to_bytes(32, "big"),
            words=self.jobs.to_bytes(32, "big"),
            proof=b"\x02" * 320,
        )


def broken_factory() -> ScriptedRecipe:
    raise SystemExit(5)
