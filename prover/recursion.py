"""Guards against nested documents: imports that keep the recursion limit, and a measure of depth.

py_ecc (and with it eth-account and web3) and py-evm raise the limit for the whole process to far
more than the stack holds; then a nested document crashes the interpreter where it would otherwise
raise RecursionError.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_BRACKET = re.compile(rb"[\[\]{}]")
_DEEPEST = 16


def check_nesting(data: bytes) -> None:
    """ValueError for brackets nested deeper than any file of ours (those inside texts count too).

    JSON is parsed by recursion: measured first, a hostile document never reaches the parser.
    """
    depth = 0
    for bracket in _BRACKET.finditer(data):
        depth += 1 if bracket.group() in b"[{" else -1
        if depth > _DEEPEST:
            raise ValueError(f"nested deeper than {_DEEPEST}")


@contextmanager
def recursion_limit_kept() -> Iterator[None]:
    """Put back the limit that was in force before the block."""
    limit = sys.getrecursionlimit()
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
