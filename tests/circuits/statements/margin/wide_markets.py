"""Markets and parameters as wide as their ranges, from a seed: whatever is admitted may come.

Numbers are drawn by their size (`by_size`), so that tiny and huge ones are as likely as any, and
the ends of ranges come often. Nothing here aims at plausible prices: `random_books.py` does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from random import Random

from circuits.statements.portfolio_margin import (
    SHIPPED,
    ListedVolatility,
    MarginMarket,
    MarginParameters,
    ScenarioRow,
    Slice,
    SliceError,
    Svi,
    load_shipped,
)
from circuits.statements.portfolio_margin.admission import check_admissible
from circuits.statements.portfolio_margin.parameters import PARAMETER_RANGES
from circuits.statements.portfolio_margin.units import PARAMETER_ONE, RANGES, SPOT_FACTOR_ONE
from circuits.statements.ranges import Range

MONTH = 30 * 86_400
YEAR = 31_536_000
TICKS = RANGES["forward_ticks"]
SETS = tuple(replace(load_shipped(name).parameters, underlying=1) for name in SHIPPED)
FLAT = Svi(a=1 << 18, b=0, rho=0, m=0, s=1)
"""Admitted at every time to expiry that leaves anything admitted."""

#: What admission bounds further, with every time to expiry: drawn anew, hardly any market is left.
_BOUNDED = {"underlying", "minimum_up_volatility", "range_up"}
_BOUNDED |= {f"{rule}_cap_{part}" for rule in ("linear", "absolute") for part in ("base", "slope")}


def by_size(random: Random, low: int, high: int) -> int:
    """An integer of [low, high], its number of bits uniform; an end of the range now and then."""
    if random.random() < 0.05:
        return random.choice([low, high])
    if low < 0:
        value = by_size(random, 0, max(-low, high)) * random.choice([-1, 1])
    else:
        value = random.getrandbits(random.randint(low.bit_length(), high.bit_length()))
    return min(max(value, low), high)


def inside(random: Random, allowed: Range) -> int:
    """A number of the range, by its size."""
    return by_size(random, allowed.low, allowed.high)


def wide_parameters(random: Random, shipped: MarginParameters) -> MarginParameters:
    """A shipped set with its units drawn anew; every fourth with much else drawn anew as well."""
    units = PARAMETER_RANGES["collateral_unit"]
    own = replace(
        shipped,
        collateral_unit=random.choice([1, 10 ** random.randrange(19), inside(random, units)]),
        requirement_step=inside(random, PARAMETER_RANGES["requirement_step"]),
    )
    if random.random() < 0.75:
        return own
    names = [name for name in PARAMETER_RANGES if name not in _BOUNDED]
    changed = {
        name: inside(random, PARAMETER_RANGES[name]) for name in names if random.random() < 0.3
    }
    rows = tuple(_row(random, row) if random.random() < 0.2 else row for row in own.rows)
    return replace(own, rows=rows, **changed)


def wide_market(random: Random, parameters: MarginParameters) -> MarginMarket:
    """1 to 16 slices, with a curve each or (one market of four) with listed volatilities."""
    with_curves = random.random() < 0.75
    snapshot = by_size(random, 0, (1 << 34) - 1)
    spot = inside(random, RANGES["spot_ticks"]) if random.random() < 0.3 else _listed_price(random)
    slices: list[Slice] = []
    for place, seconds in enumerate(_times(random)):
        forward = inside(random, TICKS) if random.random() < 0.2 else _near(random, spot)
        fixed = _averaged(random, forward) if place == 0 else 0
        each = Slice(
            expiry_unix=snapshot + seconds,
            forward_variable_ticks=forward - fixed,
            forward_fixed_ticks=fixed,
            discount=_discount(random),
            rate_biased=(1 << 26) + random.choice([0, random.randrange(-1 << 26, (1 << 27) + 1)]),
            confidence=_confidence(random, parameters),
        )
        slices.append(each)
    own = MarginMarket(
        underlying_id=1,
        tick_exponent=4,
        snapshot_unix=snapshot,
        spot_ticks=spot,
        perpetual_ticks=random.choice([spot, _near(random, spot), 0]),
        stable_price=random.choice([PARAMETER_ONE, inside(random, RANGES["stable_price"])]),
        spot_confidence=_confidence(random, parameters),
        perpetual_confidence=_confidence(random, parameters),
        collateral_1_ticks=random.choice([spot, inside(random, RANGES["collateral_ticks"])]),
        collateral_2_ticks=random.choice([0, inside(random, RANGES["collateral_ticks"])]),
        at_the_money_volatility=inside(random, RANGES["volatility"]),
        slices=tuple(slices),
        series=(ListedVolatility(0, TICKS.low, 0),),
    )
    return _with_curves(random, own, parameters) if with_curves else own


def list_volatilities(
    random: Random,
    market: MarginMarket,
    parameters: MarginParameters,
    places: Iterable[tuple[int, int]],
) -> MarginMarket:
    """The market with a volatility, 0 included, for each (slice, strike); small where refused."""
    drawn = [(place, inside(random, RANGES["volatility"])) for place in sorted(places)]
    for limit in (1 << 28, 1 << 24, 1 << 20, 1):
        listed = tuple(ListedVolatility(*place, drawing % limit) for place, drawing in drawn)
        found = replace(market, series=listed)
        if _is_admitted(found, parameters):
            return found
    raise AssertionError("a market without volatility is admitted")


def _row(random: Random, row: ScenarioRow) -> ScenarioRow:
    factor = SPOT_FACTOR_ONE if row.rule.is_skew else by_size(random, 1, (1 << 16) - 1)
    return ScenarioRow(factor, row.rule, by_size(random, 0, (1 << 34) - 1))


def _times(random: Random) -> list[int]:
    """From 1 s to years; neighbours, and both sides of the 30 days where the power changes."""
    allowed = RANGES["seconds_to_expiry"]
    count = random.choice([1, random.randint(1, 6), random.randint(1, 16)])
    times = {inside(random, allowed) for _ in range(count)}
    times |= {random.choice([MONTH, MONTH + 1, 86_400, YEAR, time + 1]) for time in set(times)}
    fitting = [time for time in sorted(times) if time in allowed]
    return sorted(random.sample(fitting, min(count, len(fitting))))


def _listed_price(random: Random) -> int:
    return random.randrange(100_000_000, 1_000_000_000)


def _near(random: Random, price: int) -> int:
    """Within 5%, or within a factor of 2."""
    share = random.choice([random.randrange(950, 1051), random.randrange(500, 2001)])
    return min(max(price * share // 1000, TICKS.low), TICKS.high)


def _averaged(random: Random, forward: int) -> int:
    """Nothing, a part, all but a tick, or all of the first slice's forward."""
    return random.choice([0, 0, random.randrange(forward), forward - 1, forward])


def _discount(random: Random) -> int:
    near_one = (1 << 44) - random.randrange(1 << 40)
    return random.choice([1 << 44, near_one, near_one, inside(random, RANGES["discount"])])


def _confidence(random: Random, parameters: MarginParameters) -> int:
    at = parameters.confidence_threshold
    return random.choice(
        [PARAMETER_ONE, at, max(at - 1, 0), 0, inside(random, RANGES["confidence"])]
    )


def _with_curves(
    random: Random, market: MarginMarket, parameters: MarginParameters
) -> MarginMarket:
    """Each slice with the largest curve of a few that the slice alone is admitted with."""
    slices = []
    for each in market.slices:
        for size in (1.0, 0.1, 1e-2, 1e-4, 1e-6, 0.0):
            own = replace(each, svi=_curve(random, size))
            if own.svi is not None and _is_admitted(_alone(market, own), parameters):
                break
        slices.append(own)
    return replace(market, slices=tuple(slices), series=())


def _alone(market: MarginMarket, only: Slice) -> MarginMarket:
    return replace(market, slices=(only,), series=())


def _curve(random: Random, size: float) -> Svi | None:
    """A curve of about this much variance; None where the ranges refuse it, flat for none."""
    if size == 0:
        return FLAT
    try:
        return Svi(
            a=int(size * by_size(random, -(1 << 38), 1 << 42)),
            b=int(size * by_size(random, 0, 1 << 41)),
            rho=by_size(random, -(1 << 30) + 1, (1 << 30) - 1),
            m=by_size(random, -(1 << 43), 1 << 43),
            s=by_size(random, 1, 1 << 43),
        )
    except SliceError:
        return None


def _is_admitted(market: MarginMarket, parameters: MarginParameters) -> bool:
    try:
        check_admissible(market, parameters)
    except SliceError:
        return False
    return True
