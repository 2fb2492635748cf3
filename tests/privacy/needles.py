"""The search for a book in whatever was written, sent or said: every number, every spelling."""

from __future__ import annotations

import base64
from math import floor

from circuits.statements.portfolio_margin.commitment import empty_chunk, leg_chunks
from node.margin import BookOpening, Valuer

SHORTEST_BYTES = 5
"""Shorter numbers are met by chance."""


def private_numbers(opened: BookOpening, valuer: Valuer) -> dict[str, int]:
    """Everything of an opening that nobody else may see, and what follows from it."""
    book, sheet = opened.book, valuer.quote(opened.book)
    found = {
        "salt": opened.opening.salt,
        "cash": book.cash,
        "packed cash": book.packed_cash,
        "perpetual": book.linear.perpetual,
        "collateral 1": book.linear.collateral_1,
        "collateral 2": book.linear.collateral_2,
        "linear": book.linear.packed,
        "maintenance": sheet.maintenance,
        "initial": sheet.initial,
        "equity": floor(sheet.equity),
    }
    for index, leg in enumerate(book.legs):
        found[f"strike {index}"] = leg.strike_ticks
        found[f"amount {index}"] = leg.amount
        found[f"leg {index}"] = leg.packed
        found[f"key {index}"] = leg.key
    for index, chunk in enumerate(leg_chunks(book)):
        if chunk != empty_chunk():
            found[f"chunk {index}"] = chunk
    for index, row in enumerate(sheet.rows):
        found[f"profit {index}"] = floor(row.profit)
    return {name: abs(value) for name, value in found.items() if value}


def traces(numbers: dict[str, int], *written: bytes | str) -> list[str]:
    """Names of the numbers that stand there in decimal, hexadecimal, base64 or plain bytes."""
    for name, number in numbers.items():
        assert number >> 8 * (SHORTEST_BYTES - 1), f"{name} is too short to be looked for"
    parts = [part.encode() if isinstance(part, str) else part for part in written]
    plain = b"\n".join(parts)
    digits = plain.translate(None, b".,_")  # decimal points, separators of thousands
    text = plain.lower()
    return [
        name
        for name, number in numbers.items()
        if any(form in plain for form in _encoded(number))
        or f"{number:x}".encode() in text
        or str(number).encode() in digits
    ]


def _encoded(number: int) -> list[bytes]:
    size = (number.bit_length() + 7) // 8
    forms = []
    for raw in (number.to_bytes(size, "big"), number.to_bytes(size, "little")):
        forms += [raw, raw.hex().encode(), *_base64(raw)]
    return forms


def _base64(raw: bytes) -> list[bytes]:
    """The characters that these bytes alone decide, wherever among others they stand."""
    forms = []
    for before in range(3):
        text = base64.b64encode(bytes(before) + raw)
        first, last = -(-8 * before // 6), 8 * (before + len(raw)) // 6
        forms += [text[first:last], text[first:last].translate(bytes.maketrans(b"+/", b"-_"))]
    return forms
