"""What is in the pool and not mined: send again, pay more, or take back."""

from collections.abc import Sequence

from node.chain import Block
from node.chain.errors import (
    AlreadyKnownError,
    NonceTooLowError,
    RpcRejectedError,
    TransactionRefusedError,
)
from node.relay.attestation import Outcome
from node.relay.desk import Desk, EventKind, address_of, highest_fees
from node.relay.policy import bumped_fees
from node.store import Attempt, AttemptKind, AttemptState, Cause, OutboxEntry

__all__ = ["TRANSFER_GAS", "Replacer"]

TRANSFER_GAS = 21_000
"""Gas of a transfer to oneself, which is how a nonce is used up."""


class Replacer:
    """Attends to pending transactions of the outbox. Nonces never change here."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def attend(self, entry: OutboxEntry, head: Block, now_ms: int, *, is_next: bool) -> None:
        """Do what a pending entry needs now; only the next nonce of the key is ever bumped."""
        desk, policy = self._desk, self._desk.policy
        attempts = self._attempts(entry)
        if not attempts or desk.account is None:
            return
        latest = attempts[-1]
        if latest.state is AttemptState.SAVED:
            self._broadcast(entry, latest, head)  # stored before a crash, never sent
            return
        sent = [each for each in attempts if each.sent_block is not None]
        blocks = head.number - (sent[-1].sent_block or 0) if sent else policy.bump_after_blocks
        may_replace = is_next and desk.owns(entry) and now_ms >= entry.not_before_ms
        expired = head.timestamp > entry.slot.valid_until
        if may_replace and expired and latest.kind is not AttemptKind.CANCEL:
            self._replace(entry, attempts, AttemptKind.CANCEL, head)
        elif may_replace and blocks >= policy.bump_after_blocks:
            self._pay_more(entry, attempts, head)
        elif not sent or now_ms - (sent[-1].sent_ms or 0) >= policy.resend_after_ms:
            self.resend(entry)

    def resend(self, entry: OutboxEntry) -> None:
        """Hand the same bytes to the pool again; it may have dropped them."""
        desk = self._desk
        sendable = [a for a in self._attempts(entry) if a.state is not AttemptState.REFUSED]
        if not sendable or desk.account is None:
            return
        latest = sendable[-1]
        try:
            desk.chain.send_raw(latest.raw)
        except AlreadyKnownError:
            pass
        except (TransactionRefusedError, RpcRejectedError) as error:
            desk.log(EventKind.WAITING, entry.id, Cause.TRANSACTION_REFUSED, str(error))
        desk.store.outbox.mark_attempt(
            latest.id, AttemptState.BROADCAST, sent_block=latest.sent_block or 0
        )
        desk.log(EventKind.RESENT, entry.id)

    def _attempts(self, entry: OutboxEntry) -> list[Attempt]:
        attempts = self._desk.store.outbox.attempts(entry.id)
        return [each for each in attempts if each.nonce == entry.nonce]

    def _pay_more(self, entry: OutboxEntry, attempts: Sequence[Attempt], head: Block) -> None:
        """Bump; but take back what the registry would refuse by now."""
        if attempts[-1].kind is AttemptKind.CANCEL:
            self._replace(entry, attempts, AttemptKind.CANCEL, head)
            return
        verdict = self._desk.verdict(entry)
        if verdict.outcome is Outcome.LATER:
            self._desk.wait(entry, Cause.CHAIN_NOT_READY, verdict.reason)
        elif verdict.outcome is Outcome.PASSES:
            self._replace(entry, attempts, AttemptKind.ATTEST, head)
        else:
            self._replace(entry, attempts, AttemptKind.CANCEL, head)

    def _replace(
        self, entry: OutboxEntry, attempts: Sequence[Attempt], kind: AttemptKind, head: Block
    ) -> None:
        """Sign the same nonce with higher fees: the attestation again, or a transfer to oneself."""
        desk, policy = self._desk, self._desk.policy
        previous = highest_fees(attempts)
        fees = bumped_fees(previous, head, desk.chain.priority_fee(), policy)
        if fees is None:
            detail = f"already at {previous.max_fee} wei, the ceiling is {policy.fee_ceiling}"
            desk.wait(entry, Cause.FEE_CEILING, detail)
            return
        cancel = kind is AttemptKind.CANCEL
        gas_limit = TRANSFER_GAS if cancel else max(each.gas_limit for each in attempts)
        address = address_of(attempts[-1].sender)
        balance = desk.chain.balance(address)
        if balance < gas_limit * fees.max_fee:
            detail = f"{address} holds {balance} wei, a replacement needs more: top it up"
            desk.wait(entry, Cause.INSUFFICIENT_FUNDS, detail)
            return
        attempt = desk.save(
            entry.id,
            kind,
            to=address if cancel else desk.registry,
            data=b"" if cancel else desk.message(entry).data,
            nonce=attempts[-1].nonce,
            gas_limit=gas_limit,
            fees=fees,
        )
        self._broadcast(entry, attempt, head)

    def _broadcast(self, entry: OutboxEntry, attempt: Attempt, head: Block) -> None:
        desk = self._desk
        try:
            desk.chain.send_raw(attempt.raw)
        except (AlreadyKnownError, NonceTooLowError):
            pass  # one of ours was mined meanwhile, or the pool has it
        except TransactionRefusedError as error:
            desk.mark_refused(attempt, str(error))
            desk.wait(entry, Cause.TRANSACTION_REFUSED, str(error))
            return
        except RpcRejectedError as error:
            desk.wait(entry, Cause.TRANSACTION_REFUSED, str(error))
            return
        desk.mark_sent(attempt, head)
        if attempt.kind is AttemptKind.CANCEL:
            desk.log(EventKind.CANCELLING, entry.id)
        else:
            desk.store.outbox.note(entry, None, None, tx_hash=attempt.tx_hash)
            desk.log(EventKind.BUMPED, entry.id)
