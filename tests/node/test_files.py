"""Files are replaced whole, and a failure leaves nothing behind."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from node.files import replace_file


def test_the_new_text_takes_the_place_of_the_old(tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    replace_file(path, "old")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    replace_file(path, "neu\u00e9", mode=0o644)
    assert path.read_text(encoding="utf-8") == "neu\u00e9"
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_keeps_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    replace_file(path, "old")
    with pytest.raises(UnicodeEncodeError):
        replace_file(path, "\ud800")
    with pytest.raises(OSError, match="No such file"):
        replace_file(tmp_path / "missing" / "key.json", "text")
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]
