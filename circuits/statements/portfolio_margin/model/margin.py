"""The two margins, in whole cash atoms: products are exact until one floor.

    maintenance = floor(mm worst - add-ons + marks) + cash
    initial     = floor(im' (worst - [flag] add-ons) - [not flag] add-ons - further + marks) + cash
    im' = im + max(0, peg threshold - stable price) peg factor, half even in 1e-12

Collateral W is added by the statements: W units are whole cash atoms.
"""

from __future__ import annotations

from dataclasses import dataclass

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.values import Integer
from circuits.gadgets.division import floor_quotient, half_even_quotient
from circuits.gadgets.selection import sign
from circuits.statements.portfolio_margin.model.aggregation import Profits
from circuits.statements.portfolio_margin.model.contingencies import AddOns, Fields, Holdings
from circuits.statements.portfolio_margin.model.governed import Governed
from circuits.statements.portfolio_margin.model.scales import FACTOR_ONE, PROFIT_ONE
from circuits.statements.portfolio_margin.units import PARAMETER_ONE, SPOT_FACTOR_ONE

_PEG_BITS = 47
_MARGIN_BITS = 136


@dataclass(frozen=True)
class Margin:
    """Of one level (root), without collateral W."""

    margin: Integer  #: cash atoms, rounded down
    equity: Integer  #: 1e-4 cash atoms, exact


def margin_of(
    ar: Arithmetic,
    head: Fields,
    governed: Governed,
    holdings: Holdings,
    profits: Profits,
    add_ons: AddOns,
    initial: Integer,
) -> Margin:
    """The margin; `initial` is 1 for initial, 0 for maintenance."""
    values = governed.values
    equity = profits.mark.plus(holdings.value * SPOT_FACTOR_ONE)
    with ar.scope("margin"):
        to_factor = FACTOR_ONE // PARAMETER_ONE
        gap = sign(ar, "peg", values["peg_threshold"].minus(head["stable_price"])).positive
        lift = ar.product("lift", gap, values["peg_factor"])
        lifted = half_even_quotient(
            ar, "lifted", lift, PARAMETER_ONE * PARAMETER_ONE // FACTOR_ONE, _PEG_BITS
        )
        maintenance = values["mm_factor"] * to_factor
        raised = (values["im_factor"] * to_factor).plus(lifted).minus(maintenance)
        factor = maintenance.plus(ar.product("raised", initial, raised))
        flag = ar.product("flag", initial, values["im_scales_contingencies"])
        scaled = ar.product("scaled", flag, add_ons.maintenance)
        further = (add_ons.initial * PARAMETER_ONE).plus(add_ons.confidence)
        added = ar.product("added", initial, further)
        unit = PROFIT_ONE * FACTOR_ONE
        risk = profits.worst.minus(scaled * (PROFIT_ONE // PARAMETER_ONE))
        whole = ar.product("risk", factor, risk).minus(
            add_ons.maintenance.minus(scaled) * (unit // PARAMETER_ONE),
            added * (unit // (PARAMETER_ONE * PARAMETER_ONE)),
        )
        whole = whole.plus(equity * (unit // SPOT_FACTOR_ONE))
        floor = floor_quotient(ar, "floor", whole, unit, _MARGIN_BITS)
    return Margin(floor.plus(holdings.cash), equity.plus(holdings.cash * SPOT_FACTOR_ONE))
