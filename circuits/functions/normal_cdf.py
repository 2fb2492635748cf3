"""The standard normal distribution function.

Arguments come in two parts: a coarse one in units of 2^-coarse_bits, which the lookup decomposes
into row index and local coordinate (and so proves to be an integer in the table's domain), and a
fine one that enters linearly through the slope.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.lookups import RowTable
from circuits.edsl.values import FieldElement, Integer, Quotient
from circuits.functions.row_lookup import look_up_taylor
from circuits.functions.tables import SegmentTable, load_table
from circuits.profile import Profile


@dataclass(frozen=True)
class NormalFormat:
    """Scales of the distribution function in a profile."""

    profile: Profile
    table: SegmentTable

    @property
    def coarse_bits(self) -> int:
        """The coarse argument counts 2^-coarse_bits."""
        return self.table.coarse_bits

    @property
    def fraction_bits(self) -> int:
        """The value counts 2^-fraction_bits."""
        return self.table.fraction_bits + 2 * self.profile.limb_bits

    @property
    def saturation(self) -> int:
        """Minus the first coarse argument of the table; from here on the value is 0 or 1."""
        return -self.table.first_segment << self.profile.limb_bits

    @property
    def coarse_values(self) -> int:
        """How many coarse arguments the table has."""
        return len(self.table.rows) << self.profile.limb_bits


@dataclass(frozen=True)
class NormalValue:
    """N(x) with what its row gives for free: the argument as an Integer and the derivatives."""

    coarse: Integer
    value: Integer
    taylor: tuple[Integer, ...]


@cache
def normal_format(profile: Profile) -> NormalFormat:
    """The format of a profile."""
    return NormalFormat(profile, load_table("normal_cdf", profile.name))


@cache
def _row_table(profile: Profile) -> RowTable:
    table = normal_format(profile).table
    return RowTable(table.name, table.tag, table.rows, indexed=True)


def normal_cdf(
    ar: Arithmetic, profile: Profile, coarse: FieldElement | Quotient, fine: Integer
) -> NormalValue:
    """N((coarse + fine / 2^(2w)) / 2^coarse_bits) at 2^-fraction_bits. 7 constraints.

    `coarse` may be an unchecked quotient: the decomposition discharges it.
    """
    form = normal_format(profile)
    claim = coarse.discharge(form.coarse_values) if isinstance(coarse, Quotient) else coarse
    located, taylor = locate(ar, form, _row_table(profile), claim)
    slope = ar.product("slope", taylor[1], fine)
    value = (taylor[0] * (1 << (2 * profile.limb_bits))).plus(slope)
    return NormalValue(located, value, taylor)


def locate(
    ar: Arithmetic, form: NormalFormat, table: RowTable, claim: FieldElement
) -> tuple[Integer, tuple[Integer, ...]]:
    """The claimed coarse argument as an Integer of the table's domain, and its row there."""
    bits = form.profile.limb_bits
    shifted = claim + form.saturation
    coordinate = ar.integer_hint(
        "coordinate", claim.lanes, bits, lambda c: c & ((1 << bits) - 1), shifted
    )
    rest = shifted - coordinate
    index = FieldElement(ar, claim.lanes, ar.exact_quotient(rest.payload, 1 << bits))
    taylor = look_up_taylor(ar, table, coordinate, lambda c: c >> bits, shifted, index=index)
    lowest = -form.saturation
    located = Integer(
        ar, claim.lanes, claim.payload, False, lo=lowest, hi=lowest + form.coarse_values - 1
    )
    return located, taylor
