"""Margins of a hidden book, row by row, in whole numbers: the model a proof would show.

Money is in cash atoms: one tick times 1e-6 contract. Everything here is private; printing shows
nothing, and refusals name no leg.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from circuits.statements.portfolio_margin import (
    Book,
    MarginMarket,
    MarginParameters,
    ScenarioRow,
)
from circuits.statements.portfolio_margin.hidden import Hidden
from circuits.statements.portfolio_margin.quote import MarginQuote, quote_margin
from node.margin.errors import BookRefused
from node.margin.refusing import quietly
from node.margin.trade import apply_trade
from prover import lane_numbers


@dataclass(frozen=True, repr=False)
class RowProfit(Hidden):
    """What the book gains in one scenario, against its mark; the first worst row is marked."""

    row: ScenarioRow
    profit: Fraction
    is_worst: bool


@dataclass(frozen=True, repr=False)
class MarginSheet(Hidden):
    """One book in one market: every row, both margins, equity (marks, cash and collateral).

    Where the forward contingency is worst, no row is marked. `initial` and `maintenance` count
    whole atoms, rounded down: healthy is 0 or more.
    """

    rows: tuple[RowProfit, ...]
    forward_contingency: Fraction
    worst: Fraction
    initial: int
    maintenance: int
    equity: Fraction


@dataclass(frozen=True, repr=False)
class WhatIf(Hidden):
    """The margin before and after a trade, every row in both."""

    before: MarginSheet
    after: MarginSheet


@dataclass(frozen=True)
class Valuer:
    """One market under one set of parameters; values any number of books."""

    market: MarginMarket
    parameters: MarginParameters

    def quote(self, book: Book, collateral: int = 0) -> MarginSheet:
        """The sheet with `collateral` units of the settlement token; BookRefused."""
        quoted = quietly(
            lambda: quote_margin(book, self.market, self.parameters, collateral, lane_numbers()),
            lambda kind: BookRefused(
                f"the book has no margin in this market under these parameters ({kind});"
                " check the files with `proofmark margin show`"
            ),
        )
        return self._sheet(quoted)

    def what_if(
        self, book: Book, trade: Book, collateral: int = 0, before: MarginSheet | None = None
    ) -> WhatIf:
        """Before and after a trade is added to the book; BookRefused.

        Who asks often passes the sheet of the book as it is, so that only the rest is computed.
        """
        after = apply_trade(book, trade)
        return WhatIf(before or self.quote(book, collateral), self.quote(after, collateral))

    def _sheet(self, quoted: MarginQuote) -> MarginSheet:
        worst = quoted.worst_row
        rows = zip(self.parameters.rows, quoted.profits, strict=True)
        return MarginSheet(
            rows=tuple(RowProfit(row, p, i == worst) for i, (row, p) in enumerate(rows)),
            forward_contingency=quoted.forward_contingency,
            worst=quoted.worst,
            initial=quoted.initial,
            maintenance=quoted.maintenance,
            equity=quoted.equity,
        )
