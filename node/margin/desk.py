"""The owner's desk: a sealed book, a market that follows a file, answers to the owner alone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from circuits.statements.portfolio_margin import Book, MarginParameters
from node.margin.authority import Gatekeeper, SignedCall
from node.margin.errors import BookRefused, NotTheOwner
from node.margin.opening import BookOpening
from node.margin.valuation import MarginSheet, Valuer, WhatIf
from node.quoting import (
    BookRefusedError,
    BookRules,
    RawHolding,
    quantise_book,
    read_margin_market,
)

LARGEST_TRADE = 256
_FAULTS_TOLD = 20


class MarketFile:
    """The margin market of a file, read again whenever the file has changed."""

    def __init__(self, path: Path, parameters: MarginParameters) -> None:
        self._path = path
        self._parameters = parameters
        self._read: tuple[int, Valuer] | None = None

    def __call__(self) -> Valuer:
        """The market now; MarginFileError, MarketRefusedError."""
        try:
            changed = self._path.stat().st_mtime_ns
        except OSError:
            changed = -1  # reading says what is wrong
        if self._read is None or self._read[0] != changed:
            market = read_margin_market(self._path, self._parameters).market
            self._read = changed, Valuer(market, self._parameters)
        return self._read[1]


class OwnerDesk:
    """Answers signed calls about one account; keeps the sheet of the book as it is."""

    def __init__(
        self, opened: BookOpening, market: Callable[[], Valuer], gatekeeper: Gatekeeper
    ) -> None:
        self._opened = opened
        self._market = market
        self._gatekeeper = gatekeeper
        self._lock = threading.Lock()
        self._kept: tuple[Valuer, int, MarginSheet] | None = None

    @property
    def atom_digits(self) -> int:
        """Cash atoms are 10^-atom_digits of the quote currency."""
        return self._market().market.tick_exponent + 6

    def admit(self, call: SignedCall) -> None:
        """Return for a call of the owner that was not made before; NotTheOwner."""
        self._gatekeeper.admit(call)

    def quote(self, account_id: int, collateral: int) -> MarginSheet:
        """The sheet of the book as it is; NotTheOwner for another account, BookRefused."""
        self._check(account_id)
        return self._sheet(self._market(), collateral)

    def what_if(self, account_id: int, collateral: int, trade: Sequence[RawHolding]) -> WhatIf:
        """Before and after a trade, in one market; the same refusals, which name rows alone."""
        self._check(account_id)
        valuer = self._market()
        changes = self._trade(trade, valuer)
        before = self._sheet(valuer, collateral)
        return valuer.what_if(self._opened.book, changes, collateral, before)

    def _sheet(self, valuer: Valuer, collateral: int) -> MarginSheet:
        with self._lock:
            if self._kept is None or self._kept[:2] != (valuer, collateral):
                sheet = valuer.quote(self._opened.book, collateral)
                self._kept = valuer, collateral, sheet
            return self._kept[2]

    def _check(self, account_id: int) -> None:
        if account_id != self._opened.opening.account_id:
            raise NotTheOwner("this node holds no book of that account")

    def _trade(self, trade: Sequence[RawHolding], valuer: Valuer) -> Book:
        if len(trade) > LARGEST_TRADE:
            raise BookRefused(f"the trade has {len(trade)} rows, expected at most {LARGEST_TRADE}")
        market = valuer.market
        rules = BookRules(valuer.parameters.underlying, market.tick_exponent, market)
        try:
            return quantise_book(trade, rules)
        except BookRefusedError as error:
            places = "; ".join(
                f"row {fault.row}, {fault.field}: expected {fault.expected}"
                for fault in error.faults[:_FAULTS_TOLD]
            )
        raise BookRefused(f"the trade is refused: {places}")
