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

#: A bracket, or a whole text (to the end of the data where it is open: what follows is no JSON).
_TOKEN = re.compile(rb'[\[\]{}]|"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_DEEPEST = 16


def check_nesting(data: bytes) -> None:
    """ValueError for brackets nested deeper than any file of ours, and for text not in UTF-8.

    JSON is parsed by recursion: measured first, a hostile document never reaches the parser.
    Brackets inside texts are none: closing ones there would hide opening ones elsewhere.
    """
    if b"\0" in data:  # in no JSON but UTF-16 and UTF-32, where quotes and brackets look different
        raise ValueError("a zero byte: expected UTF-8")
    depth = 0
    for token in _TOKEN.finditer(data):
        if token.group().startswith(b'"'):
            continue
        depth += 1 if token.group() in b"[{" else -1
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
