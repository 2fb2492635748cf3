"""What identifies a statement: plain data, hashed by the prover into the statement id."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class StatementDescription:
    """Name, version, canonical parameters, and the number of public words."""

    name: str
    version: int
    parameters: bytes
    word_count: int
