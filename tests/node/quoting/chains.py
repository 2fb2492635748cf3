"""Small chains for tests."""

from __future__ import annotations

from node.quoting.chain import COLUMNS

GOOD_ROW = {
    "valuation_utc": "2026-05-21T10:04:10.269985Z",
    "underlying": "BTC",
    "expiry_utc": "2026-05-29T08:00:00Z",
    "strike": "74000",
    "option_type": "call",
    "forward": "77616.25",
    "implied_volatility": "0.4",
    "discount_factor": "0.999",
}


def csv_text(*changes: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> str:
    """A chain CSV with one good row for each dictionary of changes."""
    lines = [",".join(columns)]
    for change in changes:
        row = {**GOOD_ROW, **change}
        lines.append(",".join(row[column] for column in columns))
    return "\n".join(lines) + "\n"


def strikes(count: int, **changes: str) -> list[dict[str, str]]:
    """Rows that differ in their strikes."""
    return [{"strike": str(60_000 + 10 * index), **changes} for index in range(count)]
