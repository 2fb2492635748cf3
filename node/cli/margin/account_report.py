"""What the chain says of an account, as data and for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from circuits.statements.option_marks.inputs import VOLATILITY_UNITS_PER_ONE
from node.attestations import shipped_set_name, underlying_symbol
from node.cli.output import print_fields
from node.quoting import format_instant, load_underlyings, scaled_to_decimal

if TYPE_CHECKING:
    from node.chain import AccountStatus, Cover, CoveredLetters


def status_report(letters: CoveredLetters, account: bytes, status: AccountStatus) -> dict[str, Any]:
    """Everything in it is public; prices in quote currency, amounts in the token's units."""
    kept, digest = status.account, status.parameters_digest
    spot = _spot_text(status)
    return {
        "account": f"0x{account.hex()}",
        "consumer": letters.address,
        "chain_id": letters.chain.chain_id(),
        "registry": status.registry,
        "owner": kept.owner,
        "commitment": f"0x{kept.commitment.hex()}",
        "collateral": kept.collateral,
        "standing": kept.standing.name.lower(),
        "equity_bound": kept.equity_bound,
        "is_covered": status.is_covered,
        "covers": {level: _cover(each, status, spot) for level, each in kept.covers.items()},
        "next_sequences": {
            "covered": kept.covered_sequence + 1,
            "breach": kept.breach_sequence + 1,
        },
        "newest_snapshot": _newest(status, spot),
        "held_snapshot": None if status.held is None else status.held.number,
        "parameters": shipped_set_name(int.from_bytes(digest, "big")),
        "parameters_digest": f"0x{digest.hex()}",
        "block_utc": format_instant(status.block_unix),
    }


def print_status(report: Mapping[str, Any]) -> None:
    """One line for each thing; what a proof names stands together."""
    fields = {name: value for name, value in report.items() if not isinstance(value, dict)}
    for level in ("initial", "maintenance"):
        fields[f"{level} cover"] = _sentence(report["covers"].get(level))
    for kind, sequence in report["next_sequences"].items():
        fields[f"next {kind}"] = f"--sequence {sequence}"
    newest = report["newest_snapshot"]
    fields["newest_snapshot"] = "none"
    if newest is not None:
        fields["newest_snapshot"] = (
            f"{newest['number']} of {newest['snapshot_utc']}, spot {newest['spot']}"
        )
        fields["for proofs of it"] = (
            f"--chain-id {report['chain_id']} --registry {report['registry']}"
            f" --valid-until {newest['valid_until_unix']}"
        )
    print_fields({name: "none" if value is None else value for name, value in fields.items()})


def _cover(cover: Cover, status: AccountStatus, spot: Callable[[int], str]) -> dict[str, Any]:
    endings = status.endings(cover)
    return {
        "live": not endings,
        "ended_by": list(endings),
        "collateral": cover.collateral,
        "live_until_unix": cover.live_until,
        "live_until_utc": format_instant(cover.live_until),
        "spot_within": [spot(each) for each in cover.spot_band(status.rules)],
        "volatility_within": [
            f"{Decimal(each) / VOLATILITY_UNITS_PER_ONE:f}"
            for each in cover.volatility_band(status.rules)
        ],
    }


def _sentence(cover: Mapping[str, Any] | None) -> str:
    if cover is None:
        return "none"
    state = "live" if cover["live"] else f"ended by {', '.join(cover['ended_by'])}"
    spot, volatility = (" to ".join(cover[name]) for name in ("spot_within", "volatility_within"))
    return (
        f"{state}; W {cover['collateral']}, until {cover['live_until_utc']}, while spot is {spot}"
        f" and volatility {volatility}"
    )


def _newest(status: AccountStatus, spot: Callable[[int], str]) -> dict[str, Any] | None:
    newest = status.newest
    if newest is None:
        return None
    return {
        "number": newest.number,
        "snapshot_utc": format_instant(newest.snapshot_unix),
        "spot": spot(newest.spot_ticks),
        "market_digest": f"0x{newest.market_digest.hex()}",
        "valid_until_unix": status.valid_until,
    }


def _spot_text(status: AccountStatus) -> Callable[[int], str]:
    """Prices in quote currency where the underlying is listed, else in ticks."""
    exponent = 0
    if status.newest is not None:
        symbol = underlying_symbol(int.from_bytes(status.newest.underlying, "big"))
        exponent = load_underlyings()[symbol].tick_exponent if symbol is not None else 0
    return lambda ticks: scaled_to_decimal(ticks, power_of_ten=exponent)
