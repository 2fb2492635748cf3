"""A trade is a book of changes: amounts are added, what comes to nothing leaves the book."""

from __future__ import annotations

from circuits.statements.portfolio_margin import Book, Leg, LinearHoldings
from node.margin.errors import BookRefused
from node.margin.refusing import quietly


def apply_trade(book: Book, trade: Book) -> Book:
    """The book after the trade; BookRefused where amounts leave their range or legs are too many.

    Premiums and fees are the trade's cash.
    """
    return quietly(
        lambda: _added(book, trade),
        lambda kind: BookRefused(
            f"the book after the trade is refused ({kind}): too many legs, other underlyings, or"
            " an amount out of range"
        ),
    )


def _added(book: Book, trade: Book) -> Book:
    amounts: dict[int, tuple[Leg, int]] = {}
    for leg in (*book.legs, *trade.legs):
        _, held = amounts.get(leg.key, (leg, 0))
        amounts[leg.key] = leg, held + leg.amount
    one, other = book.linear, trade.linear
    return Book(
        tuple(
            Leg(leg.underlying, leg.expiry_unix, leg.strike_ticks, leg.is_put, amount)
            for _, (leg, amount) in sorted(amounts.items())
            if amount
        ),
        LinearHoldings(
            one.perpetual + other.perpetual,
            one.collateral_1 + other.collateral_1,
            one.collateral_2 + other.collateral_2,
        ),
        book.cash + trade.cash,
    )
