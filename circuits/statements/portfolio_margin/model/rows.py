"""The scenario rows' spot factors as logarithms, and what averaging changes for the first slice.

ln(F z / K) = ln(F / K) + ln z, except where part of the forward is fixed already: the first slice's
ratio (variable z + fixed) / F is rounded to q in 2^-20 of 1e-4 (half even, exactly z where nothing
is fixed), and ln q takes the place of ln z.
"""

from __future__ import annotations

from dataclasses import dataclass

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.values import Integer
from circuits.gadgets.division import half_even_quotient
from circuits.gadgets.equality import pick
from circuits.profile import Profile
from circuits.statements.portfolio_margin.model.governed import Governed
from circuits.statements.portfolio_margin.model.logarithm import floor_log
from circuits.statements.portfolio_margin.model.slices import Slices
from circuits.statements.portfolio_margin.units import SPOT_FACTOR_ONE

_RATIO_FRACTION = 20
_RATIO_BITS = 37


@dataclass(frozen=True)
class Moves:
    """Logarithms by row in the root space, all relative to the mark, at 2^-45."""

    spot: tuple[Integer, ...]  #: ln z
    averaging: tuple[Integer, ...]  #: what a leg of the first slice adds


def move_rows(ar: Arithmetic, profile: Profile, slices: Slices, governed: Governed) -> Moves:
    """ln z of all rows, and the first slice's own."""
    factor, root = governed.spot_factor, governed.root
    variable = pick(ar, slices.variable, root, 0)
    fixed = pick(ar, slices.fixed, root, 0)
    with ar.scope("row"):
        log = floor_log(ar, profile, "spot", factor * (1 << _RATIO_FRACTION))
        moved = ar.product("moved", factor, variable).plus(fixed * SPOT_FACTOR_ONE)
        forward = pick(ar, slices.forward, root, 0)
        ratio = half_even_quotient(
            ar, "ratio", moved * (1 << _RATIO_FRACTION), forward, _RATIO_BITS
        )
        own = floor_log(ar, profile, "averaged", ratio)
    spot = _relative(ar, log, governed)
    averaged = _relative(ar, own, governed)
    return Moves(spot, tuple(a.minus(z) for a, z in zip(averaged, spot, strict=True)))


def _relative(ar: Arithmetic, log: Integer, governed: Governed) -> tuple[Integer, ...]:
    mark = governed.row(ar, log, governed.mark)
    rows = range(log.lanes.count)
    return tuple(governed.row(ar, log, row).minus(mark) for row in rows)
