"""`portfolio_margin` as a subject, and what a what-if costs: full books in full markets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from circuits.challenge_round import StatementWitness
from circuits.statements.header import Header
from circuits.statements.portfolio_margin import (
    Book,
    Kind,
    MarginShape,
    VolatilityForm,
    load_shipped,
)
from circuits.statements.portfolio_margin.statement import Evidence, PortfolioMargin
from node.benchmark.books import closing_trade, full_book, full_market
from node.benchmark.model import Repeats, Run
from node.benchmark.stopwatch import Stopwatch
from node.margin import (
    PRODUCT_SLOTS,
    AccountReference,
    BookOpening,
    MarginRequest,
    OwnerSecret,
    Valuer,
)
from node.margin.prove import claim_of
from prover import lane_numbers

PARAMETERS = "derive_like_33"

#: A what-if where the sheet of the book as it is was kept, and one that computes both sheets.
WARM, COLD = "warm", "cold"

_ACCOUNT = AccountReference(group=3, account_id=6)
_HEADER = Header(chain_id=1, registry=2, consumer=_ACCOUNT.group, sequence=4, valid_until=5)
_OWNER = OwnerSecret(b"benchmark".ljust(32, b"\0"))


@dataclass(frozen=True)
class Margins:
    """A hidden book is covered: 33 scenarios, SVI volatilities; `legs` None fills all slots."""

    size: int
    legs: int | None = None

    def __post_init__(self) -> None:
        if self.size not in PRODUCT_SLOTS:
            usual = ", ".join(map(str, PRODUCT_SLOTS))
            raise ValueError(f"{self.size} slots, expected one of {usual}")

    @property
    def statement(self) -> PortfolioMargin:
        """The statement."""
        rows = len(load_shipped(PARAMETERS).parameters.rows)
        return PortfolioMargin(MarginShape(Kind.COVERED, self.size, rows, VolatilityForm.SVI))

    def witness_of(self, seed: int) -> Callable[[], StatementWitness]:
        """Of a seed's book; its claim is at hand, as for a proof that was quoted before."""
        valuer, book = inputs_of(seed, self.size if self.legs is None else self.legs)
        opened = BookOpening.new(book, _ACCOUNT, 1, _OWNER)
        claim = claim_of(MarginRequest(Kind.COVERED, _HEADER), opened, valuer)
        evidence = Evidence(book, valuer.market, valuer.parameters, opened.opening)
        statement = self.statement
        return lambda: statement.witness(claim, evidence, numbers=lane_numbers())


def measure_what_if(legs: int, repeats: Repeats) -> tuple[Run, ...]:
    """Per run, one trade's what-if on a full book, `WARM` and `COLD`."""
    valuer, book = inputs_of(0, legs)
    before, seeds, stopwatch = valuer.quote(book), count(), Stopwatch()

    def run() -> Run:
        stopwatch.spans.clear()
        trade = closing_trade(next(seeds), book)
        with stopwatch.measuring(WARM):
            valuer.what_if(book, trade, before=before)
        with stopwatch.measuring(COLD):
            valuer.what_if(book, trade)
        return dict(stopwatch.spans)

    return repeats.run(run)


def inputs_of(seed: int, legs: int) -> tuple[Valuer, Book]:
    """Market and parameters of a seed, and a book of so many legs in them."""
    valuer = Valuer(full_market(seed), load_shipped(PARAMETERS).parameters)
    return valuer, full_book(seed, valuer.market, legs, valuer.parameters.underlying)
