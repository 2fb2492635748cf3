"""What quoting refuses.

NodeError
└── QuoteError
    ├── RefusedError         faults in what was given; refused whole, every fault listed
    │   ├── ChainRefusedError    in a chain of options
    │   ├── BookRefusedError     in a book of positions
    │   └── MarketRefusedError   in a margin market
    ├── ChainFileError       a chain file cannot be read at all
    ├── MarginFileError      a book or market file cannot be read at all
    ├── UnderlyingsError     the registry of underlyings is malformed
    ├── DecimalError         a text is no plain decimal
    └── InstantError         a text is no UTC time
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from node.errors import NodeError, Reason

__all__ = [
    "BookRefusedError",
    "ChainFileError",
    "ChainRefusedError",
    "DecimalError",
    "Fault",
    "InstantError",
    "MarginFileError",
    "MarketRefusedError",
    "QuoteError",
    "RefusedError",
    "UnderlyingsError",
]

_LONGEST_VALUE = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of what was given: where, what was found, what is expected, and the way out.

    `row` is the line of the file (the header is line 1) or the number the caller gave the row;
    None when the fault is not of one row. `field` is the column's name, or the path in a document.
    """

    row: int | None
    field: str
    value: str
    expected: str
    way_out: str

    def __str__(self) -> str:
        place = f"row {self.row}, {self.field}" if self.row is not None else self.field
        return f"{place}: {shorten(self.value)}, expected {self.expected}; {self.way_out}"


def shorten(value: str) -> str:
    """The value for people: quoted, long ones cut."""
    if not value:
        return "nothing"
    text = repr(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 4]}…{text[0]}"


class QuoteError(NodeError):
    """Base of quoting's errors."""

    reason: ClassVar[Reason] = Reason.INVALID_REQUEST


class RefusedError(QuoteError):
    """Something given has faults; `faults` lists all of them, in order of their rows."""

    refused: ClassVar[str] = "input"

    def __init__(self, faults: Sequence[Fault]) -> None:
        ordered = sorted(faults, key=lambda fault: fault.row or 0)
        self.faults = tuple(ordered)
        count = f"{len(ordered)} fault{'s' if len(ordered) != 1 else ''}"
        lines = "\n".join(f"  {fault}" for fault in ordered)
        super().__init__(f"{self.refused} refused, {count}:\n{lines}")


class ChainRefusedError(RefusedError):
    """A chain of options has faults."""

    refused = "chain"


class BookRefusedError(RefusedError):
    """A book of positions has faults."""

    refused = "book"


class MarketRefusedError(RefusedError):
    """A margin market has faults."""

    refused = "margin market"


class ChainFileError(QuoteError):
    """A chain file is missing, unreadable or not UTF-8."""

    reason: ClassVar[Reason] = Reason.FILE_UNREADABLE


class MarginFileError(QuoteError):
    """A book or market file is missing, unreadable, not UTF-8 or no JSON."""

    reason: ClassVar[Reason] = Reason.FILE_UNREADABLE


class UnderlyingsError(QuoteError):
    """The registry of underlyings does not say what it should."""

    reason: ClassVar[Reason] = Reason.CONFIG_INVALID


class DecimalError(QuoteError, ValueError):
    """A text is outside the decimal grammar."""


class InstantError(QuoteError, ValueError):
    """A text is not a UTC time of the accepted form."""
