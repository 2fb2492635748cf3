"""Who may ask an owner's node: calls signed by the account's key, each answered once.

EIP-712, so that wallets show what they sign::

    domain      name "proofmark MarginService", version "1", chain id, the consumer contract
    MarginCall  string method | bytes32 contentHash | uint256 deadline | bytes32 nonce
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from eth_hash.auto import keccak
from eth_keys.exceptions import BadSignature
from eth_utils.address import to_checksum_address
from eth_utils.exceptions import ValidationError

from circuits.statements.portfolio_margin.hidden import Hidden
from node.chain.signatures import Account, LocalAccount, SignableMessage, encode_typed_data
from node.margin.errors import NotTheOwner
from node.margin.nonces import MOST_CALLS, Nonces

NONCE_BYTES = 32
LONGEST_SECONDS = 300
"""How far ahead of the node's clock a deadline may lie."""

_SIGNATURE_BYTES = 65
_FIELDS = (
    ("method", "string"),
    ("contentHash", "bytes32"),
    ("deadline", "uint256"),
    ("nonce", "bytes32"),
)


@dataclass(frozen=True)
class CallDomain:
    """Where a signature counts: one consumer contract on one chain."""

    chain_id: int
    consumer: int


@dataclass(frozen=True, repr=False)
class SignedCall(Hidden):
    """A call as it travels; `content` are the bytes that were signed."""

    method: str
    content: bytes
    deadline_unix: int
    nonce: bytes
    signature: bytes = b""


def sign_call(
    account: LocalAccount,
    domain: CallDomain,
    method: str,
    content: bytes,
    *,
    now: float,
    seconds: int = 60,
) -> SignedCall:
    """A call under a fresh nonce that may be answered for some seconds from `now` on."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    call = SignedCall(method, content, int(now) + seconds, nonce)
    signature = bytes(account.sign_message(_message(call, domain)).signature)
    return replace(call, signature=signature)


class Gatekeeper:
    """Admits the calls of one owner, each once. Safe to use from several threads."""

    def __init__(
        self,
        owner: str,
        domain: CallDomain,
        nonces: Path,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`nonces` is the file of those that were answered; VaultError."""
        self._owner = owner
        self._domain = domain
        self._clock = clock
        self._latest = clock()
        self._nonces = Nonces(nonces, self._latest)
        self._lock = threading.Lock()

    def admit(self, call: SignedCall) -> None:
        """Return where the call may be answered; NotTheOwner says why not, and nothing of it.

        Strangers cannot fill the memory: a nonce is kept after its signature was checked. Time
        stands still while the clock is behind where it was: what was forgotten stays past. The
        deadline is looked at again where the nonce is: meanwhile another call may have ended both.
        """
        with self._lock:
            self._check_deadline(call)
        if len(call.nonce) != NONCE_BYTES or len(call.signature) != _SIGNATURE_BYTES:
            raise NotTheOwner("a nonce has 32 bytes and a signature 65")
        if self._signer(call) != self._owner:
            raise NotTheOwner(
                "the call is not signed by the account's key for this method and node"
            )
        with self._lock:
            self._nonces.forget(self._check_deadline(call))
            if call.nonce in self._nonces:
                raise NotTheOwner("this call was made before: sign it again under a new nonce")
            if len(self._nonces) >= MOST_CALLS:
                raise NotTheOwner(f"{MOST_CALLS} calls are remembered already: wait a minute")
            self._nonces.add(call.nonce, call.deadline_unix)

    def close(self) -> None:
        """Let another process answer."""
        self._nonces.close()

    def _check_deadline(self, call: SignedCall) -> float:
        """The time now."""
        now = self._latest = max(self._latest, self._clock())
        if not now <= call.deadline_unix <= now + LONGEST_SECONDS:
            raise NotTheOwner(
                f"the call's deadline is past, or more than {LONGEST_SECONDS} s ahead of this clock"
            )
        return now

    def _signer(self, call: SignedCall) -> str | None:
        try:
            return str(
                Account.recover_message(_message(call, self._domain), signature=call.signature)
            )
        except (BadSignature, ValidationError, ValueError):
            return None


def _message(call: SignedCall, domain: CallDomain) -> SignableMessage:
    return encode_typed_data(
        domain_data={
            "name": "proofmark MarginService",
            "version": "1",
            "chainId": domain.chain_id,
            "verifyingContract": to_checksum_address(f"0x{domain.consumer:040x}"),
        },
        message_types={"MarginCall": [{"name": name, "type": kind} for name, kind in _FIELDS]},
        message_data={
            "method": call.method,
            "contentHash": keccak(call.content),
            "deadline": call.deadline_unix,
            "nonce": call.nonce,
        },
    )
