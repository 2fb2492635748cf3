"""The marks of verified words as plain data, in the form of `proofmark price --json`."""

from __future__ import annotations

from typing import Any

from circuits.statements.option_marks import DecodedWords
from node.quoting import (
    format_instant,
    greek_decimals,
    load_underlyings,
    price_decimal,
    scaled_to_decimal,
)


def underlying_symbol(underlying_id: int) -> str | None:
    """The listed symbol with this id, if there is one."""
    for symbol, underlying in load_underlyings().items():
        if underlying.underlying_id == underlying_id:
            return symbol
    return None


def marks_report(words: DecodedWords) -> dict[str, Any]:
    """Header, snapshot and marks; numbers are plain decimal strings in full digits."""
    market, header = words.market, words.header
    return {
        "header": {
            "chain_id": header.chain_id,
            "registry": f"0x{header.registry:040x}",
            "consumer": f"0x{header.consumer:040x}",
            "sequence": header.sequence,
            "valid_until_unix": header.valid_until,
        },
        "underlying": underlying_symbol(market.underlying_id),
        "underlying_id": f"0x{market.underlying_id:024x}",
        "snapshot_utc": format_instant(market.snapshot_unix),
        "tick": scaled_to_decimal(1, power_of_ten=market.tick_exponent),
        "options": market.option_count,
        "marks": _marks(words),
    }


def _marks(words: DecodedWords) -> list[dict[str, Any]]:
    exponent = words.market.tick_exponent
    marks: list[dict[str, Any]] = []
    for index, (group, option) in enumerate(words.market.options()):
        mark = {
            "expiry_utc": format_instant(group.expiry_unix),
            "strike": scaled_to_decimal(option.strike_ticks, power_of_ten=exponent),
            "option_type": "put" if option.is_put else "call",
            "price": price_decimal(words.price_atoms[index], exponent),
        }
        if words.greeks is not None:
            mark |= greek_decimals(words.greeks[index], exponent)
        marks.append(mark)
    return marks
