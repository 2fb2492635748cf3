"""The relay: one step at a time from the outbox to the chain.

A step reads the chain, does what is due and returns; everything it must remember is in the store
before it acts, so that it may be cut off anywhere. Exactly-once sending does not exist; exactly
one effect does, because the registry refuses a second attestation and we take that for success.
"""

from eth_utils.address import to_canonical_address

from node.chain import Block, Chain, ErrorTable
from node.chain.errors import ContractMissingError, RpcUnavailableError, WrongChainIdError
from node.chain.signatures import LocalAccount
from node.relay.desk import Desk, Event
from node.relay.gaps import GapFiller
from node.relay.policy import RelayPolicy
from node.relay.sender import Sender
from node.relay.tracker import Tracker
from node.store import Cause, OutboxEntry, Settlement, Store

__all__ = ["Relay"]

_SENT = (Settlement.SUBMITTED, Settlement.CONFIRMED)
_CAUSES: dict[type[Exception], Cause] = {
    RpcUnavailableError: Cause.RPC_UNAVAILABLE,
    WrongChainIdError: Cause.WRONG_CHAIN,
    ContractMissingError: Cause.CONTRACT_MISSING,
}


class Relay:
    """Settles the outbox of one store on one registry with one key.

    ``account`` None is dry mode: everything is checked and priced, nothing is signed or sent.
    ``errors`` decodes the registry's refusals.
    """

    def __init__(
        self,
        store: Store,
        chain: Chain,
        *,
        registry: str,
        errors: ErrorTable,
        account: LocalAccount | None = None,
        policy: RelayPolicy | None = None,
    ) -> None:
        self._desk = Desk(store, chain, account, registry, errors, policy or RelayPolicy())
        self._sender = Sender(self._desk)
        self._tracker = Tracker(self._desk)
        self._gaps = GapFiller(self._desk)
        self._registry_seen = False

    @property
    def address(self) -> str | None:
        """The key's address; None in dry mode."""
        return None if self._desk.account is None else str(self._desk.account.address)

    def step(self, now_ms: int) -> tuple[Event, ...]:
        """Do once what is due at ``now_ms`` (unix milliseconds); returns what was done.

        An unreachable or wrong chain leaves every entry where it is, with a typed cause.
        Raises StoreError when the store can no longer be written.
        """
        self._desk.events = []
        if not self._desk.store.outbox.entries():
            return ()
        try:
            self._step(now_ms)
        except tuple(_CAUSES) as error:
            self._hold(_CAUSES[type(error)], str(error), now_ms)
        return tuple(self._desk.events)

    def _step(self, now_ms: int) -> None:
        desk = self._desk
        chain_id = desk.chain.chain_id()
        self._check_registry()
        head = desk.chain.head()
        finalized = desk.chain.finalized() if desk.policy.use_finalized else None
        self._track(chain_id, head, finalized, now_ms)
        live = self._ours(desk.store.outbox.entries(), chain_id)
        self._gaps.fill(live, head)
        ready = tuple(entry for entry in live if entry.state is Settlement.READY)
        flying = tuple(entry for entry in live if entry.state is Settlement.SUBMITTED)
        self._sender.send_due(ready, flying, head, now_ms)
        self._hold_foreign(chain_id, now_ms)

    def _track(self, chain_id: int, head: Block, finalized: Block | None, now_ms: int) -> None:
        sent = self._ours(self._desk.store.outbox.entries(_SENT), chain_id)
        for entry in sorted(sent, key=lambda e: (e.nonce is None, e.nonce, e.id)):
            with self._desk.alone(entry):
                self._tracker.track(entry, head, finalized, now_ms)

    def _check_registry(self) -> None:
        if self._registry_seen:
            return
        if not self._desk.chain.code_at(self._desk.registry):
            raise ContractMissingError(
                f"no AttestationRegistry at {self._desk.registry} on {self._desk.chain.name}: "
                "run proofmark deploy, or point at the right chain"
            )
        self._registry_seen = True

    def _ours(self, entries: tuple[OutboxEntry, ...], chain_id: int) -> tuple[OutboxEntry, ...]:
        return tuple(entry for entry in entries if self._is_ours(entry, chain_id))

    def _is_ours(self, entry: OutboxEntry, chain_id: int) -> bool:
        registry = to_canonical_address(self._desk.registry)
        return entry.slot.chain_id == chain_id and entry.slot.registry == registry

    def _hold(self, cause: Cause, detail: str, now_ms: int) -> None:
        """The chain is out of reach: explain it on every ready entry."""
        for entry in self._desk.store.outbox.entries((Settlement.READY,)):
            if entry.not_before_ms <= now_ms:
                self._desk.wait(entry, cause, detail)

    def _hold_foreign(self, chain_id: int, now_ms: int) -> None:
        for entry in self._desk.store.outbox.entries((Settlement.READY,)):
            if entry.not_before_ms <= now_ms and not self._is_ours(entry, chain_id):
                slot = entry.slot
                detail = (
                    f"made for chain {slot.chain_id}, registry 0x{slot.registry.hex()}; "
                    f"this relay serves chain {chain_id}, registry {self._desk.registry}"
                )
                self._desk.wait(entry, Cause.WRONG_CHAIN, detail)
