"""Write the demo's option chain from the recorded quotes: `python make_demo_chain.py QUOTES.csv`.

QUOTES.csv is the tidy form of the quotes described in NOTICE.md: bid and ask of each option in
coin and as volatility in percent, bid and ask of each expiry's future. The chain takes the
middle of the two volatilities and of the future; every number is computed exactly in decimals.
"""

import argparse
import csv
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

HERE = Path(__file__).parent
CHAIN = "btc_chain_20260521.csv"
QUOTES = "btc_quotes_20260521.csv"

CHAIN_COLUMNS = (
    "valuation_utc",
    "underlying",
    "expiry_utc",
    "strike",
    "option_type",
    "forward",
    "implied_volatility",
    "discount_factor",
)
QUOTE_COLUMNS = (
    "underlying",
    "expiry_utc",
    "strike",
    "option_type",
    "bid_coin",
    "ask_coin",
    "bid_usd",
    "ask_usd",
)

Row = dict[str, str]


def plain(value: Decimal) -> str:
    """A decimal without exponent and without trailing zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def middle(row: Row, name: str, unit: str) -> Decimal:
    """The middle of a bid and an ask."""
    return (Decimal(row[f"{name}_bid_{unit}"]) + Decimal(row[f"{name}_ask_{unit}"])) / 2


def chain_row(row: Row) -> tuple[str, ...]:
    """One line of the chain; the empty discount factor means 1."""
    return (
        row["snapshot_utc"],
        row["asset"],
        row["expiry_utc"],
        plain(Decimal(row["strike_usd"])),
        row["option_type"],
        plain(middle(row, "forward", "usd")),
        plain(middle(row, "iv", "pct") / 100),
        "",
    )


def quote_row(row: Row) -> tuple[str, ...]:
    """One line of quotes; a price in dollars is the price in coin times the future's middle."""
    forward = middle(row, "forward", "usd")
    bid, ask = Decimal(row["bid_price_coin"]), Decimal(row["ask_price_coin"])
    return (
        row["asset"],
        row["expiry_utc"],
        plain(Decimal(row["strike_usd"])),
        row["option_type"],
        plain(bid),
        plain(ask),
        plain(bid * forward),
        plain(ask * forward),
    )


def write(path: Path, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """Write one file with Unix line ends."""
    with path.open("w", encoding="ascii", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def main() -> None:
    """Write both files beside this script, or into --output."""
    parser = argparse.ArgumentParser(description="Write the demo's option chain.")
    parser.add_argument("quotes", type=Path)
    parser.add_argument("--output", type=Path, default=HERE)
    arguments = parser.parse_args()
    with arguments.quotes.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    write(arguments.output / CHAIN, CHAIN_COLUMNS, map(chain_row, rows))
    write(arguments.output / QUOTES, QUOTE_COLUMNS, map(quote_row, rows))


if __name__ == "__main__":
    main()
