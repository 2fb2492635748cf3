"""What can go wrong with keys.

NodeError
└── KeyStoreError
    ├── KeyNotFoundError         the store has no such key, or only its verifying half
    ├── InvalidKeyError          a key file is damaged, truncated, foreign, or fails the linter
    ├── NotServedError           a key of a test profile outside tests
    ├── EngineTooSlowError       the reference engine would take hours over this statement
    ├── UnknownStatementError    a key or a file speaks of a statement this program does not know
    └── KeyDirectoryError        the store's directory cannot be read or written
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from node.errors import NodeError, Reason


class KeyStoreError(NodeError):
    """Base of this room's errors."""

    reason: ClassVar[Reason] = Reason.KEY_INVALID


class KeyNotFoundError(KeyStoreError):
    """No such key here."""

    reason: ClassVar[Reason] = Reason.KEY_NOT_FOUND


class InvalidKeyError(KeyStoreError):
    """A key file is not what it should be; the message has its path and the way out."""

    def __init__(self, path: Path, fault: object) -> None:
        super().__init__(f"key file {path}: {fault}; delete it, then make or import it again")
        self.path = path


class NotServedError(KeyStoreError):
    """A key of a test profile: small, inexact, for tests only."""

    reason: ClassVar[Reason] = Reason.UNSUPPORTED


class EngineTooSlowError(KeyStoreError):
    """The statement is too large for the engine at hand."""

    reason: ClassVar[Reason] = Reason.UNSUPPORTED


class UnknownStatementError(KeyStoreError):
    """A statement description that no statement of this program has."""

    reason: ClassVar[Reason] = Reason.UNSUPPORTED


class KeyDirectoryError(KeyStoreError):
    """The store's directory cannot be used."""

    reason: ClassVar[Reason] = Reason.FILE_UNREADABLE
