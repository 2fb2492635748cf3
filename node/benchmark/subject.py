"""What is measured: a statement, and a full witness for every seed."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Protocol

from circuits.challenge_round import StatementWitness
from node.keys import KnownStatement


class Subject(Hashable, Protocol):
    """Pickles, so that it reaches a process of its own; equal subjects share a key."""

    @property
    def size(self) -> int:
        """How many options or legs a proof is about."""

    @property
    def statement(self) -> KnownStatement:
        """What the key is made for."""

    def witness_of(self, seed: int) -> Callable[[], StatementWitness]:
        """Computes the witness of full, typical inputs; those are ready before it is called."""
