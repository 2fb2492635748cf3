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


@pytest.mark.slow
def test_the_crate_passes_under_the_address_sanitizer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every unsafe block, with overflow checks and debug assertions on."""
    # The sanitizer is a nightly option; this asks a stable compiler to take it.
    monkeypatch.setenv("RUSTC_BOOTSTRAP", "1")
    monkeypatch.setenv("RUSTFLAGS", "-Zsanitizer=address")
    monkeypatch.setenv("CARGO_PROFILE_DEV_OPT_LEVEL", "1")
    monkeypatch.setenv("CARGO_TARGET_DIR", str(CRATE / "target" / "sanitizer"))
    _cargo(["test", "--no-default-features", "--target", _host()])


@pytest.mark.slow
def test_the_crate_builds_for_other_processors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is for x86-64 alone is left out, as elsewhere; no other target need be installed."""
    copy = tmp_path / "native"
    shutil.copytree(CRATE, copy, ignore=shutil.ignore_patterns("target"))
    for source in (copy / "src").rglob("*.rs"):
        text = source.read_text()
        source.write_text(text.replace('target_arch = "x86_64"', 'target_arch = "mips"'))
    monkeypatch.setenv("CARGO_TARGET_DIR", str(CRATE / "target" / "elsewhere"))
    _cargo(["clippy", "--no-default-features", "--all-targets", "--", "-Dwarnings"], copy)


def _host() -> str:
    """The compiler's own target: sanitized code must not be built for build scripts."""
    rustc = shutil.which("rustc")
    if rustc is None:
        pytest.skip("no Rust toolchain: rustc is not installed")
    version = subprocess.run([rustc, "-vV"], capture_output=True, text=True, check=True).stdout
    return next(line.split()[1] for line in version.splitlines() if line.startswith("host:"))


def _cargo(arguments: list[str], crate: Path = CRATE) -> None:
    cargo = shutil.which("cargo")
    if cargo is None:
        pytest.skip("no Rust toolchain: cargo is not installed")
    found = subprocess.run(
        [cargo, *arguments], cwd=crate, capture_output=True, text=True, check=False
    )
    if found.returncode and "is not installed for the toolchain" in found.stderr:
        pytest.skip(f"the Rust toolchain has no {arguments[0]}")
    assert found.returncode == 0, found.stdout + found.stderr
