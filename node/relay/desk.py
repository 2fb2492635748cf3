"""What the relay's parts share: store, chain, key, settings, and the log of one step."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from eth_utils.address import to_canonical_address, to_checksum_address

from node.chain import Block, Call, Chain, ErrorTable, Transaction
from node.chain.errors import ContractMissingError, RpcUnavailableError, WrongChainIdError
from node.chain.signatures import LocalAccount
from node.errors import NodeError
from node.relay.attestation import Verdict, attest_call, judge
from node.relay.policy import Fees, RelayPolicy, back_off_ms
from node.store import (
    Attempt,
    AttemptKind,
    AttemptState,
    Cause,
    NewAttempt,
    OutboxEntry,
    OutboxId,
    Settlement,
    Store,
    StoreError,
)

__all__ = ["Desk", "Event", "EventKind", "address_of", "highest_fees"]

_SHARED = (RpcUnavailableError, WrongChainIdError, ContractMissingError, StoreError)
"""Troubles of chain or store, which no entry can be blamed for."""


class EventKind(StrEnum):
    """What a step did."""

    SENT = "SENT"
    RESENT = "RESENT"
    BUMPED = "BUMPED"
    CANCELLING = "CANCELLING"
    FILLED = "FILLED"
    CONFIRMED = "CONFIRMED"
    FINAL = "FINAL"
    REJECTED = "REJECTED"
    REORGANISED = "REORGANISED"
    WAITING = "WAITING"


@dataclass(frozen=True)
class Event:
    """One thing a step did, for logs and metrics; ``entry_id`` is None for fillers."""

    kind: EventKind
    entry_id: OutboxId | None
    cause: Cause | None = None
    detail: str | None = None


@dataclass
class Desk:
    """Everything the sender and the tracker work with.

    ``account`` None is dry mode: nothing is signed or sent. ``registry`` is checksummed.
    """

    store: Store
    chain: Chain
    account: LocalAccount | None
    registry: str
    errors: ErrorTable
    policy: RelayPolicy
    events: list[Event] = field(default_factory=list)

    @property
    def sender(self) -> bytes | None:
        """The key's address, 20 bytes."""
        return None if self.account is None else bytes(to_canonical_address(self.account.address))

    def owns(self, entry: OutboxEntry) -> bool:
        """Whether this key made the entry's transactions, so that it may replace them."""
        return self.sender is not None and entry.sender == self.sender

    def message(self, entry: OutboxEntry) -> Call:
        """The attest call of an entry, as a message."""
        data = attest_call(self.store.outbox.attestation(entry))
        return Call(self.registry, data, self.account.address if self.account else None)

    def verdict(self, entry: OutboxEntry, block_number: int | None = None) -> Verdict:
        """What the registry says to an entry."""
        later = self.policy.later_errors
        return judge(self.chain, self.message(entry), self.errors, later, block_number)

    def log(
        self,
        kind: EventKind,
        entry_id: OutboxId | None,
        cause: Cause | None = None,
        detail: str | None = None,
    ) -> None:
        """Add to the step's events."""
        self.events.append(Event(kind, entry_id, cause, detail))

    @contextmanager
    def alone(self, entry: OutboxEntry) -> Iterator[None]:
        """Whatever goes wrong with this entry holds it, and never the others.

        A consumer's contract and the endpoint have a say in what that is.
        """
        try:
            yield
        except _SHARED:
            raise
        except Exception as error:
            detail = str(error) if isinstance(error, NodeError) else type(error).__name__
            self.wait(entry, Cause.INTERNAL, detail)

    def wait(self, entry: OutboxEntry, cause: Cause, detail: str, **columns: object) -> None:
        """Leave an entry where it is, with a cause, to be tried again after a while."""
        delay = back_off_ms(entry.tries, self.policy)
        self.store.outbox.note(entry, cause, detail, retry_in_ms=delay, **columns)
        self.log(EventKind.WAITING, entry.id, cause, detail)

    def release(self, entry: OutboxEntry, cause: Cause, detail: str) -> None:
        """Wait without a nonce: what was signed for it was refused."""
        self.wait(entry, cause, detail, nonce=None, sender=None)

    def reject(self, entry: OutboxEntry, cause: Cause, detail: str) -> None:
        """End an entry without success."""
        self.store.outbox.move(entry, Settlement.REJECTED, cause=cause, detail=detail)
        self.log(EventKind.REJECTED, entry.id, cause, detail)

    def settled_by_other(self, entry: OutboxEntry, head: Block) -> None:
        """Somebody attested the same words: success, from the head on, whoever paid."""
        self.store.outbox.move(
            entry,
            Settlement.CONFIRMED,
            cause=Cause.SETTLED_BY_OTHER,
            detail="attested by another sender",
            tx_hash=None,
            block_number=head.number,
            block_hash=head.hash,
            gas_used=None,
            nonce=None,
            sender=None,
        )
        self.log(EventKind.CONFIRMED, entry.id, Cause.SETTLED_BY_OTHER)

    def save(
        self,
        entry_id: OutboxId | None,
        kind: AttemptKind,
        *,
        to: str,
        data: bytes,
        nonce: int,
        gas_limit: int,
        fees: Fees,
    ) -> Attempt:
        """Sign a transaction and store its bytes. Nothing is sent here."""
        if self.account is None or self.sender is None:
            raise RuntimeError("a relay without a key signs nothing")
        signed = Transaction(
            chain_id=self.chain.chain_id(),
            nonce=nonce,
            to=to,
            data=data,
            gas_limit=gas_limit,
            max_fee=fees.max_fee,
            priority_fee=fees.priority_fee,
        ).sign(self.account)
        attempt = NewAttempt(
            kind=kind,
            sender=self.sender,
            nonce=nonce,
            tx_hash=signed.hash,
            raw=signed.raw,
            gas_limit=gas_limit,
            max_fee=fees.max_fee,
            priority_fee=fees.priority_fee,
        )
        return self.store.outbox.save_attempt(entry_id, attempt)

    def mark_sent(self, attempt: Attempt, head: Block) -> None:
        """Note that the pool has, or may have, an attempt."""
        self.store.outbox.mark_attempt(attempt.id, AttemptState.BROADCAST, sent_block=head.number)

    def mark_refused(self, attempt: Attempt, detail: str) -> None:
        """Note that the pool refused an attempt; its hash is still looked for."""
        self.store.outbox.mark_attempt(attempt.id, AttemptState.REFUSED, detail=detail)


def highest_fees(attempts: Sequence[Attempt]) -> Fees:
    """The highest fees among attempts, refused ones included: a replacement must beat them."""
    return Fees(
        max(attempt.max_fee for attempt in attempts),
        max(attempt.priority_fee for attempt in attempts),
    )


def address_of(sender: bytes) -> str:
    """Twenty bytes to a checksummed address."""
    return str(to_checksum_address(sender))
