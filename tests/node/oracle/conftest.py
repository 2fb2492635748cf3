from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.node.oracle.committee import Committee


@pytest.fixture
def committee(tmp_path: Path) -> Iterator[Committee]:
    made = Committee(tmp_path / "oracle")
    yield made
    made.close()
