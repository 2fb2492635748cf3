"""Files are replaced whole, and a failure leaves nothing behind."""

from __future__ import annotations

import stat
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from node.files import lock_file, locked_directory, private_directory, read_private, replace_file


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


def test_a_private_file_is_nobody_elses_to_read(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(b"\xff")
    for mode in (0o640, 0o604, 0o601):
        path.chmod(mode)
        with pytest.raises(PermissionError, match=f"mode {mode:04o}.: chmod 600"):
            read_private(path)
    path.chmod(0o400)
    assert read_private(path) == b"\xff"


def test_folders_made_are_private_all_the_way_up(tmp_path: Path) -> None:
    path = tmp_path / "data" / "vault"
    private_directory(path)
    private_directory(path)
    assert {stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent)} == {0o700}
    path.chmod(0o750)
    with pytest.raises(PermissionError, match="chmod 700"):
        private_directory(path)
    replace_file(tmp_path / "file", "")
    with pytest.raises(FileExistsError):
        private_directory(tmp_path / "file")


def test_a_locked_file_is_one_holders(tmp_path: Path) -> None:
    first = lock_file(tmp_path / "lock")
    with pytest.raises(BlockingIOError):
        lock_file(tmp_path / "lock")
    first.close()
    lock_file(tmp_path / "lock").close()
    assert stat.S_IMODE((tmp_path / "lock").stat().st_mode) == 0o600


def test_a_locked_directory_is_one_holders_at_a_time(tmp_path: Path) -> None:
    inside: list[int] = []

    def enter(number: int) -> None:
        with locked_directory(tmp_path):
            inside.append(number)
            time.sleep(0.02)
            assert inside[-1] == number

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(enter, range(4)))
    assert sorted(inside) == [0, 1, 2, 3]
