"""Books, markets and openings of the margin tests and vectors, and hypothesis strategies."""

from __future__ import annotations

from hypothesis import strategies as st

from circuits.statements.header import HEADER_RANGES, Header
from circuits.statements.portfolio_margin import (
    Book,
    Leg,
    Level,
    LinearHoldings,
    ListedVolatility,
    MarginMarket,
    Opening,
    Scene,
    Slice,
    Svi,
)
from circuits.statements.portfolio_margin.units import RANGES

SNAPSHOT_UNIX = 1_780_000_000
WEEK = 604_800
HEADER = Header(1, 2, 3, 4, 5)
OPENING = Opening(group=0xC0FFEE, account_id=77, settled_through=0, salt=(1 << 248) - 59)
SCENE = Scene(HEADER, 77, 1001, 1002, SNAPSHOT_UNIX, Level.MAINTENANCE, 775_000_000)
FLAT = Svi(a=1 << 38, b=0, rho=0, m=0, s=1)
SMILE = Svi(a=150 << 30, b=90 << 30, rho=-(150 << 20), m=20 << 30, s=80 << 30)


def leg(week: int = 1, strike: int = 770_000_000, put: bool = False, amount: int = 1) -> Leg:
    return Leg(1, SNAPSHOT_UNIX + week * WEEK, strike, put, amount * 250_000)


def book(count: int) -> Book:
    """`count` legs over four expiries, calls and puts, long and short."""
    legs = [
        leg(
            1 + i % 4,
            600_000_000 + 10_000_000 * (i // 4 // 2),
            bool(i // 4 % 2),
            (-1) ** i * (1 + i % 7),
        )
        for i in range(count)
    ]
    ordered = tuple(sorted(legs, key=lambda each: each.key))
    return Book(ordered, LinearHoldings(-1_500_000, 2_000_000, 3), -(10**15) - count)


def market(count: int, svi: Svi | None = SMILE, series: int = 0) -> MarginMarket:
    """`count` weekly slices; with `series` listed volatilities where `svi` is None."""
    slices = tuple(
        Slice(
            expiry_unix=SNAPSHOT_UNIX + (i + 1) * WEEK,
            forward_variable_ticks=775_000_000 + i * 1_000_000,
            forward_fixed_ticks=0,
            discount=(1 << 44) - i,
            rate_biased=(1 << 26) + i,
            confidence=10**9 - i,
            svi=svi,
        )
        for i in range(count)
    )
    listed = tuple(
        ListedVolatility(i % count, 600_000_000 + i * 1_000_000, 20_000_000 + i)
        for i in range(series)
    )
    return MarginMarket(
        underlying_id=0xB17C0111,
        tick_exponent=4,
        snapshot_unix=SNAPSHOT_UNIX,
        spot_ticks=774_000_000,
        perpetual_ticks=774_100_000,
        stable_price=10**9 - 1,
        spot_confidence=10**9,
        perpetual_confidence=990_000_000,
        collateral_1_ticks=774_000_000,
        collateral_2_ticks=10_000,
        at_the_money_volatility=21_000_000,
        slices=slices,
        series=tuple(sorted(listed)),
    )


def within(field: str) -> st.SearchStrategy[int]:
    allowed = (RANGES | HEADER_RANGES)[field]
    return st.integers(allowed.low, allowed.high)


def legs_of(underlying: int) -> st.SearchStrategy[Leg]:
    return st.builds(
        Leg,
        st.just(underlying),
        within("leg_expiry_unix"),
        within("strike_ticks"),
        st.booleans(),
        within("amount").filter(bool),
    )


@st.composite
def books(draw: st.DrawFn, most: int = 12) -> Book:
    """Any book of at most `most` legs."""
    legs = draw(
        st.lists(legs_of(draw(within("underlying"))), max_size=most, unique_by=lambda it: it.key)
    )
    linear = st.builds(
        LinearHoldings, within("perpetual"), within("collateral"), within("collateral")
    )
    return Book(tuple(sorted(legs, key=lambda it: it.key)), draw(linear), draw(within("cash")))


scenes = st.builds(
    Scene,
    st.builds(Header, *map(within, HEADER_RANGES)),
    within("account_id"),
    within("field_element"),
    within("field_element"),
    within("snapshot_unix"),
    st.just(Level.MAINTENANCE),
    within("spot_ticks"),
)
