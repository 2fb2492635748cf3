"""Prover arithmetic: one interface, a slow engine to trust and a fast one to use."""

from __future__ import annotations

from functools import cache

from prover.engines.base import Engine
from prover.engines.native import NativeEngine, NativeState, NativeStatus, native_status
from prover.engines.reference import ReferenceEngine

__all__ = [
    "Engine",
    "NativeState",
    "NativeStatus",
    "default_engine",
    "native",
    "native_status",
    "reference",
]


@cache
def reference() -> Engine:
    """The reference engine."""
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
