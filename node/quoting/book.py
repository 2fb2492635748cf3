"""A book of positions: from a CSV table to the integers that are committed, whole or not at all.

Columns: `kind,expiry_utc,strike,amount`. A row is one option leg (kind `call` or `put`), or one of
`perpetual`, `collateral_1`, `collateral_2` (contracts) and `cash` (quote currency), which have
neither expiry nor strike and occur once at most. Legs may stand in any order; amounts are signed,
short below 0. Amounts and cash are exact multiples of their steps (10^-6 contract, one cash atom):
positions are never rounded. A strike is rounded half to even into ticks, as in a chain.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from circuits.statements.portfolio_margin import (
    Book,
    Leg,
    LinearHoldings,
    MarginMarket,
    Mismatch,
    unprovable_legs,
)
from circuits.statements.portfolio_margin.units import (
    LEAVES,
    RANGES,
)
from node.quoting.decimals import scaled_to_decimal
from node.quoting.errors import BookRefusedError, Fault, MarginFileError
from node.quoting.fields import RowReader
from node.quoting.table import parse_table, read_utf8

BOOK_COLUMNS = ("kind", "expiry_utc", "strike", "amount")
OPTION_KINDS = {"call": False, "put": True}
LINEAR_KINDS = {
    "perpetual": "perpetual",
    "collateral_1": "collateral",
    "collateral_2": "collateral",
    "cash": "cash",
}
"""Kinds without expiry and strike, and the ranges of their amounts."""

_KINDS = ", ".join((*OPTION_KINDS, *LINEAR_KINDS))
_AMOUNT_DIGITS = 6


@dataclass(frozen=True, slots=True)
class RawHolding:
    """One holding as text; None is a field whose absence has been reported already."""

    row: int
    kind: str | None
    expiry_utc: str | None
    strike: str | None
    amount: str | None


@dataclass(frozen=True, slots=True)
class BookRules:
    """What a book belongs to: its underlying's number and tick, and the market it is valued in.

    Without a market, expired legs and strikes that are not listed go unnoticed.
    """

    underlying: int
    tick_exponent: int
    market: MarginMarket | None = None


def read_book(path: Path, rules: BookRules) -> Book:
    """The book of a file; MarginFileError if unreadable, BookRefusedError with every fault."""
    return parse_book(read_utf8(path, MarginFileError), rules)


def parse_book(text: str, rules: BookRules) -> Book:
    """The book of a CSV text; BookRefusedError with every fault."""
    rows, faults = parse_table(text, BOOK_COLUMNS)
    raw = [RawHolding(row.line, *(row.cells[name] for name in BOOK_COLUMNS)) for row in rows]
    return quantise_book(raw, rules, earlier_faults=faults)


def quantise_book(
    rows: Sequence[RawHolding], rules: BookRules, *, earlier_faults: Iterable[Fault] = ()
) -> Book:
    """The book of all rows, or BookRefusedError with every fault."""
    faults = list(earlier_faults)
    holdings = [_Holding(raw, rules, faults) for raw in rows]
    legs = {each.leg: each for each in holdings if each.leg is not None}
    _check_once(holdings)
    if rules.market is not None:
        for leg, mismatch in unprovable_legs(_unchecked(legs), rules.market).items():
            legs[leg].reader.report(
                "strike" if mismatch is Mismatch.STRIKE else "expiry_utc",
                f"a leg the market can value; this one {mismatch}",
                "remove or settle the leg, or give the market that lists it",
            )
    count = sum(each.kind in OPTION_KINDS for each in holdings)
    if count > LEAVES:
        expected = f"at most {LEAVES} legs"
        faults.append(Fault(None, "legs", str(count), expected, "split the book into accounts"))
    if faults:
        raise BookRefusedError(faults)
    linear = {each.kind: each.amount for each in holdings if each.amount is not None}
    return Book(
        tuple(sorted(legs, key=lambda leg: leg.key)),
        LinearHoldings(*(linear.get(kind, 0) for kind in LINEAR_KINDS if kind != "cash")),
        linear.get("cash", 0),
    )


class _Holding:
    """One row read: a leg, or an amount of a linear kind; neither where a fault was reported."""

    def __init__(self, raw: RawHolding, rules: BookRules, faults: list[Fault]) -> None:
        self.reader = RowReader(raw, faults)
        self.kind = self._kind(raw)
        self.leg: Leg | None = None
        self.amount: int | None = None
        if self.kind in OPTION_KINDS:
            self.leg = self._leg(rules)
        elif self.kind is not None:
            self.amount = self._linear(raw, rules)

    @property
    def identity(self) -> object:
        """What may occur once; None for a row with a fault."""
        return self.kind if self.leg is None else self.leg.key

    def _kind(self, raw: RawHolding) -> str | None:
        if raw.kind is None:
            return None
        if raw.kind not in OPTION_KINDS and raw.kind not in LINEAR_KINDS:
            self.reader.report("kind", f"one of {_KINDS}", "correct the kind or remove the row")
            return None
        return raw.kind

    def _leg(self, rules: BookRules) -> Leg | None:
        expiry = self.reader.expiry()
        strike = self.reader.decimal("strike")
        ticks = None if strike is None else self.reader.ticks("strike", strike, rules.tick_exponent)
        amount = self._amount("amount", _AMOUNT_DIGITS)
        if amount == 0:
            self.reader.report("amount", "an amount other than 0", "remove the row")
        if expiry is None or ticks is None or not amount:
            return None
        if expiry not in RANGES["leg_expiry_unix"]:
            self.reader.report("expiry_utc", "a time before the year 3058", "correct the year")
            return None
        return Leg(rules.underlying, expiry, ticks, OPTION_KINDS[str(self.kind)], amount)

    def _linear(self, raw: RawHolding, rules: BookRules) -> int | None:
        for field in ("expiry_utc", "strike"):
            if getattr(raw, field):
                self.reader.report(field, f"nothing for {self.kind}", "empty the cell")
        digits = _AMOUNT_DIGITS + (rules.tick_exponent if self.kind == "cash" else 0)
        return self._amount(LINEAR_KINDS[str(self.kind)], digits)

    def _amount(self, range_name: str, digits: int) -> int | None:
        """The amount in steps of 10^-digits, exact and in range."""
        value = self.reader.decimal("amount")
        if value is None:
            return None
        steps = value * 10**digits
        allowed = RANGES[range_name]
        step, low, high = (
            scaled_to_decimal(count, power_of_ten=digits)
            for count in (1, allowed.low, allowed.high)
        )
        if steps.denominator != 1:
            way_out = "write the position exactly: it is never rounded"
            self.reader.report("amount", f"a multiple of {step}", way_out)
            return None
        if int(steps) not in allowed:
            self.reader.report("amount", f"{low} to {high}", "correct the amount")
            return None
        return int(steps)


def _check_once(holdings: Iterable[_Holding]) -> None:
    first: dict[object, int] = {}
    for each in holdings:
        row = each.reader.raw.row
        if each.identity is None or (each.leg is None and each.kind in OPTION_KINDS):
            continue
        if each.identity in first:
            each.reader.report(
                "kind",
                f"a holding not given before; row {first[each.identity]} has it",
                "add the two amounts and remove one of the rows",
            )
        first.setdefault(each.identity, row)


def _unchecked(legs: Iterable[Leg]) -> Book:
    """The distinct legs as a book, for questions about them; at most as many as one holds."""
    distinct = {leg.key: leg for leg in legs}
    return Book(tuple(distinct[key] for key in sorted(distinct))[:LEAVES])
