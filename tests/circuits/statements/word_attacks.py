"""Attacks on packed words: two fields change so that their sum, the public word, does not."""

from __future__ import annotations

import numpy as np

from circuits.edsl import Liar
from circuits.gadgets import division as division_module
from circuits.profile import Profile
from tests.circuits.ladder import Lie
from tests.circuits.lying import HALF, both, in_limbs, shift

_honest_half_even = division_module._half_even

#: A lying prover does not stop at a zero divisor.
UNDIVIDED_BY_ZERO = (
    division_module,
    "_half_even",
    lambda numbers, n, d: _honest_half_even(numbers, n, np.where(d == 0, 1, d)),
)

#: field -> (path of its limbs, or of its single wire where limbs are none)
_PATHS = {
    "forward": "group/inputs/forward",
    "discount": "group/inputs/discount",
    "rate": "group/inputs/rate",
    "seconds": "group/inputs/seconds",
    "strike": "option/inputs/strike",
    "volatility": "option/inputs/volatility",
    "is_put": "option/inputs/is_put",
    "underlying": "words/underlying",
    "tick": "words/tick_exponent",
    "snapshot": "words/snapshot",
    "options": "words/options",
    "price": "option/price/price_positive",
    "vega": "option/vega",
    "gamma": "option/gamma/half",
    "delta": "option/delta",
    "theta": "option/theta",
    "rho": "option/rho/half",
}
_ALL = -1

#: name -> changes (field, delta, lane) that leave every word as it was.
_CARRIES: dict[str, tuple[tuple[str, int, int], ...]] = {
    "snapshot + 2^40 under the tick exponent, T below the rate": (
        ("snapshot", 1 << 40, _ALL),
        ("tick", -1, _ALL),
        ("rate", -1, _ALL),
    ),
    "snapshot a second later, options below it, T shorter": (
        ("snapshot", 1, _ALL),
        ("options", -(1 << 16), _ALL),
        ("seconds", -1, _ALL),
    ),
    "T + 2^40, rate - 1": (("seconds", 1 << 40, _ALL), ("rate", -1, _ALL)),
    "T - 2^40, rate + 1": (("seconds", -(1 << 40), _ALL), ("rate", 1, _ALL)),
    "rate + 2^28, discount - 1": (("rate", 1 << 28, _ALL), ("discount", -1, _ALL)),
    "rate - 2^28, discount + 1": (("rate", -(1 << 28), _ALL), ("discount", 1, _ALL)),
    "discount + 2^46, forward - 1": (("discount", 1 << 46, _ALL), ("forward", -1, _ALL)),
    "discount - 2^46, forward + 1": (("discount", -(1 << 46), _ALL), ("forward", 1, _ALL)),
    "volatility + 2^28, strike - 1": (("volatility", 1 << 28, 1), ("strike", -1, 1)),
    "volatility - 2^28, strike + 1": (("volatility", -(1 << 28), 1), ("strike", 1, 1)),
    "half a put, volatility - 1/4": (("is_put", HALF, 1), ("volatility", -HALF * HALF, 1)),
    "a put for a strike": (("is_put", 1 << 29, 1), ("strike", -1, 1)),
    "a put less, the next strike + 2^36": (("is_put", -1, 1), ("strike", 1 << 36, 2)),
    "a put and half a volatility, the next strike": (
        ("is_put", 1, 0),
        ("volatility", -1, 0),
        ("strike", 1 << 36, 1),
    ),
    "puts of two options": (("is_put", -1, 0), ("is_put", 1 << 65, 1)),
    "strike + 2^36 under the volatility before": (("strike", 1 << 37, 1), ("volatility", -1, 0)),
    "strike + 2^65 under the strike before": (("strike", 1 << 65, 1), ("strike", -1, 0)),
    "tick exponent + 2^8, underlying - 1": (("tick", 1 << 8, _ALL), ("underlying", -1, _ALL)),
    "options + 2^16, snapshot - 1, T longer": (
        ("options", 1 << 16, _ALL),
        ("snapshot", -1, _ALL),
        ("seconds", 1, _ALL),
    ),
    "price + 2^56 under the price before": (("price", 1 << 56, 1), ("price", -1, 0)),
    "vega + 2^56, gamma - 2": (("vega", 1 << 57, _ALL), ("gamma", -1, _ALL)),
    "gamma + 2^85, delta - 1": (("gamma", 1 << 84, _ALL), ("delta", -1, _ALL)),
    "rho + 2^71, theta - 1": (("rho", 1 << 70, _ALL), ("theta", -1, _ALL)),
}


def carry(profile: Profile, *changes: tuple[str, int, int]) -> Liar:
    """Add to fields, in one lane or in all of them."""
    return both(*(_add(profile, *change) for change in changes))


def _add(profile: Profile, field: str, delta: int, lane: int) -> Liar:
    def change(value: int, at: int) -> int:
        return value + delta if lane in (_ALL, at) else value

    return in_limbs(_PATHS[field], profile.limb_bits, change)


def carries(profile: Profile) -> list[Lie]:
    """Overflows of one field into its neighbour."""
    lies = [
        Lie(name, carry(profile, *changes), (UNDIVIDED_BY_ZERO,))
        for name, changes in _CARRIES.items()
    ]
    puts = both(carry(profile, ("volatility", 1, _ALL)), shift("option/inputs/is_put", -2))
    return [*lies, Lie("is_put - 2, volatility + 1", puts)]


#: Fields whose wires nothing but words reads (without Greeks): changing them is another market.
FREE_FIELDS = ("underlying", "tick", "options")


def honest_changes(profile: Profile) -> list[Lie]:
    """One unit on fields that only the words read: true of another market."""
    return [Lie(f"{field} + 1", carry(profile, (field, 1, _ALL))) for field in FREE_FIELDS]
