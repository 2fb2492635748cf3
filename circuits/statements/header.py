"""The header of every statement: where an attestation belongs (words 1 to 3).

::

    1         chain_id (88) | registry (160)
    2         consumer (160) | sequence (48) | valid_until (40)
    3         subject, which each statement fills
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass

from circuits.statements.packing import pack, unpack
from circuits.statements.ranges import Range, check_in, unsigned

HEADER_WORDS = 3

HEADER_RANGES: dict[str, Range] = {
    "chain_id": unsigned(88, "chain id"),
    "registry": unsigned(160, "address"),
    "consumer": unsigned(160, "address"),
    "sequence": unsigned(48, "the consumer's next number for the subject"),
    "valid_until": unsigned(40, "Unix seconds"),
}
"""Ranges of the header's fields, by name."""

_DOMAIN = (88, 160)
_CALL = (160, 48, 40)


@dataclass(frozen=True, slots=True)
class Header:
    """Where an attestation belongs; addresses as integers.

    `sequence` is the snapshot number where the subject is an underlying.
    """

    chain_id: int
    registry: int
    consumer: int
    sequence: int
    valid_until: int

    def __post_init__(self) -> None:
        for field in HEADER_RANGES:
            check_in(HEADER_RANGES, field, getattr(self, field))


def pack_header(header: Header) -> tuple[int, int]:
    """Words 1 and 2: domain and call, as HeaderWords.sol calls them."""
    fields = astuple(header)
    return pack(_DOMAIN, fields[:2]), pack(_CALL, fields[2:])


def unpack_header(words: Sequence[int]) -> Header:
    """The header of untrusted words 1 and 2; WordError."""
    return Header(*unpack(_DOMAIN, words[0], 1), *unpack(_CALL, words[1], 2))
