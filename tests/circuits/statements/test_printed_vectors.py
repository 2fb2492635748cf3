"""The model against printed prices: their tolerance, our bar, and what quantising the inputs moves.

A printed row is quantised as the product does it: ticks so that the forward lies in [10^8, 10^9),
every input rounded once to nearest.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from circuits.statements.option_marks.inputs import GroupInputs, Market, OptionInputs
from circuits.statements.option_marks.statement import evaluate
from tests import oracle
from tests.circuits.accuracy import SNAPSHOT_UNIX, quantised_options
from tests.oracle import mp
from tests.vectors import Row, last_place, number, rows, vollib_place


@dataclass(frozen=True)
class Printed:
    """An option at printed inputs, its printed price and how far that may be from the truth."""

    forward: Any
    strike: Any
    rate: Any
    years: Any
    volatility: Any
    is_put: bool
    price: Any
    tolerance: Any


def spot_row(row: Row, kind: str, price: str, tolerance: Any) -> Printed:
    spot, strike, rate, years, volatility = (
        number(row[column]) for column in ("spot", "strike", "rate", "years", "volatility")
    )
    carry = rate - number(row.get("dividend_yield", "0"))
    forward = spot * mp.exp(carry * years)
    return Printed(
        forward, strike, rate, years, volatility, kind == "put", number(price), tolerance
    )


def haug() -> Iterator[Printed]:
    for row in rows("haug_prices"):
        places = 1 if row["note"].startswith("erratum") else mp.mpf(1) / 2
        yield spot_row(row, row["option_type"], row["price"], last_place(row["price"]) * places)


def hull() -> Iterator[Printed]:
    for row in rows("hull_examples"):
        if row["quantity"] == "price":
            spot = row | {"spot": row["underlying"]}
            yield spot_row(spot, row["option_type"], row["value"], last_place(row["value"]) / 2)


def vollib() -> Iterator[Printed]:
    for row in rows("vollib_grid"):
        for kind in ("call", "put"):
            price = row[f"{kind}_price"]
            yield spot_row(row, kind, price, vollib_place(price) / 2)


def strata() -> Iterator[Printed]:
    for row in rows("strata_black76"):
        forward, strike, years, volatility, price = map(number, row.values())
        tolerance = price * mp.mpf("1e-13")
        yield Printed(forward, strike, mp.zero, years, volatility, False, price, tolerance)


def quantise(row: Printed) -> tuple[Market, Any]:
    """The row as a market, and the size of its tick."""
    exponent = 8 - int(mp.floor(mp.log10(row.forward)))
    tick = mp.mpf(10) ** -exponent
    discount = mp.exp(-row.rate * row.years)
    seconds = int(mp.nint(row.years * oracle.YEAR_SECONDS))
    group = GroupInputs(
        forward_ticks=int(mp.nint(row.forward / tick)),
        discount=int(mp.nint(mp.ldexp(discount, oracle.DISCOUNT_BITS))),
        rate_biased=oracle.RATE_BIAS
        + int(mp.nint(mp.ldexp(row.rate, oracle.RATE_BITS) / oracle.YEAR_SECONDS)),
        expiry_unix=SNAPSHOT_UNIX + seconds,
        options=(
            OptionInputs(
                strike_ticks=int(mp.nint(row.strike / tick)),
                volatility=int(mp.nint(row.volatility / oracle.VOLATILITY_UNIT)),
                is_put=row.is_put,
            ),
        ),
    )
    return Market(1, exponent, SNAPSHOT_UNIX, (group,)), tick


def quantisation(option: oracle.QuantisedOption, value: oracle.Valuation) -> Any:
    """How far half a unit of every input can move the price, in ticks, to first order."""
    discount = option.discount_factor
    by_strike = abs(value.price - option.forward_ticks * value.delta) / option.strike_ticks
    volatility = option.volatility * oracle.VOLATILITY_UNIT
    by_second = value.vega * volatility / (2 * max(option.seconds, 1))
    return (
        abs(value.delta) / 2
        + by_strike / 2
        + value.vega * oracle.VOLATILITY_UNIT / 2
        + by_second / 2
        + value.price / discount * mp.ldexp(1, -oracle.DISCOUNT_BITS - 1)
    )


@pytest.mark.parametrize("source", [haug, hull, vollib, strata], ids=lambda s: s.__name__)
def test_model_agrees_with_printed_prices(source: Any) -> None:
    for row in source():
        market, tick = quantise(row)
        (option,) = quantised_options(market)
        (mark,) = evaluate(market)
        value = oracle.value_quantised(option)
        scale = max(option.forward_ticks, option.strike_ticks)
        bar = mp.mpf("0.5e-5") + mp.mpf("5e-13") * scale
        allowed = row.tolerance / tick + bar + quantisation(option, value) * mp.mpf("1.001")
        ours = mp.mpf(mark.price_atoms) / oracle.ATOMS_PER_TICK
        assert abs(ours - row.price / tick) <= allowed, row
