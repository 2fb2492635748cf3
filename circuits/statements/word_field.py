"""One field of public words: how wide it is, and who checks it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class WordField:
    """One field: its word, its width, who checks its range and meaning, and how.

    `signed_by_oracle`: a market word's field, in range by the circuit, true by the oracle.
    """

    word: str
    field: str
    bits: int
    checked_by: Literal["circuit", "contract", "both"]
    how: str
    signed_by_oracle: bool = False

    @property
    def relies_on_contract(self) -> bool:
        """Whether a proof alone, off any chain, says nothing of the field's truth."""
        return self.checked_by != "circuit" or self.signed_by_oracle


def oracle_field(word: str, field: str, bits: int, how: str) -> WordField:
    """A field of the words that the oracle's signers sign."""
    return WordField(word, field, bits, "circuit", how, signed_by_oracle=True)


DOMAIN_FIELDS = (
    WordField("1", "chain_id", 88, "contract", "registry: equals block.chainid"),
    WordField("1", "registry", 160, "contract", "registry: equals its own address"),
)
"""Word 1 of every statement."""
