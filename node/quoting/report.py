"""Priced chains as plain data: exact decimal strings, in the order of the chain.

Prices come from the statement `option_marks` read on integers: the same definition is proven, so a
quote and its proof cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from circuits.statements.option_marks import Greeks, Mark, Market, evaluate
from circuits.statements.option_marks.inputs import (
    DISCOUNT_FRACTION_BITS,
    RATE_BIAS,
    RATE_FRACTION_BITS,
    SECONDS_PER_YEAR,
)
from node.quoting.chain import Chain, QuotedOption
from node.quoting.decimals import scaled_to_decimal
from node.quoting.greek_units import ATOM_DECIMALS, GREEK_UNITS
from node.quoting.grouping import markets_of
from node.quoting.instants import format_instant

Evaluate = Callable[[Market], Sequence[Mark]]
"""Prices the options of a market, in market order."""


def evaluate_chain(chain: Chain, evaluate: Evaluate = evaluate) -> list[Mark]:
    """The mark of every option, in the order of the chain."""
    marks: dict[int, Mark] = {}
    for placed in markets_of(chain):
        marks.update(zip(placed.chain_indices, evaluate(placed.market), strict=True))
    return [marks[index] for index in range(len(chain.options))]


def price_report(chain: Chain, evaluate: Evaluate = evaluate) -> list[dict[str, Any]]:
    """What `proofmark price --json` prints: one entry for each option, in the chain's order.

    Numbers are plain decimal strings in full digits, save the whole number of seconds.
    """
    marks = evaluate_chain(chain, evaluate)
    return [_entry(option, mark) for option, mark in zip(chain.options, marks, strict=True)]


def price_decimal(price_atoms: int, tick_exponent: int) -> str:
    """A price in quote currency."""
    return scaled_to_decimal(price_atoms, power_of_ten=tick_exponent + ATOM_DECIMALS)


def greek_decimals(greeks: Greeks, tick_exponent: int) -> dict[str, str]:
    """The five Greeks in the reader's units, by name."""
    return {
        name: unit.decimal(getattr(greeks, name), tick_exponent)
        for name, unit in GREEK_UNITS.items()
    }


def printed_inputs(option: QuotedOption) -> dict[str, str | int]:
    """The inputs as quantised; the rate per year of 31,536,000 s."""
    exponent = option.underlying.tick_exponent
    return {
        "forward": scaled_to_decimal(option.forward_ticks, power_of_ten=exponent),
        "strike": scaled_to_decimal(option.strike_ticks, power_of_ten=exponent),
        "implied_volatility": scaled_to_decimal(option.volatility, 2, power_of_ten=8),
        "discount_factor": scaled_to_decimal(option.discount, power_of_two=DISCOUNT_FRACTION_BITS),
        "rate": scaled_to_decimal(
            option.rate_biased - RATE_BIAS, SECONDS_PER_YEAR, RATE_FRACTION_BITS
        ),
        "seconds_to_expiry": option.seconds_to_expiry,
        "tick": scaled_to_decimal(1, power_of_ten=exponent),
    }


def _entry(option: QuotedOption, mark: Mark) -> dict[str, Any]:
    exponent = option.underlying.tick_exponent
    inputs = printed_inputs(option)
    return {
        "underlying": option.underlying.symbol,
        "expiry_utc": format_instant(option.expiry_unix),
        "strike": inputs["strike"],
        "option_type": "put" if option.is_put else "call",
        "price": price_decimal(mark.price_atoms, exponent),
        **greek_decimals(mark.greeks, exponent),
        "inputs": inputs,
    }
