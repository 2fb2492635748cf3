"""The composition root: one node, from settings and a chain to something that serves.

Start-up order is store (a second node is refused there), proving (what a crash left behind is
queued again), relay, server; stopping goes the other way, calls first. Nothing here computes.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Protocol

import structlog

from node.keys import KeyStore
from node.proving import ProvingService, ProvingSettings, WorkerHealth
from node.proving.marks import MarksRecipeFactory
from node.proving.ports import RecipeFactory
from node.rpc import ChangeCounter, PricingServer, Rooms, ServerLimits
from node.service.costs import ProvingCosts
from node.service.intake import IntakePolicy, MarksIntake
from node.service.jobs import StoredJobs
from node.service.keys import KeyStoreVerifier, NodeDescriber
from node.service.queue import StoredQueue
from node.service.quoting import QuotingDesk
from node.service.relaying import AttestationRelay, RelayIntake
from node.service.settlement import NoChain, SettlementPort
from node.service.sizing import Sizing
from node.store import LeaseLostError, Store
from node.store.store import system_clock_ms
from node.tls import TlsFiles

log = structlog.get_logger("node")


@dataclass(frozen=True)
class NodeSettings:
    """Where a node keeps its things and how much it takes on.

    `store` is a SQLite file or an SQLAlchemy URL; `address` is loopback unless `tls` is given, and
    its port 0 takes a free one.
    """

    store: str | Path
    keys_directory: Path
    address: str = "127.0.0.1:50051"
    tls: TlsFiles | None = None
    limits: ServerLimits = field(default_factory=ServerLimits)
    intake: IntakePolicy = field(default_factory=IntakePolicy)
    relaying: RelayIntake = field(default_factory=RelayIntake)
    proving: ProvingSettings = field(default_factory=ProvingSettings)
    with_reflection: bool = True
    drain_seconds: float = 10.0


class Runner(Protocol):
    """Something that works in the background, such as the relay."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End, leaving everything on disk."""


RunnerFactory = Callable[[Store], Runner]


class Node:
    """A running node: `start`, `stop`, or a `with` block.

    `settlement` binds proofs to a chain, `relay` brings them there; without them the node prices
    and proves. `clock` gives Unix milliseconds. `recipe` makes proofs inside the workers.
    """

    def __init__(
        self,
        settings: NodeSettings,
        *,
        settlement: SettlementPort | None = None,
        relay: RunnerFactory | None = None,
        clock: Callable[[], int] = system_clock_ms,
        recipe: RecipeFactory | None = None,
    ) -> None:
        self._settings = settings
        self._settlement = settlement or NoChain()
        self._relay = relay
        self._clock = clock
        self._recipe = recipe or MarksRecipeFactory(settings.keys_directory)
        self._running = ExitStack()
        self._store: Store | None = None
        self._server: PricingServer | None = None
        self._proving: ProvingService | None = None

    @property
    def address(self) -> str:
        """Where the server listens; RuntimeError before `start`."""
        if self._server is None:
            raise RuntimeError("the node is not running")
        return self._server.address

    @property
    def store(self) -> Store:
        """The open store; RuntimeError before `start`."""
        if self._store is None:
            raise RuntimeError("the node is not running")
        return self._store

    @property
    def failure(self) -> Exception | None:
        """Why the node must be stopped, if it must: its store belongs to another node."""
        return None if self._proving is None else self._proving.failure

    def workers(self) -> list[WorkerHealth]:
        """The worker processes as they are."""
        return [] if self._proving is None else self._proving.health()

    def start(self) -> None:
        """Serve. If a part cannot start, those before it are stopped and the error is raised."""
        with ExitStack() as parts:
            store = Store.open(self._settings.store, clock=self._clock)
            parts.callback(store.close)
            changes, costs = ChangeCounter(), ProvingCosts()
            queue = StoredQueue(store, costs, self._clock)
            proving = ProvingService(
                queue,
                self._recipe,
                settings=self._settings.proving,
                changed=changes.notify,
                fatal=(LeaseLostError,),
            )
            parts.callback(store.subscribe(lambda _job_id: _wake(changes, proving)))
            jobs = StoredJobs(store, lambda job_id: proving.progress(queue.leader_of(job_id)))
            server = PricingServer(
                self._rooms(store, jobs, changes, costs),
                address=self._settings.address,
                tls=self._settings.tls,
                limits=self._settings.limits,
                with_reflection=self._settings.with_reflection,
            )
            parts.callback(server.stop)
            parts.callback(proving.stop)
            proving.start()
            if self._relay is not None:
                runner = self._relay(store)
                parts.callback(runner.stop)
                runner.start()
            server.start()
            parts.callback(server.drain, self._settings.drain_seconds)
            self._running = parts.pop_all()
        self._store, self._proving, self._server = store, proving, server
        log.info("node started", address=server.address, store=store.name)

    def stop(self) -> None:
        """Finish the calls under way, put unfinished jobs back, close the store."""
        self._running.close()
        self._store = self._server = self._proving = None

    def __enter__(self) -> Node:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _rooms(
        self, store: Store, jobs: StoredJobs, changes: ChangeCounter, costs: ProvingCosts
    ) -> Rooms:
        policy = self._settings.intake
        desk, keys = QuotingDesk(), KeyStore(self._settings.keys_directory)
        sizing, relaying = Sizing(keys, costs), self._settings.relaying
        underlyings = desk.underlyings.values()
        return Rooms(
            pricing=desk,
            intake=MarksIntake(store, jobs, desk, self._settlement, sizing, policy),
            relay=AttestationRelay(store, jobs, keys, self._settlement, relaying),
            jobs=jobs,
            changes=changes,
            verifier=KeyStoreVerifier(keys),
            describer=NodeDescriber(keys, underlyings, self._settlement, policy),
        )


def _wake(changes: ChangeCounter, proving: ProvingService) -> None:
    changes.notify()
    proving.wake()
