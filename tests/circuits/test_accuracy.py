"""The documented accuracy of option_marks, on 400,000 random options and every edge."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from circuits.profile import R6
from circuits.statements.option_marks.statement import evaluate
from tests import oracle
from tests.circuits.accuracy import (
    OPTIONS_A_GROUP,
    REGIONS,
    Worst,
    edge_market,
    measure,
    measure_region,
    note_price,
    quantised_options,
    random_market,
)
from tests.oracle import mp
from tests.scale import FULL

OPTIONS_A_PART = 10_000
PARTS = 100 if FULL else 10

# 100,000 options of a region imply volatilities within 0.89e-10; among a million there are single
# ones up to 1.08e-10, where vega is hardly above 1e-3 F and F little above 10^8 ticks.
VOLATILITY_LIMIT = 1.25 if FULL else 1.0

EVERYWHERE = (
    "price everywhere",
    "delta",
    "gamma everywhere",
    "vega everywhere",
    "theta",
    "rho everywhere",
)
DOCUMENTED = ("price", "delta", "gamma", "vega", "theta", "rho")


@pytest.fixture(scope="module")
def workers() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        yield pool


def assert_within(worst: Worst, *bars: str, limit: float = 1.0) -> None:
    missed = {bar: worst.ratios[bar] for bar in bars if worst.ratios[bar][0] > limit}
    assert not missed, "error over bar and the option that has it"


@pytest.mark.slow
@pytest.mark.parametrize("region", REGIONS)
def test_random_options(region: str, workers: ProcessPoolExecutor) -> None:
    worst = Worst()
    groups = OPTIONS_A_PART // OPTIONS_A_GROUP
    tasks = [workers.submit(measure_region, region, part, groups) for part in range(PARTS)]
    for task in tasks:
        worst.merge(task.result())
    assert worst.options == OPTIONS_A_PART * PARTS
    assert_within(worst, *EVERYWHERE)
    assert_within(worst, "volatility everywhere", limit=VOLATILITY_LIMIT)
    if region in ("typical", "short"):
        assert_within(worst, *DOCUMENTED)
        assert_within(worst, "volatility", limit=VOLATILITY_LIMIT)


def test_edges() -> None:
    worst = measure(edge_market())
    assert worst.options > 4000
    assert_within(worst, *EVERYWHERE)
    payoff = [bar for bar in worst.ratios if bar.endswith("of the payoff")]
    assert len(payoff) == 5
    assert_within(worst, *payoff)


@pytest.mark.parametrize("region", ["typical", "short"])
def test_implied_volatility_comes_back(region: str) -> None:
    """The equation solved at the proven price, not only its linear estimate."""
    market = random_market(region, 77, 200)
    solved = 0
    for option, mark in zip(quantised_options(market), evaluate(market), strict=True):
        if oracle.value_quantised(option).vega * 1000 < option.forward_ticks:
            continue
        price = mp.mpf(mark.price_atoms) / oracle.ATOMS_PER_TICK
        exact = option.volatility * oracle.VOLATILITY_UNIT
        assert abs(oracle.implied_volatility(price, option) - exact) <= mp.mpf("1e-10"), option
        solved += 1
    assert solved > 300


def test_profile_r6_is_good_to_a_thousandth() -> None:
    """The test profile: 1e-3 of the larger of forward and strike, discounted."""
    for region in REGIONS:
        market = random_market(region, 6, 200)
        for option, mark in zip(quantised_options(market), evaluate(market, R6), strict=True):
            error = mp.mpf(mark.price_atoms) / oracle.ATOMS_PER_TICK - oracle.price_quantised(
                option
            )
            scale = max(option.forward_ticks, option.strike_ticks)
            assert abs(error) <= mp.mpf("1e-3") * scale * option.discount_factor, (region, option)


def test_the_bars_notice_a_wrong_price() -> None:
    """Three atoms off are outside the bar, which is 2.5 here."""
    option = oracle.QuantisedOption(10**8, 10**8, 50_000_000, 3_600, 1 << 44, 1 << 26, False)
    exact = oracle.value_quantised(option)
    atoms = int(mp.nint(exact.price * oracle.ATOMS_PER_TICK))
    for shift, within in ((0, True), (3, False), (-3, False)):
        worst = Worst()
        note_price(worst, option, exact, atoms + shift)
        assert (worst.ratios["price"][0] <= 1) == within
