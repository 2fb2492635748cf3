"""Margin markets: order, forms, what an SVI slice may be, and what fits a book and parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits.statements.portfolio_margin import (
    Book,
    InputError,
    ListedVolatility,
    MarginMarketError,
    RangeError,
    SliceError,
    Svi,
    UnprovableError,
    VolatilityForm,
    check_admissible,
    check_provable,
    load_shipped,
    unprovable_legs,
)
from circuits.statements.portfolio_margin.admission import largest_volatility_factor
from circuits.statements.portfolio_margin.svi import LARGEST_LOG_MONEYNESS
from circuits.statements.portfolio_margin.units import RANGES
from tests.circuits.statements.margin.examples import (
    FLAT,
    SMILE,
    SNAPSHOT_UNIX,
    WEEK,
    book,
    leg,
    market,
    within,
)
from tests.margin_oracle import svi_volatility
from tests.oracle import Real, mp

PARAMETERS = load_shipped("derive_like_33").parameters
ONE = 1 << 40


def test_forms() -> None:
    assert market(3).form is VolatilityForm.SVI
    assert market(3, None, 9).form is VolatilityForm.SERIES


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: replace(market(2), slices=market(2).slices[::-1]), "slice 1 expires at"),
        (lambda: replace(market(2), slices=market(1).slices * 2), "slice 1 expires at"),
        (
            lambda: replace(
                market(2),
                slices=tuple(replace(s, forward_fixed_ticks=1) for s in market(2).slices),
            ),
            "slice 1 has a fixed part of 1 ticks",
        ),
        (
            lambda: replace(
                market(2), slices=(market(2).slices[0], replace(market(2).slices[1], svi=None))
            ),
            "given in two forms",
        ),
        (lambda: replace(market(2), series=(ListedVolatility(0, 1 << 30, 1),)), "two forms"),
        (
            lambda: replace(market(2, None, 2), series=market(2, None, 2).series[::-1]),
            "strictly increasing places",
        ),
        (
            lambda: replace(market(2, None, 1), series=market(2, None, 1).series * 2),
            "strictly increasing places",
        ),
        (
            lambda: replace(market(2, None, 1), series=(ListedVolatility(2, 1 << 30, 1),)),
            "names slice 2, expected below 2",
        ),
    ],
)
def test_disorder_is_refused(build: Callable[[], object], message: str) -> None:
    with pytest.raises(MarginMarketError, match=message):
        build()


@pytest.mark.parametrize(
    ("build", "field"),
    [
        (lambda: replace(market(1), slices=()), "slices"),
        (lambda: market(17), "slices"),
        (lambda: market(1, None), "series"),
        (lambda: market(16, None, 513), "series"),
        (lambda: replace(market(1), snapshot_unix=SNAPSHOT_UNIX + WEEK), "seconds_to_expiry"),
        (lambda: replace(market(1), snapshot_unix=SNAPSHOT_UNIX - (1 << 28)), "seconds_to_expiry"),
        (lambda: replace(market(1), spot_ticks=0), "spot_ticks"),
        (lambda: replace(market(1), perpetual_ticks=1 << 36), "perpetual_ticks"),
        (lambda: replace(market(1), stable_price=1 << 31), "stable_price"),
        (lambda: replace(market(1), spot_confidence=-1), "confidence"),
        (lambda: replace(market(1), perpetual_confidence=1 << 31), "confidence"),
        (lambda: replace(market(1), collateral_2_ticks=1 << 36), "collateral_ticks"),
        (lambda: replace(market(1), at_the_money_volatility=1 << 28), "volatility"),
        (lambda: replace(market(1).slices[0], forward_variable_ticks=1000), "forward_ticks"),
        (lambda: replace(market(1).slices[0], forward_fixed_ticks=(1 << 36) - 1), "forward_ticks"),
        (lambda: replace(market(1).slices[0], discount=0), "discount"),
        (lambda: replace(SMILE, rho=1 << 30), "rho"),
        (lambda: replace(SMILE, s=0), "s"),
        (lambda: replace(SMILE, b=1 << 46), "b"),
        (lambda: ListedVolatility(16, 1 << 30, 1), "slice_index"),
        (lambda: ListedVolatility(0, 1, 1), "strike_ticks"),
        (lambda: ListedVolatility(0, 1 << 30, 1 << 28), "volatility"),
    ],
)
def test_a_field_outside_its_range_is_refused_by_name(
    build: Callable[[], object], field: str
) -> None:
    with pytest.raises(RangeError) as caught:
        build()
    assert caught.value.field == field


def test_every_number_of_the_market_is_in_its_digest() -> None:
    whole = market(2)
    heads = [
        replace(whole, **{name: getattr(whole, name) + 1})
        for name in whole.__dataclass_fields__
        if isinstance(getattr(whole, name), int)
    ]
    first = whole.slices[0]
    slices = [
        replace(first, **{name: getattr(first, name) + 1})
        for name in first.__dataclass_fields__
        if name != "svi"
    ]
    slices += [
        replace(first, svi=replace(SMILE, **{name: getattr(SMILE, name) + 1})) for name in "abms"
    ]
    slices.append(replace(first, svi=replace(SMILE, rho=SMILE.rho + 1)))
    changed = heads + [replace(whole, slices=(each, whole.slices[1])) for each in slices]
    assert len({each.digest() for each in [whole, market(1), *changed]}) == 2 + len(changed)
    listed = market(2, None, 6)
    one = listed.series[3]
    others = [
        replace(one, volatility=one.volatility + 1),
        replace(one, strike_ticks=one.strike_ticks + 1),
    ]
    series = [
        replace(listed, series=(*listed.series[:3], each, *listed.series[4:])) for each in others
    ]
    assert len({each.digest() for each in [listed, *series]}) == 3


@given(st.builds(tuple, st.tuples(*(within(name) for name in ("a", "b", "rho", "m", "s")))))
def test_admitted_slices_have_their_variance_everywhere(values: tuple[int, ...]) -> None:
    """Admitted: between 2^-39 and 2^12 at a grid of strikes; refused: outside at the worst ones."""
    names = ("a", "b", "rho", "m", "s")
    a, b, m, s = (mp.ldexp(values[names.index(name)], -40) for name in "abms")
    rho = mp.ldexp(values[2], -30)
    limit = mp.mpf(LARGEST_LOG_MONEYNESS.numerator) / LARGEST_LOG_MONEYNESS.denominator
    least = a + b * s * mp.sqrt(1 - rho**2)

    def variance(k: Real) -> Real:
        return a + b * (rho * (k - m) + mp.sqrt((k - m) ** 2 + s**2))

    largest = max(variance(-limit), variance(limit))
    admitted = bool(least >= mp.ldexp(1, -39) and largest < 4096)
    try:
        svi = Svi(*values)
    except SliceError:
        assert not admitted
        return
    assert admitted
    for at in range(-10, 11):
        assert mp.ldexp(1, -20) <= svi_volatility(svi, limit * at / 10) < 64


def test_the_least_variance_is_decided_to_the_last_bit() -> None:
    """b s sqrt(1 - rho^2) with rho = 0.6 is rational: 0.8 b s."""
    rho = 3 * (1 << 30) // 5
    assert Svi(2, 0, rho, 0, 1)
    with pytest.raises(SliceError, match="below 2\\^-39"):
        Svi(1, 0, rho, 0, 1)
    bent = Svi(2 - (1 << 20), 1 << 30, 0, 0, 1 << 30)
    assert bent.is_positive
    for change in ({"a": bent.a - 1}, {"b": bent.b - 1}, {"s": bent.s - 1}, {"rho": 1}):
        with pytest.raises(SliceError, match="below 2\\^-39"):
            replace(bent, **change)


def test_the_bound_of_a_slice_is_exact() -> None:
    """A flat slice is below exactly the bounds above its variance."""
    assert not FLAT.stays_below(Fraction(1, 4))
    assert FLAT.stays_below(Fraction(1, 4) + Fraction(1, 10**30))
    with pytest.raises(SliceError, match="reaches 4096 at some strike"):
        Svi(a=100 * ONE, b=63 * ONE, rho=0, m=0, s=63 * ONE)


def test_factors_bound_the_models() -> None:
    """The bound is above the oracle's factor, by less than 1e-30."""
    for seconds in (1, 3_600, 86_400, 10 * 86_400, 30 * 86_400, 30 * 86_400 + 1, 200_000_000):
        bound = largest_volatility_factor(PARAMETERS, seconds)
        short = seconds <= 30 * 86_400
        power = mp.mpf(PARAMETERS.short_power if short else PARAMETERS.long_power) / 10**9
        size = mp.exp(power * mp.ln(mp.mpf(30 * 86_400) / max(seconds, 86_400)))
        exact = 1 + size / 2
        gap = mp.mpf(bound.numerator) / bound.denominator - exact
        assert 0 < gap < mp.mpf("1e-30")


def test_admission_depends_on_the_parameters() -> None:
    """The same market is refused once a cap would carry a shocked v to 15.5."""
    last = replace(market(1, FLAT).slices[0], expiry_unix=SNAPSHOT_UNIX + (1 << 28) - 1)
    far = replace(market(1, FLAT), slices=(last,))
    check_admissible(far, PARAMETERS)
    wide = replace(PARAMETERS, linear_cap_base=17 * 10**9)
    with pytest.raises(SliceError, match="slice 0: a shocked volatility"):
        check_admissible(far, wide)
    floor = replace(PARAMETERS, minimum_up_volatility=RANGES["volatility"].high)
    with pytest.raises(SliceError, match="a shocked volatility"):
        check_admissible(far, floor)
    listed = replace(
        far,
        slices=(replace(last, svi=None),),
        series=(ListedVolatility(0, 1 << 30, 250_000_000),),
    )
    with pytest.raises(SliceError, match="a shocked volatility"):
        check_admissible(listed, PARAMETERS)
    check_admissible(
        replace(listed, series=(ListedVolatility(0, 1 << 30, 50_000_000),)), PARAMETERS
    )


def test_steep_wings_are_refused() -> None:
    """b (1 + |rho|) T above 2; here T is a year."""
    year = replace(market(1).slices[0], expiry_unix=SNAPSHOT_UNIX + 31_536_000)
    flat_parameters = replace(PARAMETERS, range_up=0, linear_cap_base=0, absolute_cap_base=0)
    steep = replace(market(1), slices=(replace(year, svi=Svi(ONE, ONE, -(1 << 29), 0, ONE)),))
    check_admissible(steep, flat_parameters)
    steep_wing = Svi(ONE, 3 * ONE // 2, -(1 << 29), 0, ONE)
    steeper = replace(market(1), slices=(replace(year, svi=steep_wing),))
    with pytest.raises(SliceError, match="above 2, expected at most"):
        check_admissible(steeper, flat_parameters)


@pytest.mark.parametrize(
    ("of", "message"),
    [
        (Book((leg(week=-1),)), "expired before the snapshot"),
        (Book((leg(week=0),)), "expired before the snapshot"),
        (Book((leg(week=9),)), "has an expiry the market has no slice for"),
        (Book((replace(leg(), expiry_unix=leg().expiry_unix + 1),)), "no slice for"),
        (Book((replace(leg(), underlying=2),)), "book is of underlying 2, the parameters are of 1"),
    ],
)
def test_books_that_the_market_cannot_value_are_refused(of: Book, message: str) -> None:
    with pytest.raises(UnprovableError, match=message):
        check_provable(of, market(4), PARAMETERS)


def test_a_strike_must_be_listed_in_the_series_form() -> None:
    listed = market(1, None, 3)
    held = Book((leg(strike=601_000_000), leg(strike=601_000_001)))
    assert list(unprovable_legs(held, listed).values()) == [
        "has a strike the market lists no volatility for"
    ]
    assert not unprovable_legs(held, market(1))


def test_books_of_many_legs_and_of_none_are_provable() -> None:
    check_provable(book(128), market(4), PARAMETERS)
    check_provable(Book(), market(1), PARAMETERS)


@given(within("seconds_to_expiry"))
def test_shipped_parameters_admit_a_flat_market_at_any_time(seconds: int) -> None:
    only = replace(market(1, FLAT).slices[0], expiry_unix=SNAPSHOT_UNIX + seconds)
    try:
        check_admissible(replace(market(1, FLAT), slices=(only,)), PARAMETERS)
    except InputError as error:  # pragma: no cover - the message is what a failure shows
        pytest.fail(str(error))
