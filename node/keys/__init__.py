"""The key store: proving and verifying keys as files, made, found and opened by identity."""

from node.keys.errors import (
    EngineTooSlowError,
    InvalidKeyError,
    KeyDirectoryError,
    KeyNotFoundError,
    KeyStoreError,
    NotServedError,
    UnknownStatementError,
)
from node.keys.files import open_verifying_key
from node.keys.statements import Statement, option_marks_of, shape_of_capacity, statement_title
from node.keys.store import DEVELOPMENT_SEED, KeyEntry, KeyStore

__all__ = [
    "DEVELOPMENT_SEED",
    "EngineTooSlowError",
    "InvalidKeyError",
    "KeyDirectoryError",
    "KeyEntry",
    "KeyNotFoundError",
    "KeyStore",
    "KeyStoreError",
    "NotServedError",
    "Statement",
    "UnknownStatementError",
    "open_verifying_key",
    "option_marks_of",
    "shape_of_capacity",
    "statement_title",
]
