"""Attacks on the division that locates d2: neighbours and false saturation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from circuits.edsl import IntegerArray, Numbers, integer_array
from circuits.functions.normal_cdf import normal_format
from circuits.profile import Profile
from circuits.statements.option_marks import distribution
from tests.circuits.ladder import Lie
from tests.circuits.lying import HALF, claim, only

_honest_divider = distribution._divider

#: (honest location, coarse v, saturation, limb width) -> claimed (coarse, limb) of d2.
Choice = Callable[[Any, IntegerArray, int, int], tuple[IntegerArray, IntegerArray]]


def dividing(name: str, choose: Choice, *extra: Any, bounded: bool = True) -> Lie:
    """Claim another d2, with the best slacks for it (`bounded`: that fit their limbs)."""

    def divider(numbers: Numbers, profile: Profile) -> Callable[..., Any]:
        limit, width = normal_format(profile).saturation, profile.limb_bits
        spare, half = profile.spare_bits, 1 << (profile.spare_bits - 1)

        def fitting(value: Any) -> IntegerArray:
            if not bounded:
                return integer_array(value)
            return integer_array([min(max(int(v), 0), (1 << spare) - 1) for v in value])

        def divide(n: IntegerArray, t: IntegerArray, high_limb: IntegerArray) -> Any:
            located = _honest_divider(numbers, profile)(n, t, high_limb)
            coarse, limb = choose(located, t, limit, width)
            w = 2 * ((t << width) + high_limb) + 1
            below = n - (w * w + 3) // 4 - ((coarse << width) + limb) * w
            above = w - 1 - below
            high, low = coarse == limit, coarse + t + 1 == -limit
            return distribution._Located(
                coarse=coarse,
                limb=limb,
                below=fitting(
                    np.where(low, above // half, np.where(high, below // (half + 1), below))
                ),
                above=fitting(
                    np.where(low, above % half // 2, np.where(high, below % (half + 1), above))
                ),
                saturated=(high | low) * 1,
            )

        return divide

    patches = ((distribution, "_divider", divider), *extra)
    return Lie(name, lambda _, arrays: arrays, patches)


def free_excess(name: str, choose: Choice, *extra: Any) -> Lie:
    """Claim another d2 with the slacks 0 and 1, and an excess that makes up for everything."""
    lie = dividing(name, choose, *extra)
    (_, _, divider), *rest = lie.patches

    def divider_of_one(numbers: Numbers, profile: Profile) -> Callable[..., Any]:
        limit, width = normal_format(profile).saturation, profile.limb_bits

        def divide(n: IntegerArray, t: IntegerArray, high_limb: IntegerArray) -> Any:
            located = divider(numbers, profile)(n, t, high_limb)
            w = 2 * ((t << width) + high_limb) + 1
            below = n - (w * w + 3) // 4 - ((located.coarse << width) + located.limb) * w
            saturated = np.where(located.coarse == limit, below, w - 2 - below)
            zero = located.limb * 0
            return replace(located, below=zero, above=zero + 1, saturated=saturated)

        return divide

    return replace(lie, patches=((distribution, "_divider", divider_of_one), *rest))


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
        *(free_excess(f"d2 {move:+} and a free excess", moved(move)) for move in (0, 1, -coarse)),
        free_excess("claim d2 = 8 and a free excess", fixed(claim_high)),
        *excesses(),
    ]


def excesses() -> list[Lie]:
    """An excess that is neither 0 nor the other slack's, and one where nothing is saturated."""

    def all_saturated(numbers: Numbers, profile: Profile) -> Callable[..., Any]:
        def divide(*args: IntegerArray) -> Any:
            located = _honest_divider(numbers, profile)(*args)
            return replace(located, saturated=located.saturated * 0 + 1)

        return divide

    return [
        *(only("option/division/excess", delta) for delta in (1, -1, 1 << 20, HALF)),
        *(
            Lie(f"excess = {value}", claim("option/division/excess", value))
            for value in (1, -1, HALF)
        ),
        Lie("every lane saturated", patches=((distribution, "_divider", all_saturated),)),
    ]
