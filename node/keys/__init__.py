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
from node.keys.statements import (
    KnownStatement,
    Statement,
    shape_of_capacity,
    statement_of,
    statement_title,
)
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
    "KnownStatement",
    "NotServedError",
    "Statement",
    "UnknownStatementError",
    "open_verifying_key",
    "shape_of_capacity",
    "statement_of",
    "statement_title",
]
