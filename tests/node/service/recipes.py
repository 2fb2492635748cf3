"""Recipes for nodes whose proofs are not the point: at module level, because they are pickled."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from node.proving.ports import ProvedMarks, Report
from node.values import ProvingPhase
from prover import transcript


@dataclass(frozen=True)
class HeldRecipe:
    """Waits until a file exists, then answers an attestation of nothing."""

    gate: Path

    def __call__(self) -> HeldRecipe:
        return self

    def prepare(self, payload: bytes, report: Report) -> bytes:
        report(ProvingPhase.WITNESS, "ready at once")
        return payload

    def finish(self, payload: bytes, report: Report) -> ProvedMarks:
        report(ProvingPhase.PROOF, "waiting")
        while not self.gate.exists():
            time.sleep(0.02)
        words = [len(payload), payload[-9]]
        return ProvedMarks(
            key_id=b"\x0b" * 32,
            data_hash=transcript.data_hash(words),
            words=b"".join(word.to_bytes(32, "big") for word in words),
            proof=b"\x02" * 320,
        )
