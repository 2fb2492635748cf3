"""A trade is a book of changes: amounts are added, what comes to nothing leaves the book."""

from __future__ import annotations

from circuits.statements.portfolio_margin import Book, InputError, Leg, LinearHoldings
from node.margin.errors import BookRefused


def apply_trade(book: Book, trade: Book) -> Book:
    """The book after the trade; BookRefused where amounts leave their range or legs are too many.

    Premiums and fees are the trade's cash.
    """
    amounts: dict[int, tuple[Leg, int]] = {}
    for leg in (*book.legs, *trade.legs):
        _, held = amounts.get(leg.key, (leg, 0))
        amounts[leg.key] = leg, held + leg.amount
    one, other = book.linear, trade.linear
    try:
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
    except InputError as error:
        raise BookRefused(
            f"the book after the trade is refused ({type(error).__name__}): too many legs, other"
            " underlyings, or an amount out of range"
        ) from None
