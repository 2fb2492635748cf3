"""The standard normal distribution function for scenario revaluation: quadratics, error 1.4e-10.

As `normal_cdf`, with at most one fine limb: scenario rows are many, and differences of values are
charged, not the values themselves.
"""

from __future__ import annotations

from functools import cache

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.lookups import RowTable
from circuits.edsl.values import FieldElement, Integer
from circuits.functions.normal_cdf import NormalFormat, NormalValue, locate
from circuits.functions.tables import load_table
from circuits.profile import Profile


@cache
def lite_format(profile: Profile) -> NormalFormat:
    """The format of a profile; `fraction_bits` does not apply, see `lite_fraction_bits`."""
    return NormalFormat(profile, load_table("normal_lite", profile.name))


def lite_fraction_bits(profile: Profile) -> int:
    """Values without a fine part count 2^-this; with one, a limb more."""
    return lite_format(profile).table.fraction_bits


@cache
def _row_table(profile: Profile) -> RowTable:
    table = lite_format(profile).table
    return RowTable(table.name, table.tag, table.rows, indexed=True)


def normal_lite(
    ar: Arithmetic, profile: Profile, coarse: FieldElement, fine: Integer | None = None
) -> NormalValue:
    """N((coarse + fine / 2^w) / 2^coarse_bits): 5 constraints, 6 with a fine part.

    `coarse` is any claim: the lookup makes it an integer of the table's domain or refuses it.
    """
    located, taylor = locate(ar, lite_format(profile), _row_table(profile), coarse)
    if fine is None:
        return NormalValue(located, taylor[0], taylor)
    slope = ar.product("slope", taylor[1], fine)
    value = (taylor[0] * (1 << profile.limb_bits)).plus(slope)
    return NormalValue(located, value, taylor)
