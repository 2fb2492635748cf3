"""SUBMITTED to CONFIRMED to FINAL, and back: receipts, depth, re-organisations, lost nonces."""

from node.chain import Block, Receipt
from node.relay.attestation import Outcome, Verdict, attested
from node.relay.desk import Desk, EventKind, address_of
from node.relay.replacer import Replacer
from node.store import Attempt, AttemptKind, AttemptState, Cause, OutboxEntry, Settlement

__all__ = ["Tracker"]


class Tracker:
    """Follows what was sent until it is final or refused."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._replacer = Replacer(desk)

    def track(self, entry: OutboxEntry, head: Block, finalized: Block | None, now_ms: int) -> None:
        """Bring one submitted or confirmed entry up to date with the chain."""
        found = self._find(entry)
        if found is None:
            self._missing(entry, head, finalized, now_ms)
            return
        attempt, receipt = found
        if entry.state is Settlement.CONFIRMED and entry.block_hash != receipt.block_hash:
            entry = self._reorganised(entry)
        if head.number - receipt.block_number + 1 < self._desk.policy.confirmations:
            return
        if entry.state is Settlement.SUBMITTED:
            confirmed = self._mined(entry, attempt, receipt, head)
            if confirmed is None:
                return
            entry = confirmed
        self._finish(entry, head, finalized)

    def _find(self, entry: OutboxEntry) -> tuple[Attempt, Receipt] | None:
        """The receipt of any of our transactions for this entry, in a canonical block."""
        desk = self._desk
        for attempt in reversed(desk.store.outbox.attempts(entry.id)):
            if attempt.state is AttemptState.MINED and attempt.nonce != entry.nonce:
                continue  # mined without effect, and dealt with
            receipt = desk.chain.receipt(attempt.tx_hash)
            if receipt is not None and self._is_canonical(receipt.block_number, receipt.block_hash):
                return attempt, receipt
        return None

    def _is_canonical(self, number: int, block_hash: bytes) -> bool:
        block = self._desk.chain.block(number)
        return block is not None and block.hash == block_hash

    def _mined(
        self, entry: OutboxEntry, attempt: Attempt, receipt: Receipt, head: Block
    ) -> OutboxEntry | None:
        """Deal with a transaction deep enough; returns the entry when it is confirmed now."""
        desk = self._desk
        desk.store.outbox.mark_attempt(attempt.id, AttemptState.MINED)
        if attempt.kind is AttemptKind.CANCEL:
            self._without_effect(entry, desk.verdict(entry), head)
            return None
        if not receipt.succeeded:
            self._without_effect(entry, desk.verdict(entry, receipt.block_number), head)
            return None
        if not attested(receipt, desk.registry, entry.slot.key_id):
            detail = f"{desk.registry} took the call without an event: not our registry"
            desk.reject(entry, Cause.CONTRACT_MISSING, detail)
            return None
        moved = desk.store.outbox.move(
            entry,
            Settlement.CONFIRMED,
            tx_hash=receipt.tx_hash,
            block_number=receipt.block_number,
            block_hash=receipt.block_hash,
            gas_used=receipt.gas_used,
            nonce=attempt.nonce,
        )
        desk.log(EventKind.CONFIRMED, entry.id)
        return moved

    def _without_effect(self, entry: OutboxEntry, verdict: Verdict, head: Block) -> None:
        """A nonce was used up and nothing attested: success of another, refusal, or try again."""
        desk = self._desk
        if verdict.outcome is Outcome.SETTLED:
            desk.settled_by_other(entry, head)
        elif verdict.outcome is Outcome.NEVER:
            desk.reject(entry, Cause.REVERTED, verdict.reason)
        elif head.timestamp > entry.slot.valid_until:
            detail = f"valid until {entry.slot.valid_until}, not mined by then"
            desk.reject(entry, Cause.ATTESTATION_EXPIRED, detail)
        elif self._reverts(entry) >= desk.policy.max_reverts:
            detail = f"reverted {desk.policy.max_reverts} times although a static call passes"
            desk.reject(entry, Cause.REVERTED, detail)
        else:
            cause = Cause.REVERTED if verdict.outcome is Outcome.PASSES else Cause.CHAIN_NOT_READY
            self._start_again(entry, cause, verdict.reason or "mined without effect")

    def _reverts(self, entry: OutboxEntry) -> int:
        attempts = self._desk.store.outbox.attempts(entry.id)
        mined = [each for each in attempts if each.state is AttemptState.MINED]
        return sum(1 for each in mined if each.kind is AttemptKind.ATTEST)

    def _finish(self, entry: OutboxEntry, head: Block, finalized: Block | None) -> None:
        """CONFIRMED to FINAL once the block is deep enough, or the chain calls it final."""
        if entry.block_number is None:
            return
        if finalized is not None:
            final = entry.block_number <= finalized.number
        else:
            final = head.number - entry.block_number + 1 >= self._desk.policy.final_depth
        if final:
            self._desk.store.outbox.move(entry, Settlement.FINAL, cause=entry.cause)
            self._desk.log(EventKind.FINAL, entry.id)

    def _missing(
        self, entry: OutboxEntry, head: Block, finalized: Block | None, now_ms: int
    ) -> None:
        """No receipt: wait, settled by another, re-organised, replaced, or nonce lost."""
        if entry.state is Settlement.CONFIRMED:
            number, block_hash = entry.block_number, entry.block_hash
            if number is not None and block_hash and self._is_canonical(number, block_hash):
                if entry.tx_hash is None:
                    self._finish(entry, head, finalized)
                return  # the block stands, so a missing receipt is the endpoint's hiccup
            entry = self._reorganised(entry)
            if entry.state is Settlement.READY:
                return
            self._replacer.resend(entry)
            return
        if entry.nonce is None or entry.sender is None:
            self._start_again(entry, Cause.INTERNAL, "submitted without a nonce")
            return
        mined = self._desk.chain.nonce(address_of(entry.sender))
        if mined > entry.nonce:
            self._nonce_lost(entry, now_ms)
        else:
            self._replacer.attend(entry, head, now_ms, is_next=mined == entry.nonce)

    def _reorganised(self, entry: OutboxEntry) -> OutboxEntry:
        """Forget a receipt whose block is gone; what another settled is ready again."""
        ours = entry.tx_hash is not None
        moved = self._desk.store.outbox.move(
            entry,
            Settlement.SUBMITTED if ours else Settlement.READY,
            cause=Cause.REORGANISED,
            detail=f"block {entry.block_number} left the chain",
            block_number=None,
            block_hash=None,
            gas_used=None,
        )
        self._desk.log(EventKind.REORGANISED, entry.id, Cause.REORGANISED)
        return moved

    def _nonce_lost(self, entry: OutboxEntry, now_ms: int) -> None:
        """Somebody else's transaction took our nonce; certain only after a few looks."""
        if now_ms < entry.not_before_ms:
            return
        detail = f"nonce {entry.nonce} was used by a transaction that is not ours"
        if entry.cause is Cause.NONCE_TAKEN and entry.tries + 1 >= self._desk.policy.nonce_checks:
            self._start_again(entry, Cause.NONCE_TAKEN, detail)
        else:
            self._desk.wait(entry, Cause.NONCE_TAKEN, detail)

    def _start_again(self, entry: OutboxEntry, cause: Cause, detail: str) -> None:
        self._desk.store.outbox.move(
            entry,
            Settlement.READY,
            cause=cause,
            detail=detail,
            nonce=None,
            sender=None,
            tx_hash=None,
        )
        self._desk.log(EventKind.WAITING, entry.id, cause, detail)
