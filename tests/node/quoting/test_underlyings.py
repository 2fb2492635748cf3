"""The registry of underlyings."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from eth_hash.auto import keccak

from node.quoting.errors import UnderlyingsError
from node.quoting.underlyings import load_underlyings, underlying_id, unlisted_underlying


def test_the_shipped_registry_lists_the_five_underlyings() -> None:
    listed = load_underlyings()
    assert {symbol: entry.tick_exponent for symbol, entry in listed.items()} == {
        "BTC": 4,
        "ETH": 5,
        "SOL": 6,
        "SPX": 5,
        "XAU": 5,
    }
    assert listed["BTC"].underlying_id == underlying_id("BTC")
    assert underlying_id("BTC").to_bytes(12, "big") == keccak(b"BTC")[:12]


@pytest.mark.parametrize(
    ("forwards", "exponent"),
    [(["77000"], 4), (["1", "2000", "3"], 8), (["1e-9"], 17), (["5e10"], 0), (["1e-900"], 255)],
)
def test_an_unlisted_tick_comes_from_the_median_forward(forwards: list[str], exponent: int) -> None:
    found = unlisted_underlying("NEW", [Fraction(forward) for forward in forwards])
    assert found.tick_exponent == exponent
    assert not found.listed


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"underlyings": [{"symbol": "A"}]}',
        json.dumps({"underlyings": [{"symbol": "", "tick_exponent": 4, "listing_forward": "1"}]}),
        json.dumps(
            {"underlyings": [{"symbol": "A", "tick_exponent": 256, "listing_forward": "1"}]}
        ),
        json.dumps({"underlyings": [{"symbol": "A", "tick_exponent": 4, "listing_forward": "1"}]}),
        json.dumps({"underlyings": [{"symbol": "A", "tick_exponent": 4, "listing_forward": "x"}]}),
    ],
)
def test_a_malformed_registry_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "underlyings.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UnderlyingsError):
        load_underlyings(path)
