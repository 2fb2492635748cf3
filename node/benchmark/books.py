"""Full books and margin markets of a seed: made up, of typical size, no secrets."""

from __future__ import annotations

from random import Random

from circuits.statements.portfolio_margin import (
    Book,
    Leg,
    LinearHoldings,
    MarginMarket,
    Slice,
    Svi,
)
from circuits.statements.portfolio_margin.units import AMOUNT_STEPS_PER_CONTRACT

_SNAPSHOT_UNIX = 1_780_000_000
_DAY = 86_400
_DAYS_TO_EXPIRY = (1, 2, 3, 7, 14, 21, 30, 45, 60, 90, 120, 150, 180, 270, 365, 540)
_ONE = 10**9
_UNIT = 1 << 40
_RHO_ONE = 1 << 30
_VOLATILITY = 25_000_000
_CASH = 10**21
"""In atoms: far more than any book here can lose, so it is covered."""


def full_market(seed: int) -> MarginMarket:
    """All 16 expiries, from a day to a year and a half, with smiles of ordinary size."""
    source = _source("market", seed)
    spot = source.randint(10**8, 10**9)
    return MarginMarket(
        underlying_id=1,
        tick_exponent=4,
        snapshot_unix=_SNAPSHOT_UNIX,
        spot_ticks=spot,
        perpetual_ticks=spot * source.randint(998, 1_002) // 1_000,
        stable_price=_ONE,
        spot_confidence=_ONE,
        perpetual_confidence=_ONE,
        collateral_1_ticks=spot,
        collateral_2_ticks=spot,
        at_the_money_volatility=_VOLATILITY,
        slices=tuple(_slice(source, spot, days) for days in _DAYS_TO_EXPIRY),
    )


def full_book(seed: int, market: MarginMarket, legs: int, underlying: int) -> Book:
    """Longs and shorts around the money, `legs` of them over all expiries, and all the rest."""
    source = _source("book", seed)
    found = []
    for place, each in enumerate(market.slices):
        here = len(range(place, legs, len(market.slices)))
        for percent in source.sample(range(70, 131), here):
            strike = each.forward_ticks * percent // 100
            is_put = bool(source.getrandbits(1))
            found.append(Leg(underlying, each.expiry_unix, strike, is_put, _amount(source)))
    held = abs(_amount(source))
    linear = LinearHoldings(_amount(source), held, held)
    return Book(tuple(sorted(found, key=lambda leg: leg.key)), linear, _CASH)


def closing_trade(seed: int, book: Book) -> Book:
    """Half of one leg is closed: the book keeps its legs, and every row changes."""
    leg = _source("trade", seed).choice(book.legs)
    change = -leg.amount // 2
    return Book((Leg(leg.underlying, leg.expiry_unix, leg.strike_ticks, leg.is_put, change),))


def _slice(source: Random, spot: int, days: int) -> Slice:
    level = source.uniform(0.35, 0.8)
    curve = Svi(
        a=int(_UNIT * level**2 * 0.7),
        b=int(_UNIT * source.uniform(0.05, 0.25)),
        rho=int(_RHO_ONE * source.uniform(-0.6, 0.2)),
        m=int(_UNIT * source.uniform(-0.05, 0.05)),
        s=int(_UNIT * source.uniform(0.1, 0.4)),
    )
    return Slice(
        expiry_unix=_SNAPSHOT_UNIX + days * _DAY,
        forward_variable_ticks=spot * (100_000 + days * source.randint(5, 15)) // 100_000,
        forward_fixed_ticks=0,
        discount=(1 << 44) - days * (1 << 31),
        rate_biased=(1 << 26) + source.randint(1 << 20, 1 << 23),
        confidence=_ONE,
        svi=curve,
    )


def _amount(source: Random) -> int:
    """A tenth of a contract to fifty, long or short."""
    return source.choice((-1, 1)) * source.randint(1, 500) * AMOUNT_STEPS_PER_CONTRACT // 10


def _source(kind: str, seed: int) -> Random:
    return Random(f"{kind} {seed}")  # noqa: S311 - typical inputs, no secrets
