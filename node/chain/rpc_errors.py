"""Sorts the error replies of JSON-RPC endpoints into our closed set of error classes.

Endpoints agree on little: codes differ, messages differ, revert data hides in several places. The
phrases below are matched in lower case, in order; ``tests/node/chain`` keeps a corpus of replies.
"""

import re
from collections.abc import Mapping
from typing import Any

from node.chain.errors import (
    AlreadyKnownError,
    ChainError,
    InsufficientFundsError,
    NonceGapError,
    NonceTooLowError,
    RevertedError,
    RpcRejectedError,
    RpcUnavailableError,
    TransactionRefusedError,
    UnderpricedError,
)

__all__ = ["translate_error"]

_PHRASES: tuple[tuple[type[ChainError], tuple[str, ...]], ...] = (
    (
        AlreadyKnownError,
        ("already known", "already imported", "known transaction", "already in the pool",
         "already exists", "alreadyknown"),
    ),
    (
        InsufficientFundsError,
        ("insufficient funds", "insufficient balance", "insufficientfunds",
         "doesn't have enough funds", "balance is too low", "gas required exceeds allowance"),
    ),
    (
        NonceTooLowError,
        ("nonce too low", "nonce is too low", "oldnonce", "nonce has already been used",
         "invalid transaction nonce"),
    ),
    (NonceGapError, ("nonce too high", "nonce gap", "nonce is too high")),
    (
        UnderpricedError,
        ("underpriced", "fee too low", "feetoolow", "gas price too low", "less than block base fee",
         "below the base fee", "lower than the minimum", "max fee per gas less than"),
    ),
    (
        RpcUnavailableError,
        ("too many requests", "rate limit", "timeout", "timed out", "header not found",
         "service unavailable", "syncing", "try again", "missing trie node"),
    ),
    (
        TransactionRefusedError,
        ("intrinsic gas too low", "exceeds block gas limit", "gas limit too high",
         "oversized data", "invalid sender", "invalid chain id", "wrong chain", "txpool is full",
         "exceeds the configured cap", "gas limit is greater than",
         "max priority fee per gas higher", "failed to decode"),
    ),
)  # fmt: skip
_REVERT = re.compile(r"revert|out of gas|outofgas|invalid opcode|stack (over|under)flow")
_HEX = re.compile(r"0x(?:[0-9a-fA-F]{2})*")
_RATE_LIMIT_CODES = frozenset({-32005, 429})
_REVERT_CODE = 3


def translate_error(method: str, error: Mapping[str, Any], where: str) -> ChainError:
    """Turn the ``error`` member of a reply into an exception to raise.

    ``where`` names the endpoint in messages.
    """
    message = str(error.get("message", ""))
    code = error.get("code")
    lowered = message.lower()
    data = _revert_data(error.get("data"))
    if code == _REVERT_CODE or (data and method in {"eth_call", "eth_estimateGas"}):
        return RevertedError(data or b"", method)
    for kind, phrases in _PHRASES:
        if any(phrase in lowered for phrase in phrases):
            return kind(f"{where}: {message}")
    if _REVERT.search(lowered):
        return RevertedError(data or b"", method)
    if code in _RATE_LIMIT_CODES:
        return RpcUnavailableError(f"{where}: {message}")
    return RpcRejectedError(f"{where} refused {method}: {message or 'no message'} (code {code})")


def _revert_data(data: Any) -> bytes | None:
    """Find revert bytes: a hex string, ``Reverted 0x…``, or either inside an object."""
    if isinstance(data, str):
        found = _HEX.search(data)
        return bytes.fromhex(found.group()[2:]) if found else None
    if isinstance(data, Mapping):
        for key in ("data", "result", "output"):
            nested = _revert_data(data.get(key))
            if nested:
                return nested
    return None
