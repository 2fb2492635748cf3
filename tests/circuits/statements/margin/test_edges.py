"""Every in-domain margin is provable: the edges of every input, all at once."""

from __future__ import annotations

from dataclasses import replace
from math import isqrt

import pytest

from circuits.edsl import IntegerArithmetic
from circuits.edsl.python_numbers import PythonNumbers
from circuits.profile import R14
from circuits.statements.portfolio_margin import (
    Book,
    Leg,
    LinearHoldings,
    MarginMarket,
    MarginParameters,
    ScenarioRow,
    Svi,
    VolatilityRule,
    load_shipped,
)
from circuits.statements.portfolio_margin.errors import SliceError
from circuits.statements.portfolio_margin.model.lookups import Curve
from circuits.statements.portfolio_margin.model.volatility import volatility_from_curve
from circuits.statements.portfolio_margin.parameters import PARAMETER_RANGES
from circuits.statements.portfolio_margin.quote import quote_margin
from circuits.statements.portfolio_margin.units import LEAVES
from tests.circuits.statements.margin.examples import market

AMOUNT = (1 << 63) - 1
TICKS = (1 << 36) - 1
DAMPENING = (1 << 34) - 1
#: What admission bounds further: volatility must stay in the model's domain.
BOUNDED = {
    "underlying",
    "range_up",
    "minimum_up_volatility",
    "floor_seconds",
    *(f"{rule}_cap_{part}" for rule in ("linear", "absolute") for part in ("base", "slope")),
}


def largest_parameters() -> MarginParameters:
    """Every parameter at the end of its range, rows of every rule at every edge of spot."""
    rules = VolatilityRule
    rows = [
        ScenarioRow(z, rule, DAMPENING)
        for z in (1, 10_000, 65_535)
        for rule in (rules.NONE, rules.UP, rules.DOWN)
    ]
    rows += [ScenarioRow(10_000, rule, DAMPENING) for rule in (rules.LINEAR, rules.ABSOLUTE)]
    tops = {name: each.high for name, each in PARAMETER_RANGES.items() if name not in BOUNDED}
    tops |= {"forward_contingency_down": 1, "minimum_k_star": 1, "short_power": 0, "long_power": 0}
    base = load_shipped("derive_like_33").parameters
    return replace(base, underlying=1, rows=tuple(rows), **tops)


def largest_market(seconds: int, forward: int, discount: int) -> MarginMarket:
    """Prices at the top, confidences and the stable price at the bottom."""
    one = market(1)
    only = replace(
        one.slices[0],
        expiry_unix=one.snapshot_unix + seconds,
        forward_variable_ticks=forward,
        discount=discount,
        rate_biased=(1 << 28) - 1,
        confidence=0,
        svi=Svi(a=1 << (30 if seconds > 10**8 else 38), b=0, rho=0, m=0, s=1),
    )
    return replace(
        one,
        slices=(only,),
        spot_ticks=TICKS,
        perpetual_ticks=TICKS,
        collateral_1_ticks=TICKS,
        collateral_2_ticks=TICKS,
        stable_price=0,
        spot_confidence=0,
    )


def largest_book(expiry_unix: int, sign: int) -> Book:
    """128 legs of the largest amount, strikes at both ends."""
    places = [(k, put) for k in (1 << 20, TICKS, 10**9) for put in (False, True)]
    places += [((1 << 30) + i, False) for i in range(LEAVES - len(places))]
    legs = [Leg(1, expiry_unix, strike, put, sign * AMOUNT) for strike, put in places]
    ordered = tuple(sorted(legs, key=lambda each: each.key))
    return Book(ordered, LinearHoldings(sign * AMOUNT, AMOUNT, AMOUNT), sign * ((1 << 95) - 1))


def sigma(svi: Svi, x: int) -> int:
    """The model's volatility (2^-35) where k - m is x (2^-45)."""
    ar = IntegerArithmetic(R14.limb_bits, PythonNumbers())
    root = ar.lanes("root", 1)
    numbers = (svi.a, svi.b, svi.b * svi.rho, svi.m, svi.s**2)
    curve = Curve(*(ar.constant(root, number) for number in numbers))
    return int(volatility_from_curve(ar, curve, ar.constant(root, 32 * svi.m + x)).payload[0])


def lowest_near_a_tie(s: int) -> tuple[Svi, int]:
    """The lowest admitted curve of largest b whose least point x is nearly a tie of roots.

    With x = y = 1024 s^2 + 1 the radicand x^2 + 1024 s^2 + 1 (2^-90) is y^2 + y: a hair below the
    tie (y + 1/2)^2, so the root is rounded down by almost half its unit.
    """
    x, b = 1024 * s * s + 1, (1 << 46) - 1
    rho = -isqrt((x << 30) ** 2 // (x * x + 1024 * s * s))
    bend_squared = (b * s) ** 2 * ((1 << 60) - rho**2)
    floor = 2 - (isqrt(bend_squared - 1) + 1 >> 70)
    lowest = next(a for a in range(floor - 1, floor + 3) if _admits(a, b, rho, s))
    return Svi(lowest, b, rho, 0, s), x


def _admits(a: int, b: int, rho: int, s: int) -> bool:
    try:
        return Svi(a, b, rho, 0, s).is_positive
    except SliceError:
        return False


def test_every_admitted_curve_has_a_volatility_everywhere() -> None:
    """The variance of what is admitted is 2^-40 after all roundings; some come close to that."""
    found = [
        sigma(curve, x + by)
        for curve, x in map(lowest_near_a_tie, range(1, 200))
        for by in (-1, 0, 1)
    ]
    assert 1 << 15 <= min(found) <= (1 << 15) + 100


@pytest.mark.parametrize("seconds", [1, 30 * 86_400, 30 * 86_400 + 1, (1 << 28) - 1])
@pytest.mark.parametrize("forward", [1 << 20, TICKS])
@pytest.mark.parametrize("discount", [1, (1 << 45) - 1])
def test_margins_at_the_edges_of_everything(seconds: int, forward: int, discount: int) -> None:
    """The integer reading refuses what would not be provable."""
    listing = largest_market(seconds, forward, discount)
    for sign in (1, -1):
        book = largest_book(listing.slices[0].expiry_unix, sign)
        quote = quote_margin(book, listing, largest_parameters())
        assert max(abs(quote.maintenance), abs(quote.initial)) < 1 << 127
