"""Files that are there whole or not at all, and files that are nobody else's to read."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
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
        mode = stat.S_IMODE(os.fstat(stream.fileno()).st_mode)
        if mode & _GROUP_AND_OTHERS:
            reason = f"it is open to other users (mode {mode:04o}): chmod 600 {path}"
            raise PermissionError(errno.EACCES, reason, str(path))
        return stream.read()
