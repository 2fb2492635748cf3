"""Marks as a consumer reads them, beside the market and an independent value."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from node.demo import fifty_digits
from node.demo.report import MarkRow
from node.demo.settled import Settled
from node.demo.snapshot import Snapshot
from node.demo.stage import Stage
from node.quoting import format_instant, price_decimal, scaled_to_decimal

ROWS_SHOWN = 12
_PRICE_ATOMS = 6  #: position of priceAtoms in MarkBoard's Mark


def read_back(
    stage: Stage, snapshot: Snapshot, settled: Settled
) -> tuple[tuple[MarkRow, ...], list[Decimal]]:
    """A dozen marks as the contract gives them, and the error of each checked one."""
    board = stage.contract("MarkBoard")
    places = snapshot.placed.places()
    words = list(settled.sent.words)
    count = len(snapshot.chain.options)
    mpmath = fifty_digits.load()
    rows, errors = [], []
    for index in sorted({i * (count - 1) // (ROWS_SHOWN - 1) for i in range(ROWS_SHOWN)}):
        group, lane = places[index]
        mark = board.read_one("readMark", words, group * snapshot.shape.lanes + lane)
        error = _error(mpmath, snapshot, index, mark[_PRICE_ATOMS])
        errors += [] if error is None else [error]
        rows.append(_row(snapshot, settled, index, mark[_PRICE_ATOMS], error))
    return tuple(rows), errors


def _error(mpmath: Any, snapshot: Snapshot, index: int, atoms: int) -> Decimal | None:
    """Distance from the 50-digit value, in quote currency."""
    if mpmath is None:
        return None
    option = snapshot.chain.options[index]
    ticks = Decimal(atoms).scaleb(-5)
    distance = abs(ticks - fifty_digits.price(mpmath, option))
    return distance.scaleb(-option.underlying.tick_exponent)


def _row(
    snapshot: Snapshot, settled: Settled, index: int, atoms: int, error: Decimal | None
) -> MarkRow:
    option = snapshot.chain.options[index]
    exponent = option.underlying.tick_exponent
    kind = "put" if option.is_put else "call"
    strike = scaled_to_decimal(option.strike_ticks, power_of_ten=exponent)
    expiry = format_instant(option.expiry_unix)
    bid, ask = snapshot.quotes.get((expiry, Decimal(strike), kind), (None, None))
    return MarkRow(
        expiry=expiry,
        strike=strike,
        option_type=kind,
        mark=price_decimal(atoms, exponent),
        delta=settled.deltas[index],
        bid=bid,
        ask=ask,
        error=None if error is None else f"{error:.1e}",
    )
