"""Which engine runs."""

from __future__ import annotations

from functools import cache

from prover.engines.base import Engine
from prover.engines.native import NativeEngine, NativeState, native_status
from prover.recursion import recursion_limit_kept


@cache
def reference() -> Engine:
    """The reference engine, imported on first use."""
    with recursion_limit_kept():
        from prover.engines.reference import ReferenceEngine  # noqa: PLC0415

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
