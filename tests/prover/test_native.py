"""The native extension's digest and state, and the engines' doors."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import prover
from prover import (
    Engine,
    EngineUnavailableError,
    NativeState,
    default_engine,
    native,
    native_status,
    reference,
)
from prover.engines.native import NativeEngine, source_digest_on_disk


def test_the_built_extension_is_the_one_of_these_sources(native_engine: Engine) -> None:
    assert native_engine.name == "native"
    assert native_status().state is NativeState.AVAILABLE
    assert default_engine() is native()


def test_a_stale_extension_is_named(native_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prover.engines.native.source_digest_on_disk", lambda: "0" * 64)
    status = native_status()
    assert status.state is NativeState.STALE
    assert "make native" in status.message


def test_a_missing_extension_leaves_the_reference_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prover.engines.native._native", None)
    assert native_status().state is NativeState.MISSING
    assert default_engine().name == "reference"
    with pytest.raises(EngineUnavailableError, match="make native"):
        NativeEngine()


def test_an_installation_without_sources_is_available(
    native_engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert source_digest_on_disk() is not None
    monkeypatch.setattr("prover.engines.native._SOURCES", tmp_path)
    assert source_digest_on_disk() is None
    assert native_status().state is NativeState.AVAILABLE


def test_the_door_is_sorted_and_complete() -> None:
    assert prover.__all__ == sorted(prover.__all__, key=lambda n: (not n.isupper(), n))
    assert all(hasattr(prover, name) for name in prover.__all__)


def test_the_reference_engine_leaves_the_recursion_limit_alone() -> None:
    """py_ecc raises it when imported; in a fresh interpreter it must be put back."""
    program = "import sys, prover; prover.reference(); print(sys.getrecursionlimit())"
    printed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert int(printed.stdout) == 1000
    assert reference().name == "reference"
