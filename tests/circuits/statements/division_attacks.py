"""Attacks on the division that locates d2: neighbours and false saturation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from circuits.edsl import IntegerArray, Numbers, integer_array
from circuits.functions.normal_cdf import normal_format
from circuits.profile import Profile
from circuits.statements.option_marks import distribution
from tests.circuits.ladder import Lie
from tests.circuits.lying import in_limbs

_honest_divider = distribution._divider

#: (honest location, coarse v, saturation, limb width) -> claimed (coarse, limb) of d2.
Choice = Callable[[Any, IntegerArray, int, int], tuple[IntegerArray, IntegerArray]]


def dividing(name: str, choose: Choice, *extra: Any, bounded: bool = True) -> Lie:
    """Claim another d2, with the best slacks for it (`bounded`: that fit their limbs)."""

    def divider(numbers: Numbers, profile: Profile) -> Callable[..., Any]:
        limit, width = normal_format(profile).saturation, profile.limb_bits
        spare = profile.spare_bits

        def clip(value: Any, bits: int) -> IntegerArray:
            if not bounded:
                return integer_array(value)
            return integer_array([min(max(int(v), 0), (1 << bits) - 1) for v in value])

        def divide(n: IntegerArray, t: IntegerArray, high_limb: IntegerArray) -> Any:
            located = _honest_divider(numbers, profile)(n, t, high_limb)
            coarse, limb = choose(located, t, limit, width)
            w = 2 * ((t << width) + high_limb) + 1
            below = n - (w * w + 3) // 4 - ((coarse << width) + limb) * w
            above = w - 1 - below
            high, low = coarse == limit, coarse + t + 1 == -limit
            zero = integer_array([0] * len(n))
            slack = np.where(high, below, np.where(low, above, zero))
            excess = clip(slack >> spare, profile.saturation_bits)
            return distribution._Located(
                coarse=coarse,
                limb=limb,
                below=np.where(low, zero, clip(below - (excess << spare), spare)),
                above=np.where(high, zero, clip(above - (excess << spare), spare)),
                excess=excess,
            )

        return divide

    patches = ((distribution, "_divider", divider), *extra)
    return Lie(name, lambda _, arrays: arrays, patches)


def moved(by: int) -> Choice:
    """d2 off by so many fine units."""

    def choose(
        located: Any, t: IntegerArray, limit: int, width: int
    ) -> tuple[IntegerArray, IntegerArray]:
        d2: IntegerArray = (located.coarse << width) + located.limb + by
        return d2 >> width, d2 & ((1 << width) - 1)

    return choose


def fixed(value: Callable[[IntegerArray, int], IntegerArray], limb: int = 0) -> Choice:
    """d2 as a function of v and the saturation."""
    return lambda located, t, limit, _: (value(t, limit), located.limb * 0 + limb)


def claim_high(t: IntegerArray, limit: int) -> IntegerArray:
    """d2 = 8."""
    return integer_array([limit] * len(t))


def claim_low(t: IntegerArray, limit: int) -> IntegerArray:
    """d1 = -8."""
    return integer_array([-limit - v - 1 for v in t])


def quotients(profile: Profile) -> list[Lie]:
    """d2 off by fine and coarse units, and false saturation on both sides."""
    coarse = 1 << profile.limb_bits
    moves = [1, -1, 2, coarse, -coarse, 5 * coarse + 3, -1_000 * coarse]
    return [
        *(dividing(f"d2 {move:+}", moved(move)) for move in moves),
        dividing("claim d2 = 8", fixed(claim_high)),
        dividing("claim d1 = -8", fixed(claim_low)),
        dividing("claim d2 = 8 and a limb", fixed(claim_high, 5)),
        dividing("claim d1 = -8 and a limb", fixed(claim_low, 5)),
        dividing("claim d2 = 0", fixed(lambda t, _: t * 0)),
        Lie(
            "excess + 1", in_limbs("option/division/excess", profile.limb_bits, lambda v, _: v + 1)
        ),
    ]
