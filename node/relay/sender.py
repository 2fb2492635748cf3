"""READY to SUBMITTED: check, price, sign, store, and only then send."""

from collections.abc import Iterable

from eth_utils.address import to_canonical_address

from node.chain import Block
from node.chain.errors import (
    AlreadyKnownError,
    InsufficientFundsError,
    NonceGapError,
    NonceTooLowError,
    RevertedError,
    RpcRejectedError,
    TransactionRefusedError,
)
from node.relay.attestation import Outcome, Verdict
from node.relay.desk import Desk, EventKind
from node.relay.policy import Fees, first_fees
from node.store import Attempt, AttemptKind, AttemptState, Cause, OutboxEntry, Settlement

__all__ = ["Sender"]


class Sender:
    """Sends ready entries, oldest first, one after the other: one sender per key."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def send_due(
        self,
        ready: tuple[OutboxEntry, ...],
        flying: tuple[OutboxEntry, ...],
        head: Block,
        now_ms: int,
    ) -> None:
        """Work through the ready entries that are due, beside those that are sent already.

        Entries whose bytes are stored come first and block the rest until they are out, for
        their nonces are taken. What an earlier transaction will overtake waits for its outcome: it
        passes now and would revert then, at the cost of gas.
        """
        room = self._desk.policy.max_in_flight - len(flying)
        sequences = _Sequences(flying)
        started = sorted((e for e in ready if e.nonce is not None), key=lambda e: e.nonce or 0)
        for entry in started:
            is_out = False
            if entry.not_before_ms <= now_ms:
                with self._desk.alone(entry):
                    is_out = self._send_stored(entry, head)
            if not is_out:
                return
            sequences.note(entry)
        for entry in ready:
            due = entry.nonce is None and entry.not_before_ms <= now_ms and room > 0
            if due and not sequences.overtake(entry):
                with self._desk.alone(entry):
                    if self._start(entry, head):
                        room -= 1
                        sequences.note(entry)

    def _send_stored(self, entry: OutboxEntry, head: Block) -> bool:
        """Send bytes that were stored before a crash or an outage; True when they are out."""
        attempts = self._desk.store.outbox.attempts(entry.id)
        stored = [each for each in attempts if each.nonce == entry.nonce]
        if not stored:
            self._desk.release(entry, Cause.INTERNAL, "a nonce without a transaction")
            return False
        return self._broadcast(entry, stored[-1], head)

    def _start(self, entry: OutboxEntry, head: Block) -> int:
        """Take up an entry without a transaction; 1 when one is under way now."""
        desk = self._desk
        if self._was_mined(entry):
            return 1
        if head.timestamp > entry.slot.valid_until:
            detail = f"valid until {entry.slot.valid_until}, the chain's time is {head.timestamp}"
            desk.reject(entry, Cause.ATTESTATION_EXPIRED, detail)
            return 0
        verdict = desk.verdict(entry)
        if verdict.outcome is not Outcome.PASSES:
            self._refused(entry, verdict, head)
            return 0
        return int(self._price_and_send(entry, head))

    def _was_mined(self, entry: OutboxEntry) -> bool:
        """An earlier transaction, given up for refused or lost, made it after all."""
        desk = self._desk
        for attempt in desk.store.outbox.attempts(entry.id):
            if attempt.state is AttemptState.MINED:
                continue
            if desk.chain.receipt(attempt.tx_hash) is not None:
                desk.store.outbox.move(
                    entry,
                    Settlement.SUBMITTED,
                    nonce=attempt.nonce,
                    sender=attempt.sender,
                    tx_hash=attempt.tx_hash,
                )
                return True
        return False

    def _refused(self, entry: OutboxEntry, verdict: Verdict, head: Block) -> None:
        if verdict.outcome is Outcome.SETTLED:
            self._desk.settled_by_other(entry, head)
        elif verdict.outcome is Outcome.LATER:
            self._desk.wait(entry, Cause.CHAIN_NOT_READY, verdict.reason)
        else:
            self._desk.reject(entry, Cause.REVERTED, verdict.reason)

    def _price_and_send(self, entry: OutboxEntry, head: Block) -> bool:
        desk, policy = self._desk, self._desk.policy
        message = desk.message(entry)
        try:
            estimate = desk.chain.estimate_gas(message)
        except RevertedError as error:
            desk.wait(entry, Cause.CHAIN_NOT_READY, desk.errors.decode(error.data).sentence)
            return False
        gas_limit = estimate * policy.gas_margin_percent // 100
        if gas_limit > policy.gas_ceiling:
            detail = f"needs {gas_limit} gas, the ceiling is {policy.gas_ceiling}"
            desk.wait(entry, Cause.GAS_CEILING, detail)
            return False
        fees = first_fees(head, desk.chain.priority_fee(), policy)
        if fees is None:
            detail = f"base fee {head.base_fee} wei, the ceiling is {policy.fee_ceiling}"
            desk.wait(entry, Cause.FEE_CEILING, detail)
            return False
        if not self._can_pay(entry, gas_limit, fees):
            return False
        attempt = desk.save(
            entry.id,
            AttemptKind.ATTEST,
            to=desk.registry,
            data=message.data,
            nonce=self._next_nonce(),
            gas_limit=gas_limit,
            fees=fees,
        )
        return self._broadcast(desk.store.outbox.get(entry.id), attempt, head)

    def _can_pay(self, entry: OutboxEntry, gas_limit: int, fees: Fees) -> bool:
        """Check the balance; in dry mode say what would be sent."""
        desk = self._desk
        cost = gas_limit * fees.max_fee
        if desk.account is None:
            detail = f"would send attest: {gas_limit} gas at most {fees.max_fee} wei, {cost} wei"
            desk.wait(entry, Cause.DRY_RUN, detail)
            return False
        balance = desk.chain.balance(desk.account.address)
        if balance < cost:
            detail = f"{desk.account.address} holds {balance} wei, needs {cost}: top it up"
            desk.wait(entry, Cause.INSUFFICIENT_FUNDS, detail)
            return False
        return True

    def _next_nonce(self) -> int:
        """After everything mined and everything stored; taken only when all else is ready."""
        desk = self._desk
        if desk.account is None:
            raise RuntimeError("a relay without a key has no nonce")
        sender = bytes(to_canonical_address(desk.account.address))
        reserved = desk.store.outbox.highest_nonce(sender)
        mined = desk.chain.nonce(desk.account.address)
        return mined if reserved is None else max(mined, reserved + 1)

    def _broadcast(self, entry: OutboxEntry, attempt: Attempt, head: Block) -> bool:
        """Send stored bytes; True when the pool has them or may have them."""
        desk = self._desk
        try:
            desk.chain.send_raw(attempt.raw)
        except (AlreadyKnownError, NonceTooLowError):
            pass  # in the pool, mined, or the nonce is lost: the tracker finds out which
        except NonceGapError as error:
            desk.wait(entry, Cause.TRANSACTION_REFUSED, str(error))
            return False
        except InsufficientFundsError as error:
            desk.mark_refused(attempt, str(error))
            desk.release(entry, Cause.INSUFFICIENT_FUNDS, str(error))
            return False
        except (TransactionRefusedError, RevertedError) as error:
            desk.mark_refused(attempt, str(error))
            desk.release(entry, Cause.TRANSACTION_REFUSED, str(error))
            return False
        except RpcRejectedError as error:  # unknown: it may have been taken, so the nonce stays
            desk.wait(entry, Cause.TRANSACTION_REFUSED, str(error))
            return False
        desk.mark_sent(attempt, head)
        desk.store.outbox.move(entry, Settlement.SUBMITTED, tx_hash=attempt.tx_hash)
        desk.log(EventKind.SENT, entry.id)
        return True


class _Sequences:
    """The highest sequence on its way of every key, consumer and subject."""

    def __init__(self, flying: Iterable[OutboxEntry]) -> None:
        self._highest: dict[tuple[bytes, bytes, bytes], int] = {}
        for entry in flying:
            self.note(entry)

    def note(self, entry: OutboxEntry) -> None:
        """One more is on its way."""
        highest = self._highest.get(_line(entry), 0)
        self._highest[_line(entry)] = max(highest, entry.slot.sequence)

    def overtake(self, entry: OutboxEntry) -> bool:
        """Whether one on its way leaves no place for this one."""
        return self._highest.get(_line(entry), 0) > entry.slot.sequence


def _line(entry: OutboxEntry) -> tuple[bytes, bytes, bytes]:
    return entry.slot.key_id, entry.slot.consumer, entry.slot.subject
