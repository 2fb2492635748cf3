"""The crate's own tests and lints, as test items; they need a Rust toolchain."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

CRATE = Path(__file__).parent.parent.parent / "prover" / "native"
COMMANDS = {
    "test": ["test", "--release", "--no-default-features"],
    "clippy": ["clippy", "--release", "--no-default-features", "--all-targets", "--", "-Dwarnings"],
    "fmt": ["fmt", "--check"],
}


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_the_crate_passes_cargo(command: str) -> None:
    _cargo(COMMANDS[command])


@pytest.mark.slow
def test_the_crate_passes_without_vector_instructions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROOFMARK_PORTABLE", "1")
    _cargo(COMMANDS["test"])


def _cargo(arguments: list[str]) -> None:
    cargo = shutil.which("cargo")
    if cargo is None:
        pytest.skip("no Rust toolchain: cargo is not installed")
    found = subprocess.run(
        [cargo, *arguments], cwd=CRATE, capture_output=True, text=True, check=False
    )
    if found.returncode and "is not installed for the toolchain" in found.stderr:
        pytest.skip(f"the Rust toolchain has no {arguments[0]}")
    assert found.returncode == 0, found.stdout + found.stderr
