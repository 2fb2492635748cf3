"""What the demonstration of margins found out, as data."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from node.margin import MarginSheet


@dataclass(frozen=True)
class Step:
    """One thing that happened on chain; `gas` is 0 for what was refused."""

    what: str
    outcome: str
    gas: int = 0


@dataclass(frozen=True)
class Proving:
    """One proof, made in the owner's process. Seconds on the wall."""

    claim: str
    slots: int
    constraints: int
    key_seconds: float
    witness_seconds: float
    proof_seconds: float
    proof_bytes: int
    words: int


@dataclass(frozen=True)
class Learned:
    """One thing an observer of the chain may ask, and what the chain answers."""

    question: str
    answer: str


@dataclass(frozen=True)
class MarginDemoReport:
    """Everything `proofmark demo-margin` prints; the sheets are for the owner's own screen."""

    chain: str
    chain_id: int
    engine: str
    legs: int
    parameters: str
    before: MarginSheet
    after: MarginSheet
    steps: tuple[Step, ...]
    provings: tuple[Proving, ...]
    learned: tuple[Learned, ...]
    total_seconds: float = 0.0

    def data(self) -> dict[str, Any]:
        """For `--json`: what the chain shows, and times; the sheets stay with `margin show`."""
        return {
            "chain": self.chain,
            "chain_id": self.chain_id,
            "engine": self.engine,
            "legs": self.legs,
            "parameters": self.parameters,
            "steps": [asdict(step) for step in self.steps],
            "provings": [asdict(each) for each in self.provings],
            "observer": [asdict(each) for each in self.learned],
            "total_seconds": self.total_seconds,
        }
