"""From legs to rows: values of slices, profits of rows, the forward contingency, the worst of them.

H(slice, row) = (variable z + fixed 10^4) sum a first + 10^4 2^w sum a K second      exact
V = D H, rounded to nearest once, in 1e-4 cash atoms;   M = V(mark)
gain = static(V) - M, or minus its magnitude in skew rows;   static by the sign of V
profit = (sum of gains + what moves linearly (z - 1)) dampening
forward_contingency = sum over slices of min(V(up) - M, V(down) - M, 0) weight
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.group_sums import Share, sum_by_group
from circuits.edsl.values import Integer
from circuits.functions.normal_lite import lite_fraction_bits
from circuits.gadgets.equality import total
from circuits.gadgets.rounding import nearest_parts
from circuits.gadgets.selection import least, minimum, sign
from circuits.profile import Profile
from circuits.statements.portfolio_margin.model.governed import Governed
from circuits.statements.portfolio_margin.model.legs import Legs
from circuits.statements.portfolio_margin.model.lookups import Place
from circuits.statements.portfolio_margin.model.revaluation import Revalued
from circuits.statements.portfolio_margin.model.scales import DISCOUNT, STATIC, VALUE_BITS
from circuits.statements.portfolio_margin.model.slices import Slices
from circuits.statements.portfolio_margin.model.statics import Statics
from circuits.statements.portfolio_margin.units import SPOT_FACTOR_ONE

_WORST_BITS = 210


@dataclass(frozen=True)
class Values:
    """Of every slice: V by row (positive and negative part, 1e-4 cash atoms), open contracts."""

    parts: tuple[tuple[Integer, Integer], ...]
    contracts: Integer  #: sum of |amount|

    def value(self, row: int) -> Integer:
        """V of a row."""
        positive, negative = self.parts[row]
        return positive.minus(negative)


@dataclass(frozen=True)
class Profits:
    """Of every row and the forward contingency, in 1e-13 cash atoms at 2^-32 (root)."""

    rows: tuple[Integer, ...]
    forward_contingency: Integer
    worst: Integer
    mark: Integer  #: sum of marks, 1e-4 cash atoms


def value_slices(
    ar: Arithmetic,
    profile: Profile,
    slices: Slices,
    governed: Governed,
    legs: Legs,
    place: Place,
    rows: Sequence[Revalued],
) -> Values:
    """Sum legs by slice and round each value once."""
    with ar.scope("leg"):
        notional = ar.product("notional", legs.amount.value, legs.strike)
    shares = (
        Share(legs.amount.value, tuple(row.first for row in rows)),
        Share(notional, tuple(row.second for row in rows)),
        Share(None, (legs.amount.absolute,)),
    )
    first, second, sizes = sum_by_group(ar, "by_slice", place.number, shares, slices.number)
    fraction = lite_fraction_bits(profile) + profile.limb_bits
    parts = []
    for row in range(len(rows)):
        with ar.scope(f"slice/value[{row}]"):
            factor = governed.row(ar, governed.spot_factor, row)
            moved = ar.product("moved", slices.variable, factor)
            forward = moved.plus(slices.fixed * SPOT_FACTOR_ONE)
            value = ar.product("forward", forward, first[row]).plus(
                second[row] * (SPOT_FACTOR_ONE << profile.limb_bits)
            )
            discounted = ar.product("discounted", value, slices.discount)
            parts.append(nearest_parts(ar, "value", discounted, fraction + DISCOUNT, VALUE_BITS))
    return Values(tuple(parts), sizes[0])


def judge_rows(
    ar: Arithmetic, governed: Governed, statics: Statics, values: Values, linear: Integer
) -> Profits:
    """Profits of all rows, and the worst; `linear` is what moves with spot, in cash atoms."""
    mark = values.value(governed.mark)
    profits = [
        _profit(ar, governed, statics, values, linear, mark, row) for row in range(governed.rows)
    ]
    forward_contingency = _forward_contingency(ar, governed, statics, values, mark)
    with ar.scope("account"):
        worst = least(ar, "worst", [*profits, forward_contingency], _WORST_BITS)
        marked = total(ar, _wire(ar, "mark", mark), governed.root)
    return Profits(tuple(profits), forward_contingency, worst, marked)


def _profit(
    ar: Arithmetic,
    governed: Governed,
    statics: Statics,
    values: Values,
    linear: Integer,
    mark: Integer,
    row: int,
) -> Integer:
    positive, negative = values.parts[row]
    with ar.scope(f"slice/gain[{row}]"):
        shocked = ar.product("gain", positive, statics.gain).minus(
            ar.product("loss", negative, statics.loss)
        )
        gain = sign(ar, "sign", shocked.minus(mark * (1 << STATIC)))
        # A skew row takes minus the magnitude: g - 2 max(g, 0).
        is_skew = governed.row(ar, governed.is_skew, row)
        doubled = ar.product("skewed", gain.positive * 2, is_skew)
        counted = _wire(ar, "counted", gain.value.minus(doubled))
    with ar.scope(f"account/profit[{row}]"):
        moved = governed.row(ar, governed.spot_factor, row).minus(SPOT_FACTOR_ONE)
        all_slices = total(ar, counted, governed.root)
        whole = all_slices.plus(ar.product("linear", linear, moved) * (1 << STATIC))
        return ar.product("dampened", whole, governed.row(ar, governed.dampening, row))


def _forward_contingency(
    ar: Arithmetic, governed: Governed, statics: Statics, values: Values, mark: Integer
) -> Integer:
    with ar.scope("slice/forward_contingency"):
        up, down = (values.value(governed.mark + move).minus(mark) for move in (1, 2))
        lower = minimum(ar, "lower", up, down)
        loss = sign(ar, "loss", -lower).positive
        weighted = ar.product("weighted", -loss, statics.forward_contingency_weight)
    return total(ar, weighted, governed.root)


def _wire(ar: Arithmetic, name: str, value: Integer) -> Integer:
    """The value as one wire of its space, so that lanes can be read one by one."""
    return ar.product(f"{name}_wire", value, ar.constant(value.lanes, 1))
