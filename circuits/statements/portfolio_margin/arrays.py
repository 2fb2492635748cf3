"""A book, a market and parameters as the named arrays the model reads, padded to its lanes."""

from __future__ import annotations

from circuits.statements.portfolio_margin.book import (
    AMOUNT_BIAS,
    LEG_WIDTHS,
    Book,
)
from circuits.statements.portfolio_margin.market import (
    HEAD_FIELDS,
    PRICES_FIELDS,
    SERIES_FIELDS,
    SLICE_FIELDS,
    SVI_BIASES,
    SVI_FIELDS,
    MarginMarket,
    VolatilityForm,
)
from circuits.statements.portfolio_margin.model.governed import EXTRA_ROWS
from circuits.statements.portfolio_margin.parameters import (
    PARAMETER_RANGES,
    MarginParameters,
    parameter_bias,
)
from circuits.statements.portfolio_margin.units import SPOT_FACTOR_ONE

Arrays = dict[str, list[int]]


def parameter_arrays(parameters: MarginParameters) -> Arrays:
    """Scalars, and rows with the mark and both moves of the forward contingency after them."""
    arrays = {
        f"parameter_{name}": [getattr(parameters, name) + parameter_bias(name)]
        for name in PARAMETER_RANGES
    }
    rows = parameters.rows
    extra = [
        SPOT_FACTOR_ONE,
        parameters.forward_contingency_up,
        parameters.forward_contingency_down,
    ]
    rules = [int(row.rule) for row in rows] + [0] * EXTRA_ROWS
    arrays["row_spot_factor"] = [row.spot_factor for row in rows] + extra
    arrays["row_dampening"] = [row.dampening for row in rows] + [0] * EXTRA_ROWS
    for bit in range(3):
        arrays[f"row_rule_{bit}"] = [rule >> bit & 1 for rule in rules]
    return arrays


def market_arrays(market: MarginMarket) -> Arrays:
    """Head, 16 slices, and 512 series in the series form."""
    head = (*HEAD_FIELDS, *PRICES_FIELDS)
    arrays = {f"market_{name}": [getattr(market, name)] for name in head}
    slices = market.padded_slices
    arrays["slice_seconds"] = [each.expiry_unix - market.snapshot_unix for each in slices]
    for name in SLICE_FIELDS[1:]:
        arrays[f"slice_{name}"] = [getattr(each, name) for each in slices]
    if market.form is VolatilityForm.SVI:
        for name, bias in zip(SVI_FIELDS, SVI_BIASES, strict=True):
            arrays[f"slice_{name}"] = [getattr(each.svi, name) + bias for each in slices]
        return arrays
    for name in SERIES_FIELDS:
        arrays[f"series_{name}"] = [getattr(each, name) for each in market.padded_series]
    return arrays


def book_arrays(book: Book, slots: int) -> Arrays:
    """Legs with empty slots after them, linear holdings, cash."""
    empty = [(1 << bits) - 1 for bits in LEG_WIDTHS[:-1]]
    legs = [
        (leg.underlying, leg.expiry_unix, leg.strike_ticks, int(leg.is_put), leg.amount)
        for leg in book.legs
    ]
    padded = [*legs, *[(*empty, 0)] * (slots - len(legs))]
    columns = [list(column) for column in zip(*padded, strict=True)]
    names = ("underlying", "expiry_unix", "strike_ticks", "is_put")
    arrays = {f"leg_{name}": column for name, column in zip(names, columns, strict=False)}
    arrays["leg_amount_biased"] = [amount + AMOUNT_BIAS for amount in columns[4]]
    arrays["linear_perpetual"] = [book.linear.perpetual + AMOUNT_BIAS]
    arrays["linear_collateral_1"] = [book.linear.collateral_1]
    arrays["linear_collateral_2"] = [book.linear.collateral_2]
    arrays["cash_biased"] = [book.packed_cash]
    return arrays
