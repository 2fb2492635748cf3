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
    from node.chain import AccountStatus, Cover, CoveredLetters, Snapshot


def status_report(letters: CoveredLetters, account: bytes, status: AccountStatus) -> dict[str, Any]:
    """Everything in it is public; prices in quote currency, amounts in the token's units."""
    kept, digest = status.account, status.parameters_digest
    spot = _spot_text(status)
    return {
        "account": f"0x{account.hex()}",
        "consumer": letters.address,
        "chain_id": status.chain_id,
        "registry": status.registry,
        "owner": kept.owner,
        "commitment": f"0x{kept.commitment.hex()}",
        "token": letters.token.address,
        "collateral": kept.collateral,
        "standing": kept.standing.name.lower(),
        "equity_bound": kept.equity_bound,
        "is_covered": status.is_covered,
        "covers": {level: _cover(each, status, spot) for level, each in kept.covers.items()},
        "next_sequences": dict(status.next_sequences),
        "newest_snapshot": _snapshot(status.newest, spot),
        "held_snapshot": _snapshot(status.held, spot),
        "valid_until_unix": status.valid_until,
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
    for name in ("newest_snapshot", "held_snapshot"):
        fields[name] = _seen(report[name])
    valid_until = fields.pop("valid_until_unix")
    if valid_until is not None:
        fields["for proofs of the newest"] = (
            f"--chain-id {report['chain_id']} --registry {report['registry']}"
            f" --valid-until {valid_until}"
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
        "volatility_within": [_volatility(each) for each in cover.volatility_band(status.rules)],
    }


def _seen(snapshot: Mapping[str, Any] | None) -> str:
    if snapshot is None:
        return "none"
    said = "{number} of {snapshot_utc}, spot {spot}, volatility {volatility}"
    return said.format_map(snapshot)


def _sentence(cover: Mapping[str, Any] | None) -> str:
    if cover is None:
        return "none"
    state = "live" if cover["live"] else f"ended by {', '.join(cover['ended_by'])}"
    spot, volatility = (" to ".join(cover[name]) for name in ("spot_within", "volatility_within"))
    return (
        f"{state}; W {cover['collateral']}, until {cover['live_until_utc']}, while spot is {spot}"
        f" and volatility {volatility}"
    )


def _snapshot(seen: Snapshot | None, spot: Callable[[int], str]) -> dict[str, Any] | None:
    if seen is None:
        return None
    return {
        "number": seen.number,
        "snapshot_utc": format_instant(seen.snapshot_unix),
        "spot": spot(seen.spot_ticks),
        "volatility": _volatility(seen.volatility),
        "market_digest": f"0x{seen.market_digest.hex()}",
    }


def _volatility(units: int) -> str:
    return f"{Decimal(units) / VOLATILITY_UNITS_PER_ONE:f}"


def _spot_text(status: AccountStatus) -> Callable[[int], str]:
    """Prices in quote currency where the underlying is listed, else in ticks."""
    exponent = 0
    if status.newest is not None:
        symbol = underlying_symbol(int.from_bytes(status.newest.underlying, "big"))
        exponent = load_underlyings()[symbol].tick_exponent if symbol is not None else 0
    return lambda ticks: scaled_to_decimal(ticks, power_of_ten=exponent)
