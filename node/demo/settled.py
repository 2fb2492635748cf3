"""An attestation that reached the chain, whichever way it was made."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from node.words import split_words

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Sent:
    """An attestation as the registry takes it."""

    key_id: bytes
    proof: tuple[int, ...]
    words: tuple[int, ...]

    @classmethod
    def of(cls, key_id: bytes, words: tuple[int, ...], proof: bytes) -> Sent:
        """From proof bytes."""
        return cls(key_id, split_words(proof), words)


@dataclass(frozen=True)
class Settled:
    """What was attested, where, and how long it took; `deltas` are in file order."""

    sent: Sent
    block_number: int
    gas_used: int
    states: tuple[str, ...]
    deltas: tuple[str, ...]
    quote_seconds: float
    proving_seconds: float


def timed(action: Callable[[], _Result]) -> tuple[_Result, float]:
    """A result and the seconds it took."""
    start = time.monotonic()
    result = action()
    return result, time.monotonic() - start
