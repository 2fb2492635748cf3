"""Priced chains as plain data: exact decimal strings, in the order of the chain."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from circuits.statements.option_marks.inputs import (
    ATOMS_PER_TICK,
    DISCOUNT_FRACTION_BITS,
    RATE_BIAS,
    RATE_FRACTION_BITS,
    SECONDS_PER_YEAR,
    Market,
)
from node.quoting.chain import Chain, QuotedOption
from node.quoting.decimals import scaled_to_decimal
from node.quoting.grouping import markets_of
from node.quoting.instants import format_instant

GREEKS = ("delta", "gamma", "vega", "theta", "rho")

_ATOM_DECIMALS = len(str(ATOMS_PER_TICK)) - 1


class GreekUnit(Protocol):
    """Unit of a Greek's integer: numerator * tick^tick_power / (2^power_of_two 10^power_of_ten).

    `tick_power` is 1 for amounts of quote currency, 0 for pure numbers, -1 for gamma.
    """

    @property
    def numerator(self) -> int:
        """Factor of the unit."""

    @property
    def power_of_two(self) -> int:
        """Binary places."""

    @property
    def power_of_ten(self) -> int:
        """Decimal places besides those of the tick."""

    @property
    def tick_power(self) -> int:
        """How often the unit has the tick as a factor."""


class PricedMark(Protocol):
    """What a statement's evaluation gives for one option.

    A mark with Greeks has besides an attribute `greeks` with integers delta … rho.
    """

    @property
    def price_atoms(self) -> int:
        """Price in units of 1e-5 tick."""


Evaluate = Callable[[Market], Sequence[PricedMark]]
"""Prices the options of a market, in market order."""


def evaluate_chain(chain: Chain, evaluate: Evaluate) -> list[PricedMark]:
    """The mark of every option, in the order of the chain."""
    marks: dict[int, PricedMark] = {}
    for placed in markets_of(chain):
        found = evaluate(placed.market)
        marks.update(zip(placed.chain_indices, found, strict=True))
    return [marks[index] for index in range(len(chain.options))]


def price_report(
    chain: Chain, evaluate: Evaluate, greek_units: Mapping[str, GreekUnit] | None = None
) -> list[dict[str, Any]]:
    """What `proofmark price --json` prints: one entry for each option, in the chain's order.

    Numbers are plain decimal strings in full digits, save the whole number of seconds. Greeks are
    given where the evaluation has them; `greek_units` then says what their integers count.
    """
    marks = evaluate_chain(chain, evaluate)
    return [
        _entry(option, mark, greek_units or {})
        for option, mark in zip(chain.options, marks, strict=True)
    ]


def price_decimal(price_atoms: int, tick_exponent: int) -> str:
    """A price in quote currency."""
    return scaled_to_decimal(price_atoms, power_of_ten=tick_exponent + _ATOM_DECIMALS)


def greek_decimal(value: int, unit: GreekUnit, tick_exponent: int) -> str:
    """A Greek in its reader's unit."""
    places = unit.power_of_ten + unit.tick_power * tick_exponent
    return scaled_to_decimal(value, unit.numerator, unit.power_of_two, places)


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


def _entry(
    option: QuotedOption, mark: PricedMark, units: Mapping[str, GreekUnit]
) -> dict[str, Any]:
    exponent = option.underlying.tick_exponent
    inputs = printed_inputs(option)
    entry: dict[str, Any] = {
        "underlying": option.underlying.symbol,
        "expiry_utc": format_instant(option.expiry_unix),
        "strike": inputs["strike"],
        "option_type": "put" if option.is_put else "call",
        "price": price_decimal(mark.price_atoms, exponent),
    }
    greeks = getattr(mark, "greeks", None)
    if greeks is not None:
        for name in GREEKS:
            entry[name] = greek_decimal(getattr(greeks, name), units[name], exponent)
    entry["inputs"] = inputs
    return entry
