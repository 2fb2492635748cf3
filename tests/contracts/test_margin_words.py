"""The word layout of account statements in Solidity against the published one, field by field."""

from __future__ import annotations

import pytest

from tests.contracts.test_words import bits, constants

SNAPSHOT_UNIX, LEVEL, SLOTS, ROWS = 1_779_000_000, 2, 64, 33
COMMON = ("parameters", "market digest", "snapshot", "spot")
TAILS = {
    "covered": ("commitment", "W"),
    "requirement": ("commitment", "requirement"),
    "breach": ("commitment", "W", "Q"),
    "open": ("W", *(f"leg {index}" for index in range(SLOTS)), "linear", "cash"),
}


def layout(kind: str) -> tuple[str, ...]:
    """The words of a statement by name."""
    return ("domain", "call", "account", *COMMON, *TAILS[kind])


@pytest.fixture(name="c")
def evaluated_constants() -> dict[str, int]:
    return constants("PortfolioMarginWords")


@pytest.mark.parametrize("kind", TAILS)
def test_common_words(c: dict[str, int], kind: str) -> None:
    words = layout(kind)
    assert words[c["SUBJECT_INDEX"]] == "account"
    assert words[c["PARAMETERS_INDEX"]] == "parameters"
    assert words[c["MARKET_DIGEST_INDEX"]] == "market digest"
    assert words[c["SNAPSHOT_INDEX"]] == "snapshot"
    assert words[c["SPOT_INDEX"]] == "spot"
    assert words[: c["COMMON_COUNT"]] == ("domain", "call", "account", *COMMON)


def test_hidden_books(c: dict[str, int]) -> None:
    for kind, count in (("covered", "COVERED_COUNT"), ("breach", "BREACH_COUNT")):
        words = layout(kind)
        assert len(words) == c[count]
        assert words[c["COMMITMENT_INDEX"]] == "commitment"
        assert words[c["COLLATERAL_INDEX"]] == "W"
    assert layout("breach")[c["EQUITY_BOUND_INDEX"]] == "Q"
    assert layout("requirement").index("requirement") == c["COLLATERAL_INDEX"]


def test_public_books(c: dict[str, int]) -> None:
    words = layout("open")
    assert len(words) == c["OPEN_OTHER_COUNT"] + SLOTS
    assert words[c["OPEN_COLLATERAL_INDEX"]] == "W"
    legs = words[c["LEGS_INDEX"] : c["LEGS_INDEX"] + SLOTS]
    assert legs == TAILS["open"][1 : 1 + SLOTS]


def test_snapshot_word(c: dict[str, int]) -> None:
    word = SNAPSHOT_UNIX << 40 | LEVEL << 32 | SLOTS << 16 | ROWS
    assert bits(word, c["SNAPSHOT_UNIX_SHIFT"], 40) == SNAPSHOT_UNIX
    assert bits(word, c["LEVEL_SHIFT"], 8) == LEVEL == c["INITIAL"]
    assert bits(word, c["SLOTS_SHIFT"], 16) == SLOTS
    assert c["MAINTENANCE"] == 1


def test_empty_slot_and_holdings_of_nothing(c: dict[str, int]) -> None:
    key_bits = 8 + 35 + 36 + 1
    assert c["EMPTY_SLOT"] == (2**key_bits - 1) * 2**64 + 2**63
    assert c["NO_LINEAR"] == 2**63 << (63 + 63)
    assert c["NO_CASH"] == 2**95
