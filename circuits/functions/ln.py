"""The natural logarithm of a whole number of ticks.

The table has a row for each segment of each octave. Normalisation rides in the same row: with
kappa = 2^110 a row is  kappa * X_j(u) + P_j(u), where X_j(u) is the argument the row stands for, so

    y = (row value) - kappa * (claimed argument)

is the logarithm exactly when the right row was used. Any other row leaves a non-zero multiple of
kappa in y; that is why every logarithm needs one check of its own that bounds it (`ln_unchecked`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.lookups import RowTable
from circuits.edsl.numbers import LaneVector, Numbers
from circuits.edsl.values import Integer
from circuits.functions.row_lookup import look_up_taylor
from circuits.functions.tables import SegmentTable, load_table
from circuits.profile import Profile

KAPPA_BITS = 110
OCTAVE_FLOOR_BITS = 20
TICK_BITS = 36


@dataclass(frozen=True)
class LnFormat:
    """Scales of the logarithm in a profile."""

    profile: Profile
    table: SegmentTable

    @property
    def fine_bits(self) -> int:
        """Bits of the argument below the local coordinate."""
        return self.profile.ln_fine_limbs * self.profile.limb_bits

    @property
    def mantissa_bits(self) -> int:
        """A normalised argument lies in [2^m, 2^(m + 1))."""
        return self.table.coarse_bits + self.fine_bits

    @property
    def fraction_bits(self) -> int:
        """ln is an integer multiple of 2^-fraction_bits."""
        return self.table.fraction_bits + self.fine_bits

    @property
    def value_bits(self) -> int:
        """ln(K / 2^20) < 16 ln 2 < 2^4."""
        return self.fraction_bits + 4


@cache
def ln_format(profile: Profile) -> LnFormat:
    """The format of a profile."""
    return LnFormat(profile, load_table("ln", profile.name))


@cache
def _packed_table(profile: Profile) -> RowTable:
    """Rows kappa * X_j + P_j."""
    form = ln_format(profile)
    segments = 1 << form.table.segment_bits
    rows = []
    for index, row in enumerate(form.table.rows):
        octave, segment = divmod(index, segments)
        scale = 1 << (KAPPA_BITS + octave)
        start = (segments + segment) << (profile.limb_bits + form.fine_bits)
        rows.append((row[0] + scale * start, row[1] + (scale << form.fine_bits), *row[2:]))
    return RowTable(form.table.name, form.table.tag, tuple(rows), indexed=False)


def ln_unchecked(ar: Arithmetic, profile: Profile, value: Integer) -> Integer:
    """ln(value / 2^20) at 2^-fraction_bits, for a range-checked value in [2^20, 2^36).

    The duty left: bound the result, alone, to less than kappa * 2^fine_bits in width. Outside
    [2^20, 2^36) no row fits, so the same check refuses such a value.
    """
    form = ln_format(profile)
    table = _packed_table(profile)
    lanes = value.lanes
    split = ar.compute(lanes, lambda values: _split(ar.numbers, form, values), value)
    with ar.scope("ln"):
        coordinate = ar.integer_hint("coordinate", lanes, profile.limb_bits, lambda: split[1])
        fine = ar.integer_hint("fine", lanes, form.fine_bits, lambda: split[2])
        taylor = look_up_taylor(ar, table, coordinate, lambda: split[0], index=None)
        slope = ar.product("slope", taylor[1], fine)
        argument = value * (1 << (form.mantissa_bits - OCTAVE_FLOOR_BITS))
        kappa = 1 << (KAPPA_BITS + form.fine_bits)
        return (taylor[0] * (1 << form.fine_bits)).plus(slope, -(argument * kappa))


def _split(
    numbers: Numbers, form: LnFormat, values: LaneVector
) -> tuple[LaneVector, LaneVector, LaneVector]:
    """Row, local coordinate and fine part of each value."""
    local_bits = form.profile.limb_bits + form.fine_bits
    segments = 1 << form.table.segment_bits
    octaves = numbers.clip(numbers.bit_lengths(values) - 1, OCTAVE_FLOOR_BITS, TICK_BITS - 1)
    mantissas = values << (form.mantissa_bits - octaves)
    locals_ = mantissas & ((1 << local_bits) - 1)
    rows = (octaves - OCTAVE_FLOOR_BITS) * segments + (mantissas >> local_bits) % segments
    return rows, locals_ >> form.fine_bits, locals_ & ((1 << form.fine_bits) - 1)
