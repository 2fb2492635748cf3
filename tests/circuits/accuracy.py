"""Random and extreme markets, and how far the model is from the oracle on them.

Every distance is divided by its bar, so a bar holds where the ratio is at most 1. The bars are
those of the documented accuracy, at the quantised inputs:

    price   2e-13 F + 1/2 atom on typical inputs, 1/2 atom + 5e-13 max(F, K, A, B) everywhere
    implied volatility of the price   1e-10 where vega >= 1e-3 F, for typical and short inputs;
                                      where vega >= 1e-3 max(F, K), for every listing forward
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from math import exp, sqrt
from typing import Any

from circuits.profile import R14, Profile
from circuits.statements.option_marks.inputs import GroupInputs, Market, OptionInputs
from circuits.statements.option_marks.statement import evaluate
from tests import oracle
from tests.oracle import QuantisedOption, Valuation, mp

SNAPSHOT_UNIX = 1_779_357_850
OPTIONS_A_GROUP = 5
UNIT = 50_000_000  # volatility units per 1.00
LOW, HIGH = 1 << 20, (1 << 36) - 1

HALF_ATOM = mp.mpf(1) / (2 * oracle.ATOMS_PER_TICK)
VOLATILITY_BAR = mp.mpf("1e-10")

Draw = Callable[[random.Random], "Expiry"]


@dataclass(frozen=True)
class Expiry:
    """What a region draws for a group, and how it draws (strike, volatility) in it."""

    forward: int
    seconds: int
    rate: float
    option: Callable[[], tuple[float, float]]


def _typical(rng: random.Random) -> Expiry:
    forward = rng.randint(10**8, 10**9)

    def option() -> tuple[float, float]:
        return forward * 2 ** rng.uniform(-1.5, 1.5), rng.uniform(0.05, 2.5)

    return Expiry(forward, int(10 ** rng.uniform(2, 7.7)), _rate(rng), option)


def _wide(rng: random.Random) -> Expiry:
    forward = rng.randint(1 << 28, 1 << 30)

    def option() -> tuple[float, float]:
        return forward * 2 ** rng.uniform(-6, 6), rng.uniform(0.01, 5.0)

    seconds = rng.randint(1, 5 * oracle.YEAR_SECONDS)
    return Expiry(forward, seconds, rng.uniform(-0.13, 0.5), option)


def _short(rng: random.Random) -> Expiry:
    forward = rng.randint(10**8, 10**9)

    def option() -> tuple[float, float]:
        away = rng.gauss(0, 1) * 10 ** rng.uniform(-6, -1)
        return forward * (1 + away), 10 ** rng.uniform(-2, 0.69)

    return Expiry(forward, int(10 ** rng.uniform(0, 4.94)), _rate(rng), option)


def _around_the_money(rng: random.Random) -> Expiry:
    forward = rng.randint(10**8, 10**9)
    seconds = int(10 ** rng.uniform(0, 8.1))

    def option() -> tuple[float, float]:
        volatility = 10 ** rng.uniform(-2, 0.69)
        v = volatility * sqrt(seconds / oracle.YEAR_SECONDS)
        return forward * exp(rng.gauss(0, 1) * v), volatility

    return Expiry(forward, seconds, _rate(rng), option)


def _rate(rng: random.Random) -> float:
    return rng.choice((0.0, rng.uniform(-0.05, 0.15)))


REGIONS: dict[str, Draw] = {
    "typical": _typical,
    "wide": _wide,
    "short": _short,
    "around_the_money": _around_the_money,
}


def random_market(region: str, seed: int, groups: int) -> Market:
    """A market of `groups` groups of 5 options; the same for the same arguments."""
    rng = random.Random(f"{region} {seed}")
    return _market(_random_group(REGIONS[region](rng), rng) for _ in range(groups))


def _random_group(expiry: Expiry, rng: random.Random) -> GroupInputs:
    discount = round(exp(-expiry.rate * expiry.seconds / oracle.YEAR_SECONDS) * 2**44)
    options = []
    for _ in range(OPTIONS_A_GROUP):
        strike, volatility = expiry.option()
        strike_ticks = min(max(int(strike), LOW), HIGH)
        options.append(OptionInputs(strike_ticks, int(volatility * UNIT), rng.random() < 0.5))
    return GroupInputs(
        forward_ticks=expiry.forward,
        discount=min(discount, (1 << 45) - 1),
        rate_biased=oracle.RATE_BIAS + round(expiry.rate / oracle.YEAR_SECONDS * 2**53),
        expiry_unix=SNAPSHOT_UNIX + expiry.seconds,
        options=tuple(options),
    )


def edge_market() -> Market:
    """Least and largest of every input in every combination, and their neighbours."""
    forwards = (LOW, LOW + 1, (1 << 21) - 1, 10**8, 10**9 - 1, 1 << 35, HIGH)
    times = (0, 1, 2, 60, 86_400, oracle.YEAR_SECONDS, (1 << 28) - 1)
    discounts = itertools.cycle((1 << 44, 1, (1 << 45) - 1, 17_000_000_000_000, 2))
    rates = itertools.cycle((1 << 26, 0, (1 << 28) - 1))
    volatilities = (0, 1, 2, 3, UNIT // 100, 5 * UNIT, (1 << 28) - 1)
    groups = []
    for forward, seconds in itertools.product(forwards, times):
        near = {max(forward - 1, LOW), forward, min(forward + 1, HIGH)}
        strikes = sorted(near | {LOW, 10**8, 1 << 35, HIGH})
        options = [OptionInputs(*inputs) for inputs in _every(strikes, volatilities)]
        for start in range(0, len(options), OPTIONS_A_GROUP):
            chosen = tuple(options[start : start + OPTIONS_A_GROUP])
            discount, rate = next(discounts), next(rates)
            groups.append(GroupInputs(forward, discount, rate, SNAPSHOT_UNIX + seconds, chosen))
    return _market(groups)


def _every(strikes: Iterable[int], volatilities: Iterable[int]) -> Iterator[tuple[int, int, bool]]:
    return itertools.product(strikes, volatilities, (False, True))


def _market(groups: Iterable[GroupInputs]) -> Market:
    return Market(
        underlying_id=1, tick_exponent=4, snapshot_unix=SNAPSHOT_UNIX, groups=tuple(groups)
    )


def quantised_options(market: Market) -> list[QuantisedOption]:
    """The market's options as the oracle takes them, in market order."""
    return [
        QuantisedOption(
            forward_ticks=group.forward_ticks,
            strike_ticks=option.strike_ticks,
            volatility=option.volatility,
            seconds=market.seconds_to_expiry(group),
            discount=group.discount,
            rate_biased=group.rate_biased,
            is_put=option.is_put,
        )
        for group, option in market.options()
    ]


@dataclass
class Worst:
    """The largest ratio of error to bar, by bar, with the option that has it."""

    ratios: dict[str, tuple[float, QuantisedOption]] = field(default_factory=dict)
    options: int = 0

    def note(self, bar: str, error: Any, allowed: Any, option: QuantisedOption) -> None:
        """Keep the ratio if it is the largest yet."""
        ratio = float(abs(error) / allowed)
        if bar not in self.ratios or ratio > self.ratios[bar][0]:
            self.ratios[bar] = (ratio, option)

    def merge(self, other: Worst) -> None:
        """Take the other's ratios where they are larger."""
        self.options += other.options
        for bar, (ratio, option) in other.ratios.items():
            if bar not in self.ratios or ratio > self.ratios[bar][0]:
                self.ratios[bar] = (ratio, option)


def measure(market: Market, profile: Profile = R14) -> Worst:
    """Price and implied volatility of every option against the oracle."""
    worst = Worst()
    for option, mark in zip(quantised_options(market), evaluate(market, profile), strict=True):
        exact = oracle.value_quantised(option)
        note_price(worst, option, exact, mark.price_atoms)
        worst.options += 1
    return worst


def measure_region(region: str, seed: int, groups: int) -> Worst:
    """`measure` of a random market; what a worker process runs."""
    return measure(random_market(region, seed, groups))


def note_price(worst: Worst, option: QuantisedOption, exact: Valuation, atoms: int) -> None:
    """Distance of a price in atoms, and of the volatility it implies to first order."""
    error = mp.mpf(atoms) / oracle.ATOMS_PER_TICK - exact.price
    discount = max(mp.one, option.discount_factor)
    scale = max(option.forward_ticks, option.strike_ticks) * discount
    worst.note("price everywhere", error, HALF_ATOM + mp.mpf("5e-13") * scale, option)
    worst.note("price typical", error, HALF_ATOM + mp.mpf("2e-13") * option.forward_ticks, option)
    implied_error = error / exact.vega if exact.vega else mp.zero
    if exact.vega * 1000 >= option.forward_ticks:
        worst.note("volatility, vega >= F/1000", implied_error, VOLATILITY_BAR, option)
    if exact.vega * 1000 >= max(option.forward_ticks, option.strike_ticks):
        worst.note("volatility, vega >= max/1000", implied_error, VOLATILITY_BAR, option)
