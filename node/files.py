"""Files that are there whole or not at all, nobody else's to read, or one process's to use."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

_GROUP_AND_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def replace_file(path: Path, text: str, *, mode: int = 0o600) -> None:
    """Write a UTF-8 file under another name, sync it, and rename it over `path`; OSError.

    The folder must exist. A reader sees the old file or the new one, never a part.
    """
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read_private(path: Path) -> bytes:
    """The bytes of a file with no permission for group and others; OSError, also where it has."""
    with path.open("rb") as stream:
        _check_private(path, os.fstat(stream.fileno()).st_mode, "chmod 600")
        return stream.read()


def private_directory(path: Path) -> None:
    """Make a directory, and those above it, where missing; OSError where group or others may enter.

    Those above get the same mode.
    """
    if not path.parent.exists():
        private_directory(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)
    _check_private(path, path.stat().st_mode, "chmod 700")


def lock_file(path: Path) -> FileIO:
    """A private file that is this process's until it is closed; made where missing.

    BlockingIOError where another has it; OSError.
    """
    file = FileIO(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise
    return file


@contextmanager
def locked_directory(path: Path) -> Iterator[None]:
    """One holder at a time, the others wait; OSError."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _check_private(path: Path, mode: int, way_out: str) -> None:
    if mode & _GROUP_AND_OTHERS:
        shown = f"{stat.S_IMODE(mode):04o}"
        reason = f"it is open to other users (mode {shown}): {way_out} {path}"
        raise PermissionError(errno.EACCES, reason, str(path))
