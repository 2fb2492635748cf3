"""Profiles: how wide a limb is, and every width that follows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Profile:
    """Widths of one family of circuits. All bit counts are multiples of `limb_bits`.

    limb_bits            w: the range table is [0, 2^w)
    stddev_limbs         limbs of total standard deviation below its coarse part
    ln_fine_limbs        limbs of the logarithm's argument below the table's local coordinate
    root_bits            sqrt(time) and its two slacks
    spare_bits           the division's slacks: above the divisor's width, half of |ln(F/K)|'s
    served               whether the product may make and take keys of this profile
    """

    name: str
    limb_bits: int
    stddev_limbs: int
    ln_fine_limbs: int
    root_bits: int
    spare_bits: int
    served: bool

    @property
    def stddev_drop_bits(self) -> int:
        """Bits of total standard deviation below its coarse part."""
        return self.stddev_limbs * self.limb_bits

    def whole_limbs(self, bits: int) -> int:
        """The least multiple of `limb_bits` that is no less: a check that wide is cheapest."""
        return -(-bits // self.limb_bits) * self.limb_bits


R14 = Profile(
    name="R14",
    limb_bits=14,
    stddev_limbs=4,
    ln_fine_limbs=1,
    root_bits=56,
    spare_bits=42,
    served=True,
)

#: A test profile: small enough for the reference engine, accurate to about 1e-3, never served.
R6 = Profile(
    name="R6",
    limb_bits=6,
    stddev_limbs=8,
    ln_fine_limbs=5,
    root_bits=36,
    spare_bits=24,
    served=False,
)

PROFILES = {profile.name: profile for profile in (R14, R6)}
"""Every profile by its name, which is how keys and stored jobs speak of it."""
