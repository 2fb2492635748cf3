"""Who checks each field of the public words: the circuit, or the contract that reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class WordField:
    """One field: its word, its width, who checks its range and meaning, and how."""

    word: str
    field: str
    bits: int
    checked_by: Literal["circuit", "contract", "both"]
    how: str

    @property
    def signed_by_oracle(self) -> bool:
        """Whether the field is a market word's: in range by the circuit, true by the oracle."""
        return self.word in ("4", "group", "option")

    @property
    def relies_on_contract(self) -> bool:
        """Whether a proof alone, off any chain, says nothing of the field's truth."""
        return self.checked_by != "circuit" or self.signed_by_oracle


_LIMBS = "range check to its exact width"
_HALVES = "its half range-checked, its last bit a Boolean; the model's output"

WORD_FIELDS = (
    WordField("1", "chain_id", 88, "contract", "registry: equals block.chainid"),
    WordField("1", "registry", 160, "contract", "registry: equals its own address"),
    WordField("2", "consumer", 160, "contract", "registry: has code; its hook is called"),
    WordField("2", "sequence", 48, "contract", "registry: the snapshot's number, increasing"),
    WordField("2", "valid_until", 40, "contract", "registry: the snapshot's last valid second"),
    WordField(
        "3", "subject", 96, "both", "circuit: the same wires as word 4; oracle: its snapshot"
    ),
    WordField("4", "underlying_id", 96, "circuit", _LIMBS),
    WordField("4", "tick_exponent", 8, "circuit", _LIMBS + "; meaning signed by the oracle"),
    WordField("4", "snapshot_unix", 40, "circuit", "below 2^39; freshness by the oracle"),
    WordField("4", "options", 16, "circuit", _LIMBS + "; meaning signed by the oracle"),
    WordField("4", "G", 16, "circuit", "a constant of the shape"),
    WordField("group", "forward_ticks", 36, "circuit", "below 2^42, logarithm table: [2^20, 2^36)"),
    WordField("group", "discount", 46, "circuit", _LIMBS),
    WordField("group", "rate_biased", 28, "circuit", _LIMBS),
    WordField("group", "expiry_unix", 40, "circuit", "snapshot + T, T below 2^28"),
    WordField("option", "strike_ticks", 36, "circuit", "below 2^42, logarithm table: [2^20, 2^36)"),
    WordField("option", "volatility", 28, "circuit", _LIMBS),
    WordField("option", "is_put", 1, "circuit", "b (b - 1) = 0"),
    WordField("price", "price_atoms", 56, "circuit", "the model's output"),
)

GREEK_FIELDS = (
    WordField("spot Greeks", "delta_biased", 42, "circuit", _LIMBS + "; the model's output"),
    WordField("spot Greeks", "gamma", 85, "circuit", _HALVES),
    WordField("spot Greeks", "vega", 56, "circuit", _LIMBS + "; the model's output"),
    WordField("time Greeks", "theta_biased", 70, "circuit", _LIMBS + "; the model's output"),
    WordField("time Greeks", "rho_magnitude", 71, "circuit", _HALVES),
)


def word_fields(*, greeks: bool) -> tuple[WordField, ...]:
    """Every field of the statement with or without Greeks, in word order."""
    return WORD_FIELDS + GREEK_FIELDS if greeks else WORD_FIELDS
