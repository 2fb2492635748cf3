"""EIP-712 messages of the oracle contract's domain, and who signed one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from eth_keys.constants import SECPK1_N
from eth_keys.exceptions import BadSignature
from eth_utils.exceptions import ValidationError

from node.chain.signatures import Account, SignableMessage, encode_typed_data
from node.oracle.errors import SignaturesError

__all__ = ["Domain", "recover_typed", "typed_data"]

_NAME = "proofmark MarketOracle"
_VERSION = "1"
_SIGNATURE_BYTES = 65
_LARGEST_S = SECPK1_N // 2
_PARITIES = (27, 28)


@dataclass(frozen=True)
class Domain:
    """Where a signature counts: one oracle contract on one chain."""

    chain_id: int
    oracle: str


def typed_data(
    kind: str, fields: Sequence[tuple[str, str]], values: Iterable[Any], domain: Domain
) -> SignableMessage:
    """The message of one struct, bound to chain and contract; fields are names and types."""
    return encode_typed_data(
        full_message={
            "types": {
                "EIP712Domain": [
                    {"name": "name", "type": "string"},
                    {"name": "version", "type": "string"},
                    {"name": "chainId", "type": "uint256"},
                    {"name": "verifyingContract", "type": "address"},
                ],
                kind: [{"name": name, "type": type_} for name, type_ in fields],
            },
            "primaryType": kind,
            "domain": {
                "name": _NAME,
                "version": _VERSION,
                "chainId": domain.chain_id,
                "verifyingContract": domain.oracle,
            },
            "message": dict(zip((name for name, _ in fields), values, strict=True)),
        }
    )


def recover_typed(message: SignableMessage, signature: bytes) -> str:
    """Return the address that signed a message; SignaturesError for malformed signatures.

    Taken in the one form that the contract takes too: r, s of the lower half, v of 27 or 28.
    """
    if len(signature) != _SIGNATURE_BYTES:
        raise SignaturesError(f"a signature has 65 bytes, received {len(signature)}")
    if int.from_bytes(signature[32:64], "big") > _LARGEST_S or signature[64] not in _PARITIES:
        raise SignaturesError("a signature in another form than the contract's: s or v")
    try:
        return str(Account.recover_message(message, signature=signature))
    except (BadSignature, ValidationError, ValueError) as error:
        raise SignaturesError(f"malformed signature 0x{signature.hex()[:16]}…: {error}") from error
