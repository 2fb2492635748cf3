"""Fields packed into words: most significant first, several equal lanes to a word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from circuits.statements.ranges import InputError

_Item = TypeVar("_Item")


class WordError(InputError):
    """Words do not say what a statement expects; `word` counts from 1, 0 means all of them."""

    def __init__(self, word: int, message: str) -> None:
        super().__init__(f"word {word}: {message}" if word else message)
        self.word = word


def pack(widths: Sequence[int], values: Sequence[int]) -> int:
    """Fields, most significant first; fields missing at the end are 0."""
    word = 0
    for width, value in zip(widths, [*values, *[0] * (len(widths) - len(values))], strict=True):
        word = word << width | value
    return word


def unpack(widths: Sequence[int], word: int, position: int) -> tuple[int, ...]:
    """Fields of an untrusted word; WordError, naming `position`, where it is too large."""
    total = sum(widths)
    if not isinstance(word, int) or not 0 <= word < 1 << total:
        raise WordError(position, f"{word} does not fit its {total} bits")
    fields: list[int] = []
    for width in reversed(widths):
        fields.append(word & ((1 << width) - 1))
        word >>= width
    return tuple(reversed(fields))


def unpack_lanes(
    words: Sequence[int], start: int, widths: Sequence[int], per_word: int, lanes: int
) -> list[tuple[int, ...]]:
    """Fields of each lane, `per_word` lanes to a word, from words[start] on.

    `widths` are those of a whole word; slots past the last lane must be 0.
    """
    size = len(widths) // per_word
    found: list[tuple[int, ...]] = []
    last = start + ceil_div(lanes, per_word)
    for index in range(start, last):
        fields = unpack(widths, words[index], index + 1)
        found += [fields[at : at + size] for at in range(0, len(fields), size)]
    if any(any(fields) for fields in found[lanes:]):
        raise WordError(last, "the missing fields of the last word are not 0")
    return found[:lanes]


def without_padding(
    lanes: Sequence[tuple[int, ...]],
    sources: Sequence[int],
    start: int,
    per_word: int,
    name: str,
) -> tuple[tuple[int, ...], ...]:
    """Fields by option, in market order; WordError where a padding lane is no repetition.

    `sources[lane]` is the option a lane shows; the first lane of each option comes before its
    repeats. The lanes were read from words[start] on.
    """
    found: dict[int, tuple[int, ...]] = {}
    for lane, source in enumerate(sources):
        fields = found.setdefault(source, lanes[lane])
        if fields != lanes[lane]:
            raise WordError(
                start + lane // per_word + 1,
                f"padding lane {lane} has {name} {_shown(lanes[lane])}, expected {_shown(fields)}",
            )
    return tuple(found[option] for option in range(len(found)))


def chunks(items: Sequence[_Item], size: int) -> list[Sequence[_Item]]:
    """The items in pieces of `size`, the last one perhaps shorter."""
    return [items[at : at + size] for at in range(0, len(items), size)]


def ceil_div(value: int, divisor: int) -> int:
    """value / divisor, rounded up."""
    return -(-value // divisor)


def _shown(fields: tuple[int, ...]) -> str:
    return ", ".join(map(str, fields))
