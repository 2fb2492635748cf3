"""Chains to ask for."""

from __future__ import annotations

from dataclasses import replace

from node.client import Chain, Option, OptionType

OPTION = Option(
    expiry_utc="2026-05-22T08:00:00Z",
    strike="74000",
    option_type=OptionType.PUT,
    forward="77568.75",
    implied_volatility="0.4526",
    discount_factor="0.9999",
)


def chain(count: int = 2, **changes: str) -> Chain:
    options = tuple(replace(OPTION, strike=str(74000 + 500 * i)) for i in range(count))
    if changes:
        options = tuple(replace(option, **changes) for option in options)
    return Chain(underlying="BTC", valuation_utc="2026-05-21T10:04:10.269985001Z", options=options)
