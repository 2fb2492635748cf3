"""Store, chain, key and relay in one hand, with crashes wherever a test wants them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from eth_utils.address import to_canonical_address

from node.chain import ErrorTable, development_account
from node.relay import Event, Relay, RelayPolicy
from node.store import Job, NewAttestation, OutboxEntry, Proving, Settlement, Store, Submission
from node.words import join_words
from prover.transcript import data_hash
from tests.node.chain.toy import TOY_ERRORS
from tests.node.relay.fake_chain import CHAIN_ID, REGISTRY, FakeChain
from tests.node.relay.slots import slot_of

START = 1_779_321_600
KEY = development_account("relay")
KEY_ID = b"\x01" * 32
ERRORS: ErrorTable = TOY_ERRORS
POLICY = RelayPolicy(
    confirmations=2,
    final_depth=4,
    bump_after_blocks=3,
    retry_ms=100,
    retry_ceiling_ms=400,
    nonce_checks=2,
)


class SimulatedCrashError(BaseException):
    """The process ends here."""


class Crasher:
    """Ends the process right after the n-th thing with an effect, counted from 0.

    Between two effects there are only reads, so this is also just before the next one.
    """

    def __init__(self, at: int | None = None) -> None:
        self.at = at
        self.count = 0

    def wrap(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            result = call(*args, **kwargs)
            self.count += 1
            if self.count - 1 == self.at:
                raise SimulatedCrashError
            return result

        return wrapped


class Rig:
    """One node's settlement side."""

    def __init__(
        self,
        folder: Path,
        *,
        policy: RelayPolicy = POLICY,
        key: Any = KEY,
        crasher: Crasher | None = None,
    ) -> None:
        self.path = folder / "node.sqlite"
        self.now_ms = START * 1_000
        self.chain: Any = FakeChain(START)
        self.policy = policy
        self.key = key
        self.crasher = crasher
        self.events: list[Event] = []
        self.open()

    def open(self) -> None:
        self.store = Store.open(self.path, clock=lambda: self.now_ms)
        forget_to_sync(self.store)
        chain = self.chain
        if self.crasher is not None:
            for name in ("save_attempt", "mark_attempt", "move", "note"):
                method = getattr(self.store.outbox, name)
                setattr(self.store.outbox, name, self.crasher.wrap(method))
            chain = _Sending(self.chain, self.crasher)
        self.relay = Relay(
            self.store,
            chain,
            registry=REGISTRY,
            errors=ERRORS,
            account=self.key,
            policy=self.policy,
        )

    def crash(self) -> None:
        """End without a trace and start again."""
        self.store.abandon()
        self.open()

    def add(
        self,
        sequence: int = 1,
        *,
        subject: int = 0xABCDEF,
        valid_for: int = 3_600,
        registry: str = REGISTRY,
    ) -> str:
        """A proved job with an attestation for that snapshot number."""
        words = (
            CHAIN_ID << 160 | int(registry, 16),
            0xC0 << 88 | sequence << 40 | (START + valid_for),
            subject,
            subject << 80,
        )
        job = self.store.jobs.submit(Submission("marks", b"", bytes(32))).job
        self.store.jobs.advance(job.id, Proving.PROVING)
        attestation = NewAttestation(
            key_id=KEY_ID,
            data_hash=data_hash(words),
            words=join_words(words),
            proof=bytes(320),
        )
        self.store.jobs.complete(job.id, attestation, slot_of(KEY_ID, words))
        return job.id

    def step(self, wait_ms: int = 1_000) -> tuple[Event, ...]:
        """Let time pass and the relay act."""
        self.now_ms += wait_ms
        events = self.relay.step(self.now_ms)
        self.events.extend(events)
        return events

    def settle(self, rounds: int = 25) -> None:
        """Step and mine until nothing is left to do."""
        for _ in range(rounds):
            self.step()
            self.chain.mine()
            if not self.store.outbox.entries():
                return

    def job(self, job_id: str) -> Job:
        return self.store.jobs.get(job_id)

    def entry(self, job_id: str) -> OutboxEntry:
        outbox_id = self.job(job_id).outbox_id
        assert outbox_id is not None
        return self.store.outbox.get(outbox_id)

    def steps_of(self, job_id: str) -> list[str]:
        return [s.after for s in self.store.jobs.history(job_id) if s.axis == "settlement"]

    def settlement(self, job_id: str) -> Settlement:
        return self.job(job_id).settlement

    @property
    def sender(self) -> bytes:
        return bytes(to_canonical_address(KEY.address))

    def close(self) -> None:
        self.store.close()


def forget_to_sync(store: Store) -> None:
    """Crashes here are simulated, so waiting for the disk would only cost time."""
    connection = store._database.engine.raw_connection()
    connection.cursor().execute("PRAGMA synchronous = OFF")
    connection.close()


class _Sending:
    """The chain, with sending wrapped by the crasher."""

    def __init__(self, chain: Any, crasher: Crasher) -> None:
        self._chain = chain
        self.send_raw = crasher.wrap(chain.send_raw)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._chain, name)
