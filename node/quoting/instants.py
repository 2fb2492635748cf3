"""UTC times as text: ISO 8601 with Z, seconds and their fraction optional."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from node.quoting.errors import InstantError, shorten

INSTANT_GRAMMAR = "a UTC time such as 2026-05-22T08:00:00Z"

_INSTANT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,18}))?)?Z"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_instant(text: str) -> Fraction:
    """Seconds since 1970-01-01T00:00:00Z, exactly; InstantError when the text is no such time."""
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise InstantError(f"{shorten(text)} is no time, expected {INSTANT_GRAMMAR}")
    year, month, day, hour, minute = (int(part) for part in match.groups()[:5])
    try:
        moment = datetime(year, month, day, hour, minute, int(match[6] or 0), tzinfo=UTC)
    except ValueError as error:
        raise InstantError(f"{shorten(text)} is no time: {error}") from None
    fraction = match[7] or "0"
    whole = (moment - _EPOCH) // timedelta(seconds=1)
    return whole + Fraction(int(fraction), 10 ** len(fraction))


def format_instant(unix_seconds: int) -> str:
    """The ISO form with Z of whole seconds since 1970; beyond the year 9999 their number.

    Words and contracts hold times of 40 bits, whatever a stranger put there.
    """
    try:
        return (_EPOCH + timedelta(seconds=unix_seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
    except OverflowError:
        return f"Unix second {unix_seconds}"
