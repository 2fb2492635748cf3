"""The shipped book and markets, and smaller books, for tests of the owner's side."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from circuits.statements.header import Header
from circuits.statements.portfolio_margin import (
    Book,
    Leg,
    LinearHoldings,
    MarginMarket,
    load_shipped,
)
from node.margin import AccountReference, Valuer
from node.quoting import BookRules, QuotedMarket, read_book, read_margin_market

DATA = Path(__file__).parents[3] / "node" / "data"
BOOK = DATA / "btc_book_20260521.csv"
MARKET = DATA / "btc_margin_svi_20260521.json"
FALLEN = DATA / "btc_margin_svi_20260521_fallen.json"
PARAMETERS = load_shipped("derive_like_33").parameters
ACCOUNT = AccountReference(group=0xC0FFEE, account_id=0xACC0)
HEADER = Header(chain_id=1, registry=2, consumer=0xC0FFEE, sequence=1, valid_until=1_800_000_000)


@cache
def quoted(path: Path = MARKET) -> QuotedMarket:
    return read_margin_market(path, PARAMETERS)


def valuer(path: Path = MARKET) -> Valuer:
    return Valuer(quoted(path).market, PARAMETERS)


@cache
def shipped_book() -> Book:
    rules = BookRules(PARAMETERS.underlying, quoted().underlying.tick_exponent, quoted().market)
    return read_book(BOOK, rules)


def first_legs(count: int, book: Book | None = None) -> Book:
    """A book of the first legs of the shipped one, without the rest."""
    return Book((book or shipped_book()).legs[:count], LinearHoldings(), 10**15)


def book_of(market: MarginMarket, count: int, amount: int = 10**6) -> Book:
    """Many legs around the forwards: strikes on a grid, calls and puts, alternating signs."""
    legs = []
    for index in range(count):
        expiry = market.slices[index % len(market.slices)]
        strike = int(expiry.forward_ticks * (0.7 + 0.6 * (index // len(market.slices)) / 11))
        side = 1 if index % 3 else -1
        legs.append(
            Leg(PARAMETERS.underlying, expiry.expiry_unix, strike, bool(index % 2), side * amount)
        )
    return Book(tuple(sorted(legs, key=lambda leg: leg.key)), LinearHoldings(10**6), 10**15)
