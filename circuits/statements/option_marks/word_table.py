"""Who checks each field of the public words: the circuit, or the contract that reads them."""

from __future__ import annotations

from circuits.statements.word_field import DOMAIN_FIELDS, WordField, oracle_field

_LIMBS = "range check to its exact width"
_HALVES = "its half range-checked, its last bit a Boolean; the model's output"

WORD_FIELDS = (
    *DOMAIN_FIELDS,
    WordField("2", "consumer", 160, "contract", "registry: has code; its hook is called"),
    WordField("2", "sequence", 48, "contract", "registry: the snapshot's number, increasing"),
    WordField("2", "valid_until", 40, "contract", "registry: the snapshot's last valid second"),
    WordField(
        "3", "subject", 96, "both", "circuit: the same wires as word 4; oracle: its snapshot"
    ),
    oracle_field("4", "underlying_id", 96, _LIMBS),
    oracle_field("4", "tick_exponent", 8, _LIMBS + "; meaning signed by the oracle"),
    oracle_field("4", "snapshot_unix", 40, "below 2^39; freshness by the oracle"),
    oracle_field("4", "options", 16, _LIMBS + "; meaning signed by the oracle"),
    oracle_field("4", "G", 16, "a constant of the shape"),
    oracle_field("group", "forward_ticks", 36, "below 2^42, logarithm table: [2^20, 2^36)"),
    oracle_field("group", "discount", 46, _LIMBS),
    oracle_field("group", "rate_biased", 28, _LIMBS),
    oracle_field("group", "expiry_unix", 40, "snapshot + T, T below 2^28"),
    oracle_field("option", "strike_ticks", 36, "below 2^42, logarithm table: [2^20, 2^36)"),
    oracle_field("option", "volatility", 28, _LIMBS),
    oracle_field("option", "is_put", 1, "b (b - 1) = 0"),
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
