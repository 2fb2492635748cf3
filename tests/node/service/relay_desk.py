"""RelayAttestation's room on a store, with the relay beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from node.keys import KeyStore
from node.relay import Relay
from node.service import ChainSettlement, RelayIntake
from node.service.jobs import StoredJobs
from node.service.relaying import AttestationRelay
from node.store import Settlement, Store
from node.values import AttestationBytes, JobView
from tests.node.service.accounts import Accounts, keep_key


class Desk:
    """The room on a store, and the relay beside it."""

    def __init__(self, accounts: Accounts, store: Store, keys: Path, **options: Any) -> None:
        keep_key(keys)
        self.store = store
        self.settlement = options.pop("settlement", None) or ChainSettlement(
            accounts.chain, accounts.deployment, consumers=[accounts.taker, accounts.refuser]
        )
        self.jobs = StoredJobs(store, lambda _: None)
        policy = RelayIntake(**options)
        self.room = AttestationRelay(store, self.jobs, KeyStore(keys), self.settlement, policy)
        self.worker: Relay = accounts.relay(store)

    def take(self, attestation: AttestationBytes, caller: str = "somebody") -> JobView:
        return self.room.relay(attestation, caller, lambda: None)

    def force(self, attestation: AttestationBytes) -> JobView:
        """As if the registry had been content when it came, and is no longer."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(self.settlement, "ask_registry", lambda _: None)
            return self.take(attestation)

    def step(self) -> None:
        self.worker.step(10**15)

    def settled(self, job: JobView) -> Settlement:
        return self.store.jobs.get(job.job_id).settlement
