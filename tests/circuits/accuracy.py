"""Random and extreme markets, and how far the model is from the oracle on them.

Every distance is divided by its bar, so a bar holds where the ratio is at most 1. The bars are
the documented ones, at the quantised inputs, with v the total standard deviation:

    price        2e-13 F + 1/2 atom
    volatility   1e-10, of the volatility the price implies, where vega >= 1e-3 F
    delta        1e-9                                  this and the next where v >= 0.0035
    gamma        4e-9 D / (F v)
    vega         1e-9 F
    theta        4e-9 of its volatility part at the money, + 1 unit
    rho          1e-12 F T

Gamma, vega and rho have half a unit more, for their own rounding. A bar named "everywhere" also
holds for strikes and times far from typical ones: price 1/2 atom + 5e-13 max(F, K, A, B),
volatility where vega >= 1e-3 max(F, K), vega times D sqrt(T) where that is above 1, rho with
max(F, K, A, B) for F and half an atom times T, gamma with a unit of D / F at 2^-66.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from math import exp, sqrt
from typing import Any

from circuits.profile import R14, Profile
from circuits.statements.option_marks import Greeks, evaluate
from circuits.statements.option_marks.inputs import GroupInputs, Market, OptionInputs
from tests import oracle
from tests.oracle import QuantisedOption, Valuation, mp

SNAPSHOT_UNIX = 1_779_357_850
OPTIONS_A_GROUP = 5
UNIT = 50_000_000  # volatility units per 1.00
LOW, HIGH = 1 << 20, (1 << 36) - 1

HALF_ATOM = mp.mpf(1) / (2 * oracle.ATOMS_PER_TICK)
VOLATILITY_BAR = mp.mpf("1e-10")
GREEKS_FROM = mp.mpf("0.0035")
DENSITY_AT_ZERO = oracle.normal_pdf(mp.zero)
GREEK_UNITS = {
    "delta": mp.ldexp(1, -39),
    "gamma": mp.ldexp(1, -67),
    "vega": 2 * HALF_ATOM,
    "theta": 2 * HALF_ATOM,
    "rho": 2 * HALF_ATOM,
}

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
        note_greeks(worst, option, exact, mark.greeks)
        worst.options += 1
    return worst


def measure_region(region: str, seed: int, groups: int) -> Worst:
    """`measure` of a random market; what a worker process runs."""
    return measure(random_market(region, seed, groups))


def note_price(worst: Worst, option: QuantisedOption, exact: Valuation, atoms: int) -> None:
    """Distance of a price in atoms, and of the volatility it implies to first order."""
    error = mp.mpf(atoms) / oracle.ATOMS_PER_TICK - exact.price
    everywhere = HALF_ATOM + mp.mpf("5e-13") * _scale(option)
    worst.note("price everywhere", error, everywhere, option)
    worst.note("price", error, HALF_ATOM + mp.mpf("2e-13") * option.forward_ticks, option)
    implied_error = error / exact.vega if exact.vega else mp.zero
    if exact.vega * 1000 >= option.forward_ticks:
        worst.note("volatility", implied_error, VOLATILITY_BAR, option)
    if exact.vega * 1000 >= max(option.forward_ticks, option.strike_ticks):
        worst.note("volatility everywhere", implied_error, VOLATILITY_BAR, option)


def note_greeks(worst: Worst, option: QuantisedOption, exact: Valuation, greeks: Greeks) -> None:
    """Distances of the Greeks where total standard deviation is not small, or below 2^-37."""
    v = option.total_stddev
    tiny = v < oracle.TINY_TOTAL_STDDEV
    if v < GREEKS_FROM and not tiny:
        return
    errors = {
        name: getattr(greeks, name) * unit - getattr(exact, name)
        for name, unit in GREEK_UNITS.items()
    }
    bars = _payoff_bars(option) if tiny else _greek_bars(option, v)
    for bar, allowed in bars.items():
        worst.note(bar, errors[bar.split()[0]], allowed, option)


def _greek_bars(option: QuantisedOption, v: Any) -> dict[str, Any]:
    """The documented bars, and those that hold outside typical inputs as well."""
    forward, discount, scale = option.forward_ticks, option.discount_factor, _scale(option)
    years = mp.mpf(option.seconds) / oracle.YEAR_SECONDS
    root_time = mp.sqrt(years)
    volatility = option.volatility * oracle.VOLATILITY_UNIT
    largest_decay = DENSITY_AT_ZERO * discount * forward * volatility / (2 * root_time * 365)
    gamma = mp.mpf("4e-9") * discount / (forward * v) + GREEK_UNITS["gamma"] / 2
    return {
        "delta": mp.mpf("1e-9"),
        "gamma": gamma,
        "gamma everywhere": gamma + GREEK_UNITS["gamma"] * DENSITY_AT_ZERO / v,
        "vega": mp.mpf("1e-9") * forward + HALF_ATOM,
        "vega everywhere": mp.mpf("1e-9") * forward * max(1, discount * root_time) + HALF_ATOM,
        "theta": mp.mpf("4e-9") * largest_decay + 2 * HALF_ATOM,
        "rho": mp.mpf("1e-12") * forward * years + HALF_ATOM,
        "rho everywhere": mp.mpf("1e-12") * scale * years + HALF_ATOM * (1 + years),
    }


def _payoff_bars(option: QuantisedOption) -> dict[str, Any]:
    """Below 2^-37 the Greeks are the payoff's, but for rounding and the price they build on.

    The division's grid takes v = 2^-37 there, so a strike within 2^-33 of the forward but not at
    it (neighbouring ticks above 2^33) has a delta between the payoff's values.
    """
    years = mp.mpf(option.seconds) / oracle.YEAR_SECONDS
    price = HALF_ATOM + mp.mpf("5e-13") * _scale(option)
    apart = abs(option.forward_ticks - option.strike_ticks)
    beside = 0 < apart << 33 < option.forward_ticks
    return {
        "delta of the payoff": option.discount_factor if beside else mp.mpf("1e-10"),
        "gamma of the payoff": GREEK_UNITS["gamma"] / 1000,
        "vega of the payoff": HALF_ATOM / 1000,
        "theta of the payoff": abs(option.rate) / 365 * price + HALF_ATOM,
        "rho of the payoff": years * price + HALF_ATOM,
    }


def _scale(option: QuantisedOption) -> Any:
    """max(F, K, A, B)."""
    return max(option.forward_ticks, option.strike_ticks) * max(mp.one, option.discount_factor)
