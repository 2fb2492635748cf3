"""What can go wrong with keys.

NodeError
└── KeyStoreError
    ├── KeyNotFoundError         the store has no such key, or only its verifying half
    ├── InvalidKeyError          a key file is damaged, truncated, foreign, or fails the linter
    ├── NotServedError           a key of a test profile outside tests
    ├── UnknownStatementError    a key or a file speaks of a statement this program does not know
    ├── EngineTooSlowError       the reference engine would take hours over this statement
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
        told = str(fault).removeprefix(f"{path}: ").removeprefix(f"{path} ")
        super().__init__(f"key file {path}: {told}; delete it, then make or import it again")
        self.path = path


class NotServedError(KeyStoreError):
    """A key of a test profile: small, inexact, for tests only."""

    reason: ClassVar[Reason] = Reason.UNSUPPORTED


class UnknownStatementError(KeyStoreError):
    """A statement description that no statement of this program has."""

    reason: ClassVar[Reason] = Reason.UNSUPPORTED


class KeyDirectoryError(KeyStoreError):
    """The store's directory cannot be used."""

    reason: ClassVar[Reason] = Reason.FILE_UNREADABLE


class EngineTooSlowError(KeyStoreError):
    """Work for the native engine, asked of the reference engine."""

    reason: ClassVar[Reason] = Reason.UNSUPPORTED

    @property
    def help(self) -> str:
        """How to get the other engine."""
        return "Build the native engine with `make native`."
