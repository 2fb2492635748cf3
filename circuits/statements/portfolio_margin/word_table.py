"""Who checks each field of the public words: the circuit, or the contract that reads them."""

from __future__ import annotations

from circuits.statements.portfolio_margin.words import Kind
from circuits.statements.word_field import DOMAIN_FIELDS, WordField

_LIMBS = "range check to its exact width"
_CONSTANT = "a constant of the statement"

_SCENE = (
    *DOMAIN_FIELDS,
    WordField("2", "consumer", 160, "both", "registry: has code; circuit: the commitment's group"),
    WordField("2", "sequence", 48, "contract", "consumer: the account's next number"),
    WordField("2", "valid_until", 40, "contract", "registry: not passed"),
    WordField("3", "account_id", 254, "both", "circuit: in the commitment; consumer: its account"),
    WordField("4", "parameters_digest", 254, "both", "circuit: opened; consumer: the governed set"),
    WordField("5", "market_digest", 254, "both", "circuit: opened; oracle: its snapshot's digest"),
    WordField("6", "snapshot_unix", 40, "both", "circuit: the market's; oracle: fresh"),
    WordField("6", "level", 8, "both", "circuit: 1 or 2; consumer: the level it asks for"),
    WordField("6", "slots", 16, "circuit", _CONSTANT),
    WordField("6", "rows", 16, "circuit", _CONSTANT),
    WordField("7", "spot_ticks", 36, "circuit", "the market's spot"),
)
_COMMITMENT = WordField("8", "commitment", 254, "both", "circuit: opened; consumer: the stored one")
_COLLATERAL = "circuit: " + _LIMBS + "; consumer: its balance as a bound"
_OWN = _LIMBS + "; consumer: its own position"

_TAILS = {
    Kind.COVERED: (_COMMITMENT, WordField("9", "collateral", 128, "both", _COLLATERAL)),
    Kind.BREACH: (
        _COMMITMENT,
        WordField("9", "collateral", 128, "both", _COLLATERAL),
        WordField("10", "equity_bound", 128, "circuit", _LIMBS + "; at least the equity"),
    ),
    Kind.REQUIREMENT: (
        _COMMITMENT,
        WordField("9", "requirement", 128, "circuit", _LIMBS + "; least multiple of the step"),
    ),
    Kind.OPEN: (
        WordField("8", "collateral", 128, "both", _COLLATERAL),
        WordField("leg", "underlying", 8, "both", _OWN),
        WordField("leg", "expiry_unix", 35, "both", _OWN),
        WordField("leg", "strike_ticks", 36, "both", _OWN),
        WordField("leg", "is_put", 1, "both", "b (b - 1) = 0; consumer: its own position"),
        WordField("leg", "amount_biased", 64, "both", _OWN),
        WordField("linear", "perpetual_biased", 64, "both", _OWN),
        WordField("linear", "collateral_1", 63, "both", _OWN),
        WordField("linear", "collateral_2", 63, "both", _OWN),
        WordField("cash", "cash_biased", 96, "both", _OWN),
    ),
}


def word_fields(kind: Kind) -> tuple[WordField, ...]:
    """Every field of the statement of one kind, in word order."""
    return _SCENE + _TAILS[kind]
