"""The exponential function on [-6, 2].

An argument is cut into row index, local coordinate and one fine limb, rounded to the nearest
coordinate; the fine part enters linearly through the slope.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.lookups import RowTable
from circuits.edsl.values import CircuitError, FieldElement, Integer
from circuits.functions.row_lookup import look_up_taylor
from circuits.functions.tables import SegmentTable, load_table
from circuits.profile import Profile

EXP_LOW = -6
EXP_HIGH = 2


@dataclass(frozen=True)
class ExpFormat:
    """Scales of the exponential function in a profile."""

    profile: Profile
    table: SegmentTable

    @property
    def argument_bits(self) -> int:
        """The argument counts 2^-argument_bits."""
        return self.table.coarse_bits + self.profile.limb_bits

    @property
    def fraction_bits(self) -> int:
        """The value counts 2^-fraction_bits."""
        return self.table.fraction_bits + self.profile.limb_bits

    @property
    def lowest(self) -> int:
        """The least argument."""
        return EXP_LOW << self.argument_bits

    @property
    def highest(self) -> int:
        """The largest argument."""
        return EXP_HIGH << self.argument_bits


@cache
def exp_format(profile: Profile) -> ExpFormat:
    """The format of a profile."""
    return ExpFormat(profile, load_table("exp", profile.name))


@cache
def _row_table(profile: Profile) -> RowTable:
    table = exp_format(profile).table
    return RowTable(table.name, table.tag, table.rows, indexed=True)


def exp(ar: Arithmetic, profile: Profile, argument: Integer) -> Integer:
    """e^(argument / 2^argument_bits) at 2^-fraction_bits, before any rounding. 9 constraints.

    The argument's interval must lie in [-6, 2]: clamp it first; CircuitError.
    The limbs and the row index (bound to the row by the lookup) are the argument's one reading, for
    it is an Integer and their sum cannot wrap.
    """
    form = exp_format(profile)
    bits = profile.limb_bits
    if argument.lo < form.lowest or argument.hi > form.highest:
        raise CircuitError(f"{ar.path}: an exponent may leave [{EXP_LOW}, {EXP_HIGH}]")
    mask, half = (1 << bits) - 1, 1 << (bits - 1)
    shifted = argument.plus(half - form.lowest)
    lanes = argument.lanes
    with ar.scope("exp"):
        fine = ar.integer_hint("fine", lanes, bits, lambda x: x & mask, shifted)
        coordinate = ar.integer_hint(
            "coordinate", lanes, bits, lambda x: (x >> bits) & mask, shifted
        )
        rest = shifted.minus(fine, coordinate * (1 << bits))
        index = FieldElement(ar, lanes, ar.exact_quotient(rest.payload, 1 << (2 * bits)))
        taylor = look_up_taylor(
            ar, _row_table(profile), coordinate, lambda x: x >> (2 * bits), shifted, index=index
        )
        slope = ar.product("slope", taylor[1], fine.minus(half))
        return (taylor[0] * (1 << bits)).plus(slope)
