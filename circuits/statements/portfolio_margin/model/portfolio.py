"""The whole model: from the fields of a book, a market and parameters to margins."""

from __future__ import annotations

from dataclasses import dataclass

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.lanes import Lanes
from circuits.edsl.values import FieldElement, Integer
from circuits.gadgets.equality import pick_any
from circuits.profile import Profile
from circuits.statements.portfolio_margin.market import VolatilityForm
from circuits.statements.portfolio_margin.model.aggregation import (
    Profits,
    judge_rows,
    value_slices,
)
from circuits.statements.portfolio_margin.model.attested import Attested, attest
from circuits.statements.portfolio_margin.model.contingencies import (
    AddOns,
    Holdings,
    charge,
    read_holdings,
)
from circuits.statements.portfolio_margin.model.governed import Governed, govern
from circuits.statements.portfolio_margin.model.legs import Legs, naked_shorts, read_legs
from circuits.statements.portfolio_margin.model.logarithm import floor_log
from circuits.statements.portfolio_margin.model.lookups import Place, find_slices
from circuits.statements.portfolio_margin.model.margin import Margin, margin_of
from circuits.statements.portfolio_margin.model.revaluation import (
    Revalued,
    choose_level,
    revalue,
)
from circuits.statements.portfolio_margin.model.rows import Moves, move_rows
from circuits.statements.portfolio_margin.model.series import (
    Series,
    attest_series,
    listed_volatility,
)
from circuits.statements.portfolio_margin.model.shocks import share_shocks
from circuits.statements.portfolio_margin.model.slices import Slices, attest_slices
from circuits.statements.portfolio_margin.model.statics import share_statics
from circuits.statements.portfolio_margin.model.volatility import (
    offer_levels,
    volatility_from_curve,
)


@dataclass(frozen=True)
class Portfolio:
    """Everything the statements speak of."""

    root: Lanes
    governed: Governed
    market: Attested
    slices: Slices
    series: Series | None
    legs: Legs
    holdings: Holdings
    profits: Profits
    add_ons: AddOns

    def market_elements(self, ar: Arithmetic) -> list[FieldElement]:
        """The market's elements in the listing's order (root)."""
        elements: list[FieldElement] = [*self.market.elements]
        for slice_number in range(self.slices.lanes.count):
            for element in self.slices.elements:
                elements.append(pick_any(ar, element, self.root, slice_number))
        if self.series is not None:
            words = self.series.elements
            elements += [pick_any(ar, words, self.root, i) for i in range(words.lanes.count)]
        return elements

    def margin(self, ar: Arithmetic, initial: Integer) -> Margin:
        """The margin of one level: `initial` is a bit."""
        head = self.market.values
        return margin_of(
            ar, head, self.governed, self.holdings, self.profits, self.add_ons, initial
        )


def define_portfolio(
    ar: Arithmetic, profile: Profile, slots: int, rows: int, form: VolatilityForm
) -> Portfolio:
    """The model for `slots` legs and `rows` scenario rows."""
    root = ar.lanes("account", 1)
    governed = govern(ar, root, rows)
    market = attest(ar, root, form)
    head = market.values
    slices = attest_slices(ar, root, head["snapshot_unix"], form)
    series = attest_series(ar, root) if form is VolatilityForm.SERIES else None
    shocks = share_shocks(ar, profile, slices, governed)
    statics = share_statics(ar, profile, slices, governed)
    moves = move_rows(ar, profile, slices, governed)
    legs = read_legs(ar, root, slots, governed.values["underlying"])
    listed = None if series is None else series.index
    place = find_slices(ar, slices, shocks, legs, listed)
    revalued = _revalue_legs(ar, profile, governed, moves, legs, place, series)
    values = value_slices(ar, profile, slices, governed, legs, place, revalued)
    holdings = read_holdings(ar, root, head, governed)
    profits = judge_rows(ar, governed, statics, values, holdings.moving)
    naked = naked_shorts(ar, root, legs)
    add_ons = charge(ar, head, governed, slices, holdings, naked, values.contracts)
    return Portfolio(root, governed, market, slices, series, legs, holdings, profits, add_ons)


def _revalue_legs(
    ar: Arithmetic,
    profile: Profile,
    governed: Governed,
    moves: Moves,
    legs: Legs,
    place: Place,
    series: Series | None,
) -> list[Revalued]:
    with ar.scope("leg"):
        log_strike = floor_log(ar, profile, "strike", legs.strike)
        moneyness = place.log_forward.minus(log_strike)
        if place.curve is not None:
            sigma = volatility_from_curve(ar, place.curve, -moneyness)
        elif series is not None:
            sigma = listed_volatility(ar, series, legs, place)
        else:
            raise ValueError("a market has a curve for each slice, or listed series")
        levels = offer_levels(ar, profile, governed, place, legs.key, -moneyness, sigma)
        scaled = levels.key
        rows = []
        for row, (spot, averaging) in enumerate(zip(moves.spot, moves.averaging, strict=True)):
            with ar.scope(f"row[{row}]"):
                rule = governed.row(ar, governed.rule, row)
                level = choose_level(ar, legs.lanes, scaled, rule, levels.cut)
                own = ar.product("averaging", place.is_first, averaging)
                moved = moneyness.plus(spot, own)
                rows.append(revalue(ar, profile, moved, level, legs.is_put))
    return rows
