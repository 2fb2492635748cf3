"""What verified words say, as plain data; marks in the form of `proofmark price --json`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from circuits.statements.header import Header
from circuits.statements.option_marks import DecodedWords
from circuits.statements.portfolio_margin import (
    SHIPPED,
    Breach,
    Claim,
    Open,
    Requirement,
    load_shipped,
)
from circuits.statements.portfolio_margin.words import KINDS
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


def shipped_set_name(parameters_digest: int) -> str | None:
    """The shipped parameter set with this digest, if there is one."""
    return _shipped_sets().get(parameters_digest)


@cache
def _shipped_sets() -> Mapping[int, str]:
    return {load_shipped(name).parameters.digest(): name for name in SHIPPED}


def marks_report(words: DecodedWords) -> dict[str, Any]:
    """Header, snapshot and marks; numbers are plain decimal strings in full digits."""
    market = words.market
    return {
        "header": _header(words.header),
        "underlying": underlying_symbol(market.underlying_id),
        "underlying_id": f"0x{market.underlying_id:024x}",
        "snapshot_utc": format_instant(market.snapshot_unix),
        "tick": scaled_to_decimal(1, power_of_ten=market.tick_exponent),
        "options": market.option_count,
        "marks": _marks(words),
    }


def margin_report(claim: Claim) -> dict[str, Any]:
    """Header, scene and what is claimed; balances count units of the settlement token.

    `parameters` names the set where it is a shipped one.
    """
    scene = claim.scene
    report: dict[str, Any] = {
        "header": _header(scene.header),
        "account": f"0x{scene.account_id:064x}",
        "claim": KINDS[type(claim)].value,
        "level": scene.level.name.lower(),
        "snapshot_utc": format_instant(scene.snapshot_unix),
        "spot_ticks": scene.spot_ticks,
        "parameters": shipped_set_name(scene.parameters_digest),
        "parameters_digest": f"0x{scene.parameters_digest:064x}",
        "market_digest": f"0x{scene.market_digest:064x}",
    }
    if isinstance(claim, Open):
        return {**report, "collateral": claim.collateral, "legs": len(claim.book.legs)}
    report["commitment"] = f"0x{claim.commitment:064x}"
    if isinstance(claim, Requirement):
        return {**report, "requirement": claim.requirement}
    report["collateral"] = claim.collateral
    if isinstance(claim, Breach):
        report["equity_bound"] = claim.equity_bound
    return report


def _header(header: Header) -> dict[str, Any]:
    return {
        "chain_id": header.chain_id,
        "registry": f"0x{header.registry:040x}",
        "consumer": f"0x{header.consumer:040x}",
        "sequence": header.sequence,
        "valid_until_unix": header.valid_until,
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
