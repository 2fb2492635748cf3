"""A margin market: from a JSON document to the integers that signers attest, whole or not at all.

::

    {"valuation_utc": "2026-05-21T10:04:10Z", "underlying": "BTC", "spot": "77568.75",
     "perpetual": "77590", "stable_price": "1", "spot_confidence": "1",
     "perpetual_confidence": "1", "collateral_1": "77568.75", "collateral_2": "1",
     "expiries": [{"expiry_utc": "2026-05-29T08:00:00Z", "forward": "77700",
                   "forward_fixed": "0", "discount_factor": "1", "rate": "0", "confidence": "1",
                   "svi": {"a": "0.05", "b": "0.4", "rho": "-0.2", "m": "0", "s": "0.1"}}]}

Numbers are decimal strings, rounded once, half to even. Left out: `perpetual` and collateral prices
are 0 (there is no such asset), prices of stable asset and confidences 1, the fixed part 0, the
discount factor 1, the rate -ln(discount factor) / T. `forward` is the whole forward, fixed part
included. SVI is raw and per year: variance = a + b (rho (k - m) + sqrt((k - m)^2 + s^2)). Instead
of `svi`, every expiry may list `"volatilities": {"74000": "0.4527", …}` by strike. Expiries and
strikes may stand in any order. At-the-money volatility is not told but follows (`at_the_money.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from circuits.statements.portfolio_margin import (
    ListedVolatility,
    MarginMarket,
    MarginParameters,
    Slice,
    Svi,
    check_admissible,
)
from circuits.statements.portfolio_margin.units import RANGES
from node.quoting.at_the_money import with_ruled_volatility
from node.quoting.decimals import DECIMAL_GRAMMAR, parse_decimal
from node.quoting.errors import DecimalError, Fault, MarginFileError, MarketRefusedError
from node.quoting.instants import format_instant
from node.quoting.members import Members
from node.quoting.rounding import (
    rate_from_discount,
    round_half_even,
    to_billionths,
    to_discount_units,
    to_rate_units,
    to_rho_units,
    to_svi_units,
    to_ticks,
    to_volatility_units,
)
from node.quoting.table import read_utf8
from node.quoting.underlyings import Underlying, load_underlyings
from node.untrusted_json import decode_json

SVI_MEMBERS = ("a", "b", "rho", "m", "s")
"""Members of `svi`, which are also names of ranges."""

_VOLATILITY = "svi, or volatilities by strike"


@dataclass(frozen=True, slots=True)
class QuotedMarket:
    """A margin market and the listed underlying it is of."""

    underlying: Underlying
    market: MarginMarket


def read_margin_market(path: Path, parameters: MarginParameters | None = None) -> QuotedMarket:
    """The market of a file; MarginFileError if unreadable, MarketRefusedError with every fault."""
    text = read_utf8(path, MarginFileError)
    try:
        document = decode_json(text.encode())
    except ValueError as error:
        raise MarginFileError(f"{path}: {error}; expected a JSON document") from error
    return parse_margin_market(document, parameters)


def parse_margin_market(
    document: object, parameters: MarginParameters | None = None
) -> QuotedMarket:
    """The market of a parsed document, or MarketRefusedError with every fault.

    With `parameters`, volatilities must also stay in the model's domain under their shocks.
    """
    faults: list[Fault] = []
    head = Members(document, "", faults)
    underlying = _underlying(head)
    made = None if underlying is None else _market(head, underlying, faults)
    if made is not None and parameters is not None:
        head.build(check_admissible, made, parameters)
    if faults or made is None or underlying is None:
        raise MarketRefusedError(faults)
    return QuotedMarket(underlying, made)


def _underlying(head: Members) -> Underlying | None:
    listed = load_underlyings()
    expected = f"a listed symbol: {', '.join(sorted(listed))}"
    symbol = head.text("underlying", expected)
    if symbol is not None and symbol not in listed:
        head.report("underlying", symbol, expected, "use a listed symbol")
    return listed.get(symbol or "")


def _market(head: Members, underlying: Underlying, faults: list[Fault]) -> MarginMarket | None:
    instant = head.instant("valuation_utc")
    snapshot = None if instant is None else round_half_even(instant)

    def ticks(value: Fraction) -> int:
        return to_ticks(value, underlying.tick_exponent)

    def read(name: str, range_name: str, scale: Callable[[Fraction], int], default: Any) -> Any:
        return head.scaled(name, scale, RANGES[range_name], default)

    values = {
        "spot_ticks": read("spot", "spot_ticks", ticks, None),
        "perpetual_ticks": read("perpetual", "perpetual_ticks", ticks, "0"),
        "stable_price": read("stable_price", "stable_price", to_billionths, "1"),
        "spot_confidence": read("spot_confidence", "confidence", to_billionths, "1"),
        "perpetual_confidence": read("perpetual_confidence", "confidence", to_billionths, "1"),
        "collateral_1_ticks": read("collateral_1", "collateral_ticks", ticks, "0"),
        "collateral_2_ticks": read("collateral_2", "collateral_ticks", ticks, "0"),
    }
    expected = "a list of expiries"
    expiries = [_expiry(each, ticks, snapshot) for each in head.items("expiries", expected)]
    head.finish()
    if faults or snapshot is None:
        return None
    if snapshot not in RANGES["snapshot_unix"]:
        head.report("valuation_utc", format_instant(snapshot), "a time from 1970 on", "correct it")
        return None
    complete = [each for each in expiries if each is not None]
    head_values = {"tick_exponent": underlying.tick_exponent, "snapshot_unix": snapshot} | values
    return head.build(_assemble, complete, underlying_id=underlying.underlying_id, **head_values)


def _assemble(expiries: Sequence[_Expiry], **head: int) -> MarginMarket:
    """The market with its expiries and strikes in order, and its at-the-money volatility."""
    ordered = sorted(expiries, key=lambda each: each.slice.expiry_unix)
    series = [
        replace(each, slice_index=index)
        for index, expiry in enumerate(ordered)
        for each in sorted(expiry.series)
    ]
    return with_ruled_volatility(
        MarginMarket(
            slices=tuple(each.slice for each in ordered),
            series=tuple(series),
            at_the_money_volatility=0,
            **head,
        )
    )


@dataclass(frozen=True, slots=True)
class _Expiry:
    """One entry of `expiries`; listed volatilities have no slice index yet."""

    slice: Slice
    series: tuple[ListedVolatility, ...]


def _expiry(
    members: Members, ticks: Callable[[Fraction], int], snapshot: int | None
) -> _Expiry | None:
    """The entry, None where a fault was reported."""
    expiry = _whole_second(members, "expiry_utc")
    forward = members.scaled("forward", ticks, RANGES["forward_ticks"])
    fixed = members.scaled("forward_fixed", ticks, RANGES["forward_fixed_ticks"], "0")
    discount = members.scaled("discount_factor", to_discount_units, RANGES["discount"], "1")
    confidence = members.scaled("confidence", to_billionths, RANGES["confidence"], "1")
    if members.has("rate"):
        rate = members.scaled("rate", to_rate_units, RANGES["rate_biased"])
    elif discount is None or expiry is None or snapshot is None:
        rate = None
    else:
        rate = rate_from_discount(discount, max(expiry - snapshot, 0))
    svi = series = None
    if members.has("volatilities"):
        series = _series(members.child("volatilities", _VOLATILITY), ticks)
    elif members.has("svi"):
        svi = _svi(members.child("svi", _VOLATILITY))
    else:
        members.report("svi", "", _VOLATILITY, "give the expiry its volatilities")
    members.finish()
    if expiry is None or forward is None or fixed is None:
        return None
    made = (
        members.build(Slice, expiry, forward - fixed, fixed, discount, rate, confidence, svi)
        if None not in (discount, rate, confidence)
        else None
    )
    return None if made is None else _Expiry(made, tuple(series or ()))


def _whole_second(members: Members, name: str) -> int | None:
    instant = members.instant(name)
    if instant is not None and instant.denominator != 1:
        shown = format_instant(int(instant))
        members.report(name, shown, "a whole second", "remove the fraction of a second")
        return None
    return None if instant is None else int(instant)


def _svi(curve: Members) -> Svi | None:
    scales = {name: to_rho_units if name == "rho" else to_svi_units for name in SVI_MEMBERS}
    read = {name: curve.scaled(name, scale, RANGES[name]) for name, scale in scales.items()}
    curve.finish()
    values = {name: value for name, value in read.items() if value is not None}
    return curve.build(Svi, **values) if len(values) == len(read) else None


def _series(listed: Members, ticks: Callable[[Fraction], int]) -> list[ListedVolatility]:
    found: list[ListedVolatility] = []
    for text in listed.names():
        volatility = listed.scaled(text, to_volatility_units, RANGES["volatility"])
        try:
            strike = ticks(parse_decimal(text))
        except DecimalError:
            listed.report(text, text, DECIMAL_GRAMMAR, "write the strike in digits")
            continue
        if volatility is not None:
            made = listed.build(ListedVolatility, 0, strike, volatility)
            found += [made] if made is not None else []
    return found
