"""The printed margin cases as quantised inputs: decimals -> our integers, once.

Two families, both "facts only" (tests/vectors/README.md): `grid21` (21 rows, marks undiscounted)
and `tail_skew` (regular, dampened and skew rows, its own parameter columns). Volatilities are
printed by leg, so markets have the series form. What the files do not print is chosen here:

- oracle contingencies of grid21 come as amounts: confidences in `CONFIDENCES` give them with
  threshold 0.55 and margin 0.5 (375 = 0.5 x 0.5 x 1500, and so on);
- a perpetual's entry value is in our cash: cash = printed cash - amount x mark + `UNREALISED`;
- forward contingency of grid21: shocks, addition and multiplier of `derive_like_21`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from circuits.statements.portfolio_margin import (
    Book,
    Leg,
    LinearHoldings,
    ListedVolatility,
    MarginMarket,
    MarginParameters,
    ScenarioRow,
    Slice,
    VolatilityRule,
    load_shipped,
)
from node.quoting.rounding import (
    round_half_even,
    to_discount_units,
    to_rate_units,
    to_ticks,
    to_volatility_units,
)
from tests.vectors import Row, rows

SNAPSHOT_UNIX = 1_700_000_000
UNDERLYING = 1
BILLIONTHS = 10**9

#: Least confidence by case: where it is, and its value; 1 elsewhere.
CONFIDENCES = {
    "Test4": ("slice", "0.5"),
    "Test5": ("slice", "0.1"),
    "Test8": ("slice", "0.4"),
    "Test9": ("spot", "0.1"),
}
#: Profit of the perpetual since its entry, in the cases that print a total containing one.
UNREALISED = {"Test17": "65", "Test19": "2100"}

RULES = {
    "none": VolatilityRule.NONE,
    "up": VolatilityRule.UP,
    "down": VolatilityRule.DOWN,
    "linear": VolatilityRule.LINEAR,
    "abs": VolatilityRule.ABSOLUTE,
}


@dataclass(frozen=True)
class PrintedCase:
    """Quantised inputs, and the printed results in quote currency."""

    name: str
    tick_exponent: int
    book: Book
    market: MarginMarket
    parameters: MarginParameters
    results: Row
    pnl: tuple[str, ...]


def grid21_cases() -> Iterator[PrintedCase]:
    """19 cases; ticks of 1e-7, because one strike is 1."""
    parameters = load_shipped("derive_like_21").parameters
    pnl = _by_case("margin_grid21_scenario_pnl")
    positions = _by_case("margin_grid21_positions")
    for result in rows("margin_grid21_results"):
        name = result["case"]
        own = replace(parameters, rows=tuple(map(_row, pnl[name])))
        case = _Builder(7, positions[name], result).case(name, own, pnl[name])
        yield replace(case, market=_with_confidence(case.market, name))


def tail_skew_cases() -> Iterator[PrintedCase]:
    """10 cases with their own parameters; ticks of 1e-5."""
    base = load_shipped("derive_like_33").parameters
    pnl = _by_case("margin_tail_skew_scenario_pnl")
    positions = _by_case("margin_tail_skew_positions")
    results = {row["case"]: row for row in rows("margin_tail_skew_results")}
    for columns in rows("margin_tail_skew_parameters"):
        name = columns["case"]
        own = replace(_parameters(base, columns), rows=tuple(map(_row, pnl[name])))
        heads = results[name] | {key: columns[key] for key in _HEAD_COLUMNS}
        yield _Builder(5, positions[name], heads).case(name, own, pnl[name])


_HEAD_COLUMNS = ("spot_usd", "stable_price", "cash_usd")


class _Builder:
    """One case's lines as a book and a market."""

    def __init__(self, tick_exponent: int, lines: list[Row], heads: Row) -> None:
        self.tick_exponent = tick_exponent
        self.options = [line for line in lines if line["kind"] == "option"]
        self.linear = {line["kind"]: line for line in lines if line["kind"] != "option"}
        self.heads = heads
        self.expiries = sorted({int(line["seconds_to_expiry"]) for line in self.options}) or [86400]

    def case(self, name: str, parameters: MarginParameters, pnl: list[Row]) -> PrintedCase:
        printed = tuple(row.get("pnl_usd_recomputed") or row["expected_pnl_usd"] for row in pnl)
        book = Book(self._legs(), self._holdings(), self._cash(name))
        return PrintedCase(
            name, self.tick_exponent, book, self._market(), parameters, self.heads, printed
        )

    def _legs(self) -> tuple[Leg, ...]:
        legs = (
            Leg(
                UNDERLYING,
                SNAPSHOT_UNIX + int(line["seconds_to_expiry"]),
                self._ticks(line["strike_usd"]),
                line["option_type"] == "put",
                _exact(line["amount"], 10**6),
            )
            for line in self.options
        )
        return tuple(sorted(legs, key=lambda leg: leg.key))

    def _holdings(self) -> LinearHoldings:
        amounts = {kind: _exact(line["amount"], 10**6) for kind, line in self.linear.items()}
        return LinearHoldings(amounts.get("perp", 0), amounts.get("base", 0))

    def _cash(self, name: str) -> int:
        money = Fraction(self.heads["cash_usd"]) + Fraction(UNREALISED.get(name, "0"))
        if "perp" in self.linear:
            perpetual = self.linear["perp"]
            money -= Fraction(perpetual["amount"]) * Fraction(perpetual["price_usd"])
        return _exact(str(money), 10 ** (self.tick_exponent + 6))

    def _market(self) -> MarginMarket:
        spot = self._ticks(self.heads["spot_usd"])
        price = {kind: self._ticks(line["price_usd"]) for kind, line in self.linear.items()}
        volatilities = {
            self._place(line): to_volatility_units(Fraction(line["mark_vol"]))
            for line in self.options
        } or {(0, spot): 0}
        return MarginMarket(
            underlying_id=0,
            tick_exponent=self.tick_exponent,
            snapshot_unix=SNAPSHOT_UNIX,
            spot_ticks=spot,
            perpetual_ticks=price.get("perp", 0),
            stable_price=_billionths(self.heads["stable_price"]),
            spot_confidence=BILLIONTHS,
            perpetual_confidence=BILLIONTHS,
            collateral_1_ticks=price.get("base", 0),
            collateral_2_ticks=0,
            at_the_money_volatility=0,
            slices=tuple(map(self._slice, self.expiries)),
            series=tuple(ListedVolatility(*at, v) for at, v in sorted(volatilities.items())),
        )

    def _slice(self, seconds: int) -> Slice:
        named = {int(line["seconds_to_expiry"]): line for line in self.options}
        line = named.get(seconds, {"forward_usd": self.heads["spot_usd"], "rate": "0"})
        variable = line.get("forward_variable_usd") or line["forward_usd"]
        return Slice(
            expiry_unix=SNAPSHOT_UNIX + seconds,
            forward_variable_ticks=self._ticks(variable),
            forward_fixed_ticks=self._ticks(line.get("forward_fixed_usd") or "0"),
            discount=to_discount_units(Fraction(line.get("discount") or "1")),
            rate_biased=to_rate_units(Fraction(line["rate"])),
            confidence=BILLIONTHS,
        )

    def _place(self, line: Row) -> tuple[int, int]:
        """Slice index and strike."""
        index = self.expiries.index(int(line["seconds_to_expiry"]))
        return index, self._ticks(line["strike_usd"])

    def _ticks(self, text: str) -> int:
        return to_ticks(Fraction(text), self.tick_exponent)


def _row(line: Row) -> ScenarioRow:
    return ScenarioRow(
        _exact(line["spot_shock_factor"], 10**4),
        RULES[line["vol_shock"]],
        _billionths(line.get("dampening") or "1"),
    )


def _with_confidence(market: MarginMarket, name: str) -> MarginMarket:
    place, value = CONFIDENCES.get(name, ("spot", "1"))
    if place == "spot":
        return replace(market, spot_confidence=_billionths(value))
    return replace(
        market, slices=tuple(replace(s, confidence=_billionths(value)) for s in market.slices)
    )


def _parameters(base: MarginParameters, columns: Row) -> MarginParameters:
    """Test portfolios' own columns over the shipped set; perpetual and peg are the set's."""
    scales: dict[str, Callable[[str], int]] = {
        "min_vol_up_shock": lambda text: to_volatility_units(Fraction(text)),
        "dte_floor_days": lambda text: _exact(text, 86_400),
        "basis_up": lambda text: _exact(text, 10**4),
        "basis_down": lambda text: _exact(text, 10**4),
    }
    values: dict[str, Any] = {
        field: scales.get(column, _billionths)(columns[column])
        for column, field in _COLUMNS.items()
    }
    return replace(base, **values)


_COLUMNS = {
    "vol_range_up": "range_up",
    "vol_range_down": "range_down",
    "min_vol_up_shock": "minimum_up_volatility",
    "short_term_power": "short_power",
    "long_term_power": "long_power",
    "dte_floor_days": "floor_seconds",
    "static_discount_long": "static_long_base",
    "static_discount_short": "static_short_base",
    "long_rate_mult": "static_long_multiplier",
    "long_rate_add": "static_long_addition",
    "short_rate_mult": "static_short_multiplier",
    "short_rate_add": "static_short_addition",
    "linear_cap_base": "linear_cap_base",
    "linear_c": "linear_cap_slope",
    "abs_cap_base": "absolute_cap_base",
    "abs_c": "absolute_cap_slope",
    "min_k_star": "minimum_k_star",
    "width_scale": "width_scale",
    "vol_param_static": "volatility_parameter_static",
    "vol_param_scale": "volatility_parameter_scale",
    "im_factor": "im_factor",
    "mm_factor": "mm_factor",
    "mm_option_pct": "mm_option",
    "im_option_pct": "im_option",
    "basis_up": "forward_contingency_up",
    "basis_down": "forward_contingency_down",
    "basis_add": "forward_contingency_addition",
    "basis_mult": "forward_contingency_multiplier",
}


def _by_case(name: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for line in rows(name):
        found.setdefault(line["case"], []).append(line)
    return found


def _billionths(text: str) -> int:
    return round_half_even(Fraction(text) * BILLIONTHS)


def _exact(text: str, units_per_one: int) -> int:
    value = Fraction(text) * units_per_one
    assert value.denominator == 1, text
    return int(value)
