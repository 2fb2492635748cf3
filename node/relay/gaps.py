"""Nonces that nothing of ours uses any more block every later one: fill them."""

from collections.abc import Sequence

from node.chain import Block
from node.chain.errors import (
    AlreadyKnownError,
    NonceTooLowError,
    RpcRejectedError,
    TransactionRefusedError,
)
from node.relay.desk import Desk, EventKind, highest_fees
from node.relay.policy import Fees, bumped_fees, first_fees
from node.relay.replacer import TRANSFER_GAS
from node.store import Attempt, AttemptKind, AttemptState, Cause, OutboxEntry

__all__ = ["GapFiller"]

_OPEN = (AttemptState.SAVED, AttemptState.BROADCAST)


class GapFiller:
    """Sends transfers to oneself at missing nonces below the ones in use.

    Gaps come from a restored store, a deep re-organisation, or a transaction that the pool
    refused after a later one was sent.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def fill(self, live: Sequence[OutboxEntry], head: Block) -> None:
        """Fill every gap below the highest nonce in use, and attend to earlier fillers."""
        desk = self._desk
        if desk.account is None or desk.sender is None:
            return
        used = {e.nonce for e in live if e.sender == desk.sender and e.nonce is not None}
        by_nonce = self._open_fillers()
        if not used and not by_nonce:
            return
        mined = desk.chain.nonce(desk.account.address)
        for nonce, fillers in by_nonce.items():
            if nonce < mined:
                self._close(fillers)
            else:
                self._attend(fillers, head)
        for nonce in range(mined, max(used, default=mined)):
            if nonce not in used and nonce not in by_nonce:
                fees = first_fees(head, desk.chain.priority_fee(), desk.policy)
                if fees is not None:
                    self._send(nonce, fees, head)

    def _open_fillers(self) -> dict[int, list[Attempt]]:
        by_nonce: dict[int, list[Attempt]] = {}
        for attempt in self._desk.store.outbox.attempts(None):
            if attempt.sender == self._desk.sender and attempt.state in _OPEN:
                by_nonce.setdefault(attempt.nonce, []).append(attempt)
        return by_nonce

    def _close(self, fillers: Sequence[Attempt]) -> None:
        for filler in fillers:
            self._desk.store.outbox.mark_attempt(filler.id, AttemptState.MINED)

    def _attend(self, fillers: Sequence[Attempt], head: Block) -> None:
        latest = fillers[-1]
        policy = self._desk.policy
        if latest.sent_block is None:
            self._broadcast(latest, head)
        elif head.number - latest.sent_block >= policy.bump_after_blocks:
            tip = self._desk.chain.priority_fee()
            fees = bumped_fees(highest_fees(fillers), head, tip, policy)
            if fees is not None:
                self._send(latest.nonce, fees, head)

    def _send(self, nonce: int, fees: Fees, head: Block) -> None:
        if self._desk.account is None:
            return
        filler = self._desk.save(
            None,
            AttemptKind.FILLER,
            to=self._desk.account.address,
            data=b"",
            nonce=nonce,
            gas_limit=TRANSFER_GAS,
            fees=fees,
        )
        self._broadcast(filler, head)

    def _broadcast(self, filler: Attempt, head: Block) -> None:
        desk = self._desk
        try:
            desk.chain.send_raw(filler.raw)
        except (AlreadyKnownError, NonceTooLowError):
            pass
        except (TransactionRefusedError, RpcRejectedError) as error:
            desk.mark_refused(filler, str(error))
            desk.log(EventKind.WAITING, None, Cause.TRANSACTION_REFUSED, str(error))
            return
        desk.mark_sent(filler, head)
        desk.log(EventKind.FILLED, None, None, f"nonce {filler.nonce}")
