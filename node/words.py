"""Words as bytes: 32 big-endian bytes each, in a row, as in files, messages and calldata."""

from __future__ import annotations

from collections.abc import Iterable

WORD_BYTES = 32


def join_words(words: Iterable[int]) -> bytes:
    """The words in a row; OverflowError for one that is not in [0, 2^256)."""
    return b"".join(word.to_bytes(WORD_BYTES, "big") for word in words)


def split_words(data: bytes) -> tuple[int, ...]:
    """The words of a row; ValueError where the length is no multiple of 32."""
    if len(data) % WORD_BYTES:
        raise ValueError(f"expected a multiple of {WORD_BYTES} bytes, received {len(data)}")
    starts = range(0, len(data), WORD_BYTES)
    return tuple(int.from_bytes(data[start : start + WORD_BYTES], "big") for start in starts)
