"""Poseidon over long lists: digest_0 = a tag, digest_{i+1} = Poseidon(digest_i, 15 elements)."""

from __future__ import annotations

from collections.abc import Sequence

from circuits.poseidon import poseidon
from circuits.statements.packing import chunks

ABSORBED = 15
"""Elements a step takes; the last step is filled with zeros."""


def sponge(tag: int, elements: Sequence[int]) -> int:
    """The digest of a list whose length its first element or its tag tells."""
    digest = tag
    for part in chunks(elements, ABSORBED):
        digest = poseidon((digest, *part, *[0] * (ABSORBED - len(part))))
    return digest
