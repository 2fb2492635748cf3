"""The search finds what is there, so that finding nothing means something."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest

from tests.privacy.books import LEGS, VALUER, hidden_book, hidden_opening
from tests.privacy.needles import private_numbers, traces

SPELLINGS: dict[str, Callable[[int], bytes]] = {
    "decimal": lambda number: f"margin={number};".encode(),
    "negative": lambda number: f"[-{number}]".encode(),
    "thousands": lambda number: f"{number:,}".encode(),
    "units": lambda number: f"{str(number)[:-4]}.{str(number)[-4:]} USD".encode(),
    "hexadecimal": lambda number: f"0x{number:064x}".encode(),
    "capitals": lambda number: f"{number:X}".encode(),
    "big endian": lambda number: number.to_bytes(40, "big"),
    "little endian": lambda number: number.to_bytes(40, "little"),
    "hexadecimal bytes": lambda number: number.to_bytes(40, "little").hex().encode(),
    "base64": lambda number: base64.b64encode(b"12" + number.to_bytes(40, "big")),
    "base64, shifted": lambda number: base64.b64encode(b"1" + number.to_bytes(40, "little")),
    "base64, for URLs": lambda number: base64.urlsafe_b64encode(number.to_bytes(41, "big")),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_is_found(spelling: str) -> None:
    numbers = private_numbers(hidden_opening("one leg"), VALUER)
    for name, number in numbers.items():
        assert name in traces(numbers, b"before", SPELLINGS[spelling](number), "after")


@pytest.mark.parametrize("name", LEGS)
def test_books_hold_what_their_names_say(name: str) -> None:
    assert len(hidden_book(name).legs) == LEGS[name]
    numbers = private_numbers(hidden_opening(name), VALUER)
    assert len(numbers) >= 10 + 4 * LEGS[name]
    assert traces(numbers, b"") == []
    assert VALUER.quote(hidden_book(name)).initial >= 0
