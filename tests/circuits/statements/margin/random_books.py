"""Random books, markets and parameters for the margin model, from a seed."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from circuits.statements.portfolio_margin import (
    SHIPPED,
    Book,
    Leg,
    LinearHoldings,
    MarginMarket,
    MarginParameters,
    Slice,
    Svi,
    load_shipped,
)
from circuits.statements.portfolio_margin.admission import check_admissible
from circuits.statements.portfolio_margin.errors import SliceError

SNAPSHOT_UNIX = 1_780_000_000
HOUR = 3_600
YEAR = 31_536_000
UNIT = 1 << 40


def random_case(
    seed: int, legs: int = 12, *, averaging: bool = False
) -> tuple[Book, MarginMarket, MarginParameters]:
    """A book of up to `legs` legs, its market in the SVI form, and one of the shipped sets."""
    random = Random(seed)
    parameters = random_parameters(random)
    while True:
        market = _market(random, averaging)
        try:
            check_admissible(market, parameters)
        except SliceError:
            continue
        return random_book(random, market, legs), market, parameters


def random_parameters(random: Random) -> MarginParameters:
    """One of the shipped sets, for underlying 1."""
    found = load_shipped(random.choice(SHIPPED)).parameters
    return replace(found, underlying=1, collateral_unit=10 ** random.randrange(0, 7))


def _market(random: Random, averaging: bool) -> MarginMarket:
    spot = _spot(random)
    times = sorted(
        {
            random.choice([HOUR, 86_400, 7 * 86_400, YEAR]) * random.randrange(1, 30) // 10
            for _ in range(random.randrange(1, 7))
        }
    )
    slices = []
    for place, seconds in enumerate(max(1, t) for t in times):
        forward = spot * random.randrange(950, 1050) // 1000
        fixed = forward * random.randrange(0, 90) // 100 if averaging and place == 0 else 0
        slices.append(
            Slice(
                expiry_unix=SNAPSHOT_UNIX + seconds,
                forward_variable_ticks=forward - fixed,
                forward_fixed_ticks=fixed,
                discount=(1 << 44) - random.randrange(0, 1 << 40),
                rate_biased=(1 << 26) + random.randrange(-1 << 23, 1 << 25),
                confidence=random.choice([10**9, 10**9, random.randrange(0, 10**9)]),
                svi=_curve(random),
            )
        )
    return MarginMarket(
        underlying_id=1,
        tick_exponent=4,
        snapshot_unix=SNAPSHOT_UNIX,
        spot_ticks=spot,
        perpetual_ticks=spot * random.randrange(990, 1010) // 1000,
        stable_price=random.choice([10**9, 970_000_000]),
        spot_confidence=random.choice([10**9, random.randrange(0, 10**9)]),
        perpetual_confidence=10**9,
        collateral_1_ticks=spot,
        collateral_2_ticks=random.randrange(0, spot),
        at_the_money_volatility=25_000_000,
        slices=tuple(slices),
    )


def _spot(random: Random) -> int:
    """Mostly as listed, sometimes anywhere."""
    if random.random() < 0.2:
        return random.randrange(1 << 22, 1 << 34)
    return random.randrange(100_000_000, 1_000_000_000)


def _curve(random: Random) -> Svi:
    level = random.uniform(0.05, 1.2)
    slope = random.uniform(0, 0.3)
    return Svi(
        a=int(UNIT * level * level * 0.6),
        b=int(UNIT * slope),
        rho=int((1 << 30) * random.uniform(-0.9, 0.9)),
        m=int(UNIT * random.uniform(-0.1, 0.1)),
        s=int(UNIT * random.uniform(0.02, 0.4)) + 1,
    )


def random_book(random: Random, market: MarginMarket, legs: int) -> Book:
    """Legs near the money, some far away, many of opposite sign at one strike."""
    found: dict[int, Leg] = {}
    for _ in range(random.randrange(0, legs + 1)):
        each = random.choice(market.slices)
        width = random.choice([0.01, 0.1, 0.6])
        strike = int(each.forward_ticks * random.uniform(1 - width, 1 + width))
        strike = max(1 << 20, min(strike, (1 << 36) - 1))
        for put in random.choice([(False,), (True,), (False, True)]):
            amount = random.choice([-1, 1]) * random.randrange(1, 10 ** random.randrange(1, 9))
            leg = Leg(1, each.expiry_unix, strike, put, amount)
            if len(found) < legs:
                found[leg.key] = leg
    linear = LinearHoldings(
        random.choice([0, random.randrange(-(10**8), 10**8)]),
        random.choice([0, random.randrange(0, 10**8)]),
        random.choice([0, random.randrange(0, 10**8)]),
    )
    ordered = tuple(found[key] for key in sorted(found))
    return Book(ordered, linear, random.randrange(-(10**16), 10**16))
