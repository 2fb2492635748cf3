"""What a circuit relies on besides its types."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Assumption:
    """A fact finer than the types, with the reason it holds and the test that would break it."""

    path: str
    lo: int | None
    hi: int | None
    because: str
    must_fail: str
