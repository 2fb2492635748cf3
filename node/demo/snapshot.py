"""The market of the demonstration: the shipped chain, or the caller's file."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib import resources
from pathlib import Path

from circuits.statements.option_marks import Shape, smallest_shape
from node.demo.report import Quotes
from node.quoting import (
    PROVING,
    Chain,
    PlacedMarket,
    format_instant,
    market_of,
    parse_chain,
    read_chain,
)

SHIPPED_CHAIN = "btc_chain_20260521.csv"
SHIPPED_QUOTES = "btc_quotes_20260521.csv"
_TIMES = ("valuation_utc", "expiry_utc")


@dataclass(frozen=True)
class Snapshot:
    """A chain as text and as integers, at the size that signers sign; `quotes` may be missing."""

    name: str
    rows: tuple[dict[str, str], ...]
    chain: Chain
    placed: PlacedMarket
    shape: Shape
    quotes: Quotes


def load_snapshot(path: Path | None = None) -> Snapshot:
    """The file's snapshot, or the shipped one; ChainRefusedError lists every fault."""
    if path is not None:
        text = path.read_text(encoding="utf-8-sig") if path.is_file() else ""
        chain = read_chain(path, PROVING)
        return _snapshot(str(path), text, chain, {})
    data = resources.files("node") / "data"
    text = (data / SHIPPED_CHAIN).read_text(encoding="utf-8")
    chain = parse_chain(text, PROVING)
    return _snapshot(SHIPPED_CHAIN, text, chain, _quotes(data / SHIPPED_QUOTES))


def redated(snapshot: Snapshot, now_unix: int) -> Snapshot:
    """The same market, every time moved so that the valuation is `now_unix`."""
    shift = timedelta(seconds=now_unix - snapshot.placed.market.snapshot_unix)
    rows = [{**row, **{name: _moved(row[name], shift) for name in _TIMES}} for row in snapshot.rows]
    text = _as_csv(rows)
    chain = parse_chain(text, PROVING)
    return _snapshot(snapshot.name, text, chain, {})


def _snapshot(name: str, text: str, chain: Chain, quotes: Quotes) -> Snapshot:
    placed = market_of(chain)
    rows = tuple(dict(row) for row in csv.DictReader(text.splitlines()))
    return Snapshot(name, rows, chain, placed, smallest_shape(placed.market), quotes)


def _quotes(file: resources.abc.Traversable) -> Quotes:
    rows = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    return {
        (row["expiry_utc"], Decimal(row["strike"]), row["option_type"]): (
            row["bid_usd"],
            row["ask_usd"],
        )
        for row in rows
    }


def _moved(text: str, shift: timedelta) -> str:
    moment = datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)
    return format_instant(int((moment + shift).timestamp()))


def _as_csv(rows: Iterable[dict[str, str]]) -> str:
    listed = list(rows)
    lines = [",".join(listed[0]), *(",".join(row.values()) for row in listed)]
    return "\n".join(lines) + "\n"
