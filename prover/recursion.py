"""Imports that leave the interpreter's recursion limit as it was.

py_ecc (and with it eth-account and web3) and py-evm raise the limit for the whole process to far
more than the stack holds; then a nested document crashes the interpreter where it would otherwise
raise RecursionError.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def recursion_limit_kept() -> Iterator[None]:
    """Put back the limit that was in force before the block."""
    limit = sys.getrecursionlimit()
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
