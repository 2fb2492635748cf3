"""Nonces of the calls that an owner's node has answered, until their deadlines.

A text file, a line for each nonce: deadline in Unix seconds, and 64 hexadecimal digits. A line is
on disk before its call is answered, so a restart forgets none. Lines of the past go when the file
is opened, and whenever it has grown by as many as a node remembers. One process has the file.
"""

from __future__ import annotations

import errno
import os
import re
from io import FileIO
from pathlib import Path

from node.files import lock_file, private_directory, replace_file
from node.margin.errors import VaultError

MOST_CALLS = 4096
"""Remembered at a time."""

_LINE = re.compile(rb"([0-9]{1,20}) ([0-9a-f]{64})\n")


class Nonces:
    """Those whose deadlines are not past; from opening to `close`. For one thread at a time."""

    def __init__(self, path: Path, now: float) -> None:
        """Take the file and forget what is past; VaultError."""
        try:
            private_directory(path.parent)
            self._lock = lock_file(path.with_suffix(".lock"))
        except BlockingIOError as error:
            raise VaultError(f"another process answers by {path}: stop it") from error
        except OSError as error:
            raise VaultError(f"cannot take {path}: {error.strerror}") from error
        try:
            text = path.read_bytes() if path.exists() else b""
            self._ends = {bytes.fromhex(n.decode()): int(end) for end, n in _LINE.findall(text)}
            self.forget(now)
            self._path = path
            self._rewrite()
        except OSError as error:
            self._lock.close()
            raise VaultError(f"cannot use {path}: {error.strerror}") from error

    def __contains__(self, nonce: bytes) -> bool:
        return nonce in self._ends

    def __len__(self) -> int:
        return len(self._ends)

    def forget(self, now: float) -> None:
        """Drop those whose deadlines are past."""
        self._ends = {nonce: end for nonce, end in self._ends.items() if end >= now}

    def add(self, nonce: bytes, deadline_unix: int) -> None:
        """Remember one; on disk when this returns. VaultError."""
        self._ends[nonce] = deadline_unix
        try:
            if self._appended == MOST_CALLS:
                self._file.close()
                self._rewrite()
                return
            line = _line(nonce, deadline_unix).encode()
            if self._file.write(line) != len(line):  # a disk that is nearly full takes a part
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(self._file.fileno())
            self._appended += 1
        except OSError as error:
            raise VaultError(f"a call cannot be remembered: {error.strerror}") from error

    def close(self) -> None:
        """Let another process have the file."""
        self._file.close()
        self._lock.close()

    def _rewrite(self) -> None:
        replace_file(self._path, "".join(_line(*each) for each in self._ends.items()))
        self._file = FileIO(self._path, "a")
        self._appended = 0


def _line(nonce: bytes, deadline_unix: int) -> str:
    return f"{deadline_unix} {nonce.hex()}\n"
