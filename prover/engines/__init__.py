"""Prover arithmetic: one interface, a slow engine to trust and a fast one to use."""

from prover.engines.base import Engine
from prover.engines.choice import default_engine
from prover.engines.native import NativeState, NativeStatus, native_status

__all__ = ["Engine", "NativeState", "NativeStatus", "default_engine", "native_status"]
