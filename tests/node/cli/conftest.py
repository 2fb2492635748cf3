"""A data directory whose keys are made once for all tests of commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.node.cli.running import invoke
from tests.node.quoting.chains import csv_text, strikes


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory."""
    return tmp_path_factory.mktemp("proofmark")


@pytest.fixture(scope="session")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A chain of three options."""
    path = tmp_path_factory.mktemp("chain") / "chain.csv"
    path.write_text(csv_text(*strikes(3)), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def attestation(data: Path, chain: Path) -> Path:
    """The chain, proven with Greeks."""
    path = data / "marks.json"
    code, _, err = invoke(
        "prove", "marks", "--chain", chain, "--out", path, "--greeks", "--data-directory", data
    )
    assert code == 0, err
    return path
