"""The words of Greeks: 2 N words after the prices, where a statement proves Greeks.

One option to a word, all fields at the bottom of the word, the first the most significant::

    N words   delta + 2^41 (42) | gamma (85) | vega (56)         183 bits
    N words   theta + 2^69 (70) | magnitude of rho (71)          141 bits

====== =========================================== ==========================
Greek  unit                                        range
====== =========================================== ==========================
delta  2^-39                                       -2^41 ≤ delta < 2^41
gamma  2^-67 per tick                              0 ≤ gamma < 2^85
vega   price atoms per 1.00 of volatility          0 ≤ vega < 2^56
theta  price atoms per day                         -2^69 ≤ theta < 2^69
rho    price atoms per 1.00 of rate, never above 0 -2^71 < rho ≤ 0
====== =========================================== ==========================

Lanes of padding repeat the words of the option they repeat.
"""

from __future__ import annotations

from collections.abc import Sequence

from circuits.statements.option_marks.greeks import (
    DELTA_BIAS,
    DELTA_BITS,
    GAMMA_BITS,
    RHO_BITS,
    THETA_BIAS,
    THETA_BITS,
    VEGA_BITS,
)
from circuits.statements.option_marks.marks import Greeks
from circuits.statements.packing import pack, unpack_lanes, without_padding
from circuits.statements.ranges import Range, RangeError

GREEK_WORDS_PER_OPTION = 2

_SPOT = (DELTA_BITS, GAMMA_BITS, VEGA_BITS)
_TIME = (THETA_BITS, RHO_BITS)

GREEK_RANGES: dict[str, Range] = {
    "delta": Range(-DELTA_BIAS, DELTA_BIAS - 1, "units of 2^-39"),
    "gamma": Range(0, (1 << GAMMA_BITS) - 1, "units of 2^-67 per tick"),
    "vega": Range(0, (1 << VEGA_BITS) - 1, "price atoms per 1.00 of volatility"),
    "theta": Range(-THETA_BIAS, THETA_BIAS - 1, "price atoms per day"),
    "rho": Range(1 - (1 << RHO_BITS), 0, "price atoms per 1.00 of rate"),
}
"""The integers that the words can hold, by Greek."""


def pack_greeks(greeks: Sequence[Greeks], sources: Sequence[int]) -> tuple[int, ...]:
    """The words of Greeks; `sources[lane]` is the option that a lane shows. RangeError."""
    for each in greeks:
        for name, allowed in GREEK_RANGES.items():
            if getattr(each, name) not in allowed:
                raise RangeError(name, getattr(each, name), allowed)
    spot = [pack(_SPOT, (each.delta + DELTA_BIAS, each.gamma, each.vega)) for each in greeks]
    time = [pack(_TIME, (each.theta + THETA_BIAS, -each.rho)) for each in greeks]
    return (*(spot[source] for source in sources), *(time[source] for source in sources))


def unpack_greeks(words: Sequence[int], start: int, sources: Sequence[int]) -> tuple[Greeks, ...]:
    """Greeks by option from untrusted words, from words[start] on; WordError."""
    lanes = len(sources)
    spot, time = (
        without_padding(
            unpack_lanes(words, first, widths, 1, lanes), sources, first, 1, "Greek fields"
        )
        for first, widths in ((start, _SPOT), (start + lanes, _TIME))
    )
    return tuple(
        Greeks(delta - DELTA_BIAS, gamma, vega, theta - THETA_BIAS, -rho)
        for (delta, gamma, vega), (theta, rho) in zip(spot, time, strict=True)
    )
