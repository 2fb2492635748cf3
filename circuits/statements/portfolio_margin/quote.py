"""The margin as a number: the model read on integers."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from circuits.edsl.evaluation import IntegerArithmetic
from circuits.edsl.numbers import Numbers
from circuits.edsl.python_numbers import PythonNumbers
from circuits.edsl.values import Integer
from circuits.profile import R14
from circuits.statements.portfolio_margin.admission import check_provable
from circuits.statements.portfolio_margin.arrays import (
    book_arrays,
    market_arrays,
    parameter_arrays,
)
from circuits.statements.portfolio_margin.book import Book
from circuits.statements.portfolio_margin.hidden import Hidden
from circuits.statements.portfolio_margin.market import MarginMarket
from circuits.statements.portfolio_margin.model.portfolio import define_portfolio
from circuits.statements.portfolio_margin.model.scales import PROFIT_ONE
from circuits.statements.portfolio_margin.parameters import MarginParameters
from circuits.statements.portfolio_margin.units import SPOT_FACTOR_ONE


@dataclass(frozen=True, repr=False)
class MarginQuote(Hidden):
    """Margins in whole cash atoms, with collateral; profits and equity exact."""

    maintenance: int
    initial: int
    equity: Fraction
    profits: tuple[Fraction, ...]
    forward_contingency: Fraction
    worst: Fraction

    @property
    def worst_row(self) -> int | None:
        """The first row that is worst; None where the forward contingency is."""
        return self.profits.index(self.worst) if self.worst in self.profits else None


def quote_margin(
    book: Book,
    market: MarginMarket,
    parameters: MarginParameters,
    collateral: int = 0,
    numbers: Numbers | None = None,
) -> MarginQuote:
    """Both margins of a book with `collateral` units of the settlement token.

    Raises UnprovableError or SliceError where the margin is not defined (admission.py).
    """
    check_provable(book, market, parameters)
    slots = max(1, len(book.legs))
    inputs = parameter_arrays(parameters) | market_arrays(market) | book_arrays(book, slots)
    ar = IntegerArithmetic(R14.limb_bits, numbers or PythonNumbers(), inputs=inputs)
    found = define_portfolio(ar, R14, slots, len(parameters.rows), market.form)
    margins = [found.margin(ar, ar.constant(found.root, initial)) for initial in (0, 1)]
    added = collateral * parameters.collateral_unit
    profits = tuple(Fraction(_number(row), PROFIT_ONE) for row in found.profits.rows)
    return MarginQuote(
        maintenance=_number(margins[0].margin) + added,
        initial=_number(margins[1].margin) + added,
        equity=Fraction(_number(margins[0].equity), SPOT_FACTOR_ONE) + added,
        profits=profits,
        forward_contingency=Fraction(_number(found.profits.forward_contingency), PROFIT_ONE),
        worst=Fraction(_number(found.profits.worst), PROFIT_ONE),
    )


def _number(value: Integer) -> int:
    return int(value.payload[0])
