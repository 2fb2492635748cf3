"""Which engine runs."""

from __future__ import annotations

import sys
from functools import cache

from prover.engines.base import Engine
from prover.engines.native import NativeEngine, NativeState, native_status


@cache
def reference() -> Engine:
    """The reference engine, imported on first use.

    py_ecc raises the interpreter's recursion limit for the whole process, so far that nested
    input could exhaust the stack; the limit is put back.
    """
    limit = sys.getrecursionlimit()
    from prover.engines.reference import ReferenceEngine  # noqa: PLC0415

    sys.setrecursionlimit(limit)
    return ReferenceEngine()


@cache
def native() -> Engine:
    """The native engine; EngineUnavailableError, with the cure, where it is not built."""
    return NativeEngine()


def default_engine() -> Engine:
    """The native engine where it is built, else the reference engine."""
    if native_status().state is NativeState.MISSING:
        return reference()
    return native()
