"""Markets for the statement's tests: ordinary ones, and one for each corner that attacks like."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from circuits.statements.option_marks import GroupInputs, Market, OptionInputs, Shape

SNAPSHOT = 1_700_000_000
ONE = 1 << 44
ZERO_RATE = 1 << 26
HALF_YEAR = 15_768_000


def group(
    options: Sequence[tuple[int, int, bool]],
    *,
    forward: int = 500_000_000,
    discount: int = ONE - 12_345_678_901,
    rate: int = ZERO_RATE + 14_280_500,
    seconds: int = 2_592_000,
    snapshot: int = SNAPSHOT,
) -> GroupInputs:
    """A group of (strike, volatility, is put)."""
    inputs = tuple(OptionInputs(*option) for option in options)
    return GroupInputs(forward, discount, rate, snapshot + seconds, inputs)


def market(*groups: GroupInputs, snapshot: int = SNAPSHOT) -> Market:
    """A snapshot of groups."""
    return Market(0x1234567890ABCDEF12345678, 4, snapshot, groups)


TYPICAL = market(
    group(
        [(550_000_000, 30_000_000, False), (480_000_000, 32_500_001, True), (500_000_000, 1, True)]
    )
)
#: discount 1, two at-the-money options and one far away: fractions like this market.
UNDISCOUNTED = market(
    group(
        [(500_000_000, 40_000_000, False), (510_000_000, 40_000_000, False), (1 << 22, 5, False)],
        discount=ONE,
        rate=ZERO_RATE,
    )
)
#: every lane saturated: far in and out of the money with little volatility.
SATURATED = market(
    group([(400_000_000, 1_000, False), (700_000_000, 1_000, True), (700_000_000, 1_000, False)])
)
#: T = 0: at the money, in the money, out of the money.
EXPIRED = market(
    group(
        [(500_000_000, 30_000_000, False), (400_000_000, 0, False), (600_000_000, 7, False)],
        seconds=0,
    )
)
#: a year's half: rho is price/2, so odd prices are ties of the rounding.
TIES = market(
    group(
        [
            (500_000_000, 30_000_000, False),
            (500_000_001, 30_000_000, True),
            (1 << 29, 9_999_999, True),
        ],
        seconds=HALF_YEAR,
    )
)
#: options worth something at expiry as of now, and worth more by their volatility.
IN_THE_MONEY = market(
    group([(480_000_000, 30_000_000, False), (490_000_000, 35_000_000, False), (1 << 28, 9, False)])
)
#: the last second before expiry.
LAST_SECOND = market(
    group(
        [
            (500_000_000, 30_000_000, False),
            (500_000_500, 1, True),
            (499_999_999, 40_000_000, True),
        ],
        seconds=1,
    )
)
#: puts with a discount factor next to 2: far out of and in the money, and at it without volatility.
PUTS = market(
    group(
        [(400_000_000, 1_000, True), (700_000_000, 1_000, True), (500_000_000, 0, True)],
        discount=2 * ONE - 1,
    )
)
#: no volatility, a tick out of the money where a tick is least: prices below 0, but for clamps.
BELOW_ZERO = market(
    group(
        [((1 << 36) - 1, 0, False), ((1 << 36) - 3, 0, True), ((1 << 36) - 2, 0, True)],
        forward=(1 << 36) - 2,
        discount=2 * ONE - 1,
    )
)
#: the largest argument of N, d1 = sqrt(8^2 + 32 ln 2) where d2 = 8, for F / K = 2^16.
FARTHEST = market(
    group(
        [
            (1 << 20, 64_167_000, False),
            (1 << 20, 64_168_000, True),
            ((1 << 20) + 1, 64_168_000, False),
        ],
        forward=(1 << 36) - 1,
        seconds=31_536_000,
    )
)
#: the largest price and the largest rho, 2^56.7.
LARGEST = market(
    group(
        [((1 << 36) - 1, 1, True), ((1 << 36) - 2, (1 << 28) - 1, True), (1 << 20, 1, False)],
        forward=1 << 20,
        discount=2 * ONE - 1,
        seconds=(1 << 28) - 1,
    )
)
ADVERSE = (PUTS, BELOW_ZERO, FARTHEST, LARGEST)
CORNERS = (TYPICAL, UNDISCOUNTED, SATURATED, EXPIRED, TIES)

_STRIKES = (1 << 20, (1 << 20) + 1, (1 << 36) - 1, 1 << 35, (1 << 28) - 1, 1 << 28)
_VOLATILITIES = (0, 1, 2, 1_000, 30_000_000, (1 << 28) - 1)
_DISCOUNTS = (1, 2, ONE - 1, ONE, ONE + 1, (1 << 45) - 1)
_RATES = (0, ZERO_RATE, (1 << 28) - 1)
_SECONDS = (0, 1, 2, 3_600, 86_400, 31_536_000, (1 << 28) - 1)
_SNAPSHOTS = (0, SNAPSHOT, (1 << 39) - 1)


def random_market(rng: random.Random, shape: Shape, *, edges: bool = False) -> Market:
    """Any market in the domain; with `edges` from the corners of every input's range."""
    snapshot = rng.choice(_SNAPSHOTS) if edges else SNAPSHOT
    groups: dict[int, GroupInputs] = {}
    while len(groups) < shape.groups:
        seconds = _edge_seconds(rng) if edges else int(2 ** rng.uniform(0, 28))
        forward = rng.choice(_STRIKES) if edges else _tick(rng)
        strikes: set[int] = set()
        while len(strikes) < shape.lanes:
            strikes.add(_edge_strike(rng, forward) if edges else _tick(rng))
        groups[seconds] = group(
            [
                (
                    strike,
                    rng.choice(_VOLATILITIES) if edges else int(2 ** rng.uniform(0, 28)),
                    rng.random() < 0.5,
                )
                for strike in sorted(strikes)
            ],
            forward=forward,
            discount=rng.choice(_DISCOUNTS) if edges else int(2 ** rng.uniform(40, 45)),
            rate=rng.choice(_RATES) if edges else rng.randrange(1 << 28),
            seconds=seconds,
            snapshot=snapshot,
        )
    return market(*groups.values(), snapshot=snapshot)


def _edge_seconds(rng: random.Random) -> int:
    near = rng.choice(_SECONDS) + rng.choice((0, 0, rng.randint(-60, 60)))
    return min(max(near, 0), (1 << 28) - 1)


def _edge_strike(rng: random.Random, forward: int) -> int:
    if rng.random() < 0.5:
        return rng.choice(_STRIKES)
    return min(max(forward + rng.randint(-30, 30), 1 << 20), (1 << 36) - 1)


def _tick(rng: random.Random) -> int:
    if rng.random() < 0.5:
        return int(5e8 * 2 ** rng.uniform(-1.5, 1.5))
    return int(2 ** rng.uniform(20, 36))


def near_saturation(coarse_bits: int, *, high: bool) -> Market:
    """Options whose d1 lies around -8 (or d2 around 8), a few per unit 2^-coarse_bits."""
    forward, seconds, volatility = (1 << 36) - 1 if high else 1 << 24, 31_536_000, 20_000_000
    stddev = volatility / 5e7
    options = []
    for step in range(-5, 11):
        edge = 8 + step / 3 * 2.0**-coarse_bits * (1 if high else -1)
        log_strike = (edge + stddev / 2) * stddev
        strike = forward * math.exp(-log_strike if high else log_strike)
        options.append((round(strike), volatility, step % 2 == 0))
    return market(group(sorted(set(options)), forward=forward, seconds=seconds))
