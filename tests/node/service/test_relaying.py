"""Finished attestations: what the relay takes, what it refuses, and that it ends on chain."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import structlog

from node.chain import Contract, contract_abi, transact
from node.client import AsyncClient, JobKind, ProvingState, Statement
from node.client import Attestation as ClientAttestation
from node.relay import RelayRunner
from node.relay.attestation import attest_call
from node.rpc.errors import (
    AttestationRefused,
    ConsumerRefused,
    KeyNotFound,
    NoSettlement,
    ProofInvalid,
    Refusal,
    RequestFaults,
    SlotTaken,
    SnapshotUnknown,
    Unsupported,
)
from node.service import ChainSettlement, NoChain
from node.store import Settlement, Store
from prover import PROOF_BYTES
from tests.node.chain.toy import START
from tests.node.service.accounts import DIGEST, KEY, OPERATOR, Accounts, keep_key
from tests.node.service.conftest import Start
from tests.node.service.relay_desk import Desk

LATER = DIGEST + 1
R = 21888242871839275222246405745257275088548364400416034343698204186575808495617


@pytest.fixture
def desk(accounts: Accounts, store: Store, tmp_path: Path) -> Desk:
    return Desk(accounts, store, tmp_path / "keys")


def test_an_account_statement_ends_on_chain(accounts: Accounts, desk: Desk) -> None:
    said = accounts.cover(account=101)
    job = desk.take(said.attestation())
    assert (job.kind.value, job.statement, job.options, job.capacity) == ("relay", None, 0, 0)
    assert (job.proving_state.value, job.settlement_state.value) == ("proved", "ready")
    assert not job.done
    other_proof = replace(said.attestation(), proof=bytes(PROOF_BYTES))
    assert desk.take(other_proof).job_id == job.job_id  # by the words, whatever the proof's bytes
    desk.step()
    accounts.mine()
    desk.step()
    assert desk.settled(job) is Settlement.FINAL
    registry = Contract(
        accounts.chain,
        accounts.deployment.address("AttestationRegistry"),
        contract_abi("AttestationRegistry"),
    )
    place = (KEY.key_id, "0x" + accounts.taker.hex(), (101).to_bytes(32, "big"))
    assert registry.read("lastAttestation", *place)["sequence"] == 1
    again = desk.take(said.attestation())
    assert (again.job_id, again.done) == (job.job_id, True)
    states = [each.settlement_state.value for each in desk.jobs.changes(job.job_id, 0)]
    assert states == ["none", "ready", "submitted", "confirmed", "final"]


def test_what_another_attested_first_is_settled(accounts: Accounts, desk: Desk) -> None:
    job = desk.take(accounts.cover(account=102).attestation())
    (entry,) = desk.store.outbox.entries()
    registry = accounts.deployment.address("AttestationRegistry")
    transact(accounts.chain, OPERATOR, registry, attest_call(desk.store.outbox.attestation(entry)))
    desk.step()
    accounts.mine()
    desk.step()
    assert desk.settled(job) is Settlement.FINAL
    assert desk.store.jobs.get(job.job_id).cause == "SETTLED_BY_OTHER"


def test_one_account_never_blocks_another(accounts: Accounts, desk: Desk) -> None:
    refuser = int.from_bytes(accounts.refuser, "big")
    early = desk.force(accounts.cover(account=103, digest=LATER).attestation())
    refused = desk.force(accounts.cover(account=104, consumer=refuser).attestation())
    good = desk.take(accounts.cover(account=105).attestation())
    desk.step()
    accounts.mine()
    desk.step()
    assert desk.settled(good) is Settlement.FINAL
    assert desk.settled(refused) is Settlement.REJECTED
    waiting = desk.store.jobs.get(early.job_id)
    assert (waiting.settlement, waiting.cause) == (Settlement.READY, "CHAIN_NOT_READY")
    assert "market digest unknown" in (waiting.detail or "")


def test_a_sequence_has_one_attestation_at_a_time(accounts: Accounts, desk: Desk) -> None:
    first = accounts.cover(account=106)
    job = desk.take(first.attestation())
    with pytest.raises(SlotTaken, match=r"sequence 1 .* is taken by other words"):
        desk.take(replace(first, commitment=2).attestation())
    assert desk.take(replace(first, sequence=2).attestation()).job_id != job.job_id
    assert desk.take(replace(first, account=107).attestation()).job_id != job.job_id
    refuser = int.from_bytes(accounts.refuser, "big")
    refused = replace(first, account=108, consumer=refuser)
    job = desk.force(refused.attestation())
    desk.step()
    assert desk.settled(job) is Settlement.REJECTED
    assert desk.force(replace(refused, commitment=2).attestation()).job_id != job.job_id


def test_what_the_registry_would_refuse_does_not_wait(accounts: Accounts, desk: Desk) -> None:
    """Else a proof about a made-up market, or a false book, could keep an account's place."""
    refuser = int.from_bytes(accounts.refuser, "big")
    for change, kind, message in (
        ({"digest": LATER}, SnapshotUnknown, "market digest unknown"),
        ({"consumer": refuser}, AttestationRefused, "the registry refuses it now"),
        ({"valid_until": START}, AttestationRefused, "attestation expired"),
        ({"valid_until": (1 << 40) - 1}, AttestationRefused, "valid until mismatch"),
    ):
        said = accounts.cover(**({"account": 109} | change))
        with pytest.raises(kind, match=message):
            desk.take(said.attestation())
    later = desk.take(accounts.cover(account=109, sequence=5).attestation())
    desk.step()
    accounts.mine()
    desk.step()
    assert desk.settled(later) is Settlement.FINAL
    with pytest.raises(AttestationRefused, match="sequence not increasing"):
        desk.take(accounts.cover(account=109, sequence=4).attestation())
    assert desk.store.jobs.page() == (desk.store.jobs.get(later.job_id),)


@pytest.mark.parametrize(
    ("change", "kind", "message"),
    [
        ({"chain_id": 1}, RequestFaults, "bound to chain 1"),
        ({"registry": 7}, RequestFaults, "bound to registry 0x0000"),
        ({"consumer": 7}, ConsumerRefused, "does not pay for 0x0000"),
        ({"account": R}, RequestFaults, r"word 3 is not in \[0, r\)"),
    ],
)
def test_foreign_words_are_refused(
    accounts: Accounts, desk: Desk, change: dict[str, int], kind: type[Refusal], message: str
) -> None:
    said = accounts.cover(**({"account": 109} | change))
    with pytest.raises(kind, match=message):
        desk.take(said.attestation())
    assert desk.store.jobs.page() == ()


@pytest.mark.parametrize(
    ("spoil", "kind", "message"),
    [
        (lambda a: {"key_id": b""}, RequestFaults, "0 bytes, expected 32"),
        (lambda a: {"key_id": b"\x07" * 32}, KeyNotFound, "not in this node's key store"),
        (lambda a: {"words": b""}, RequestFaults, "0 words, a statement of this key has 9"),
        (lambda a: {"words": a.words + b"\x00"}, RequestFaults, "no multiple of 32"),
        (lambda a: {"words": a.words + bytes(32)}, RequestFaults, "10 words"),
        (lambda a: {"words": bytes(1 << 20)}, RequestFaults, "32768 words"),
        (lambda a: {"words": b"\xff" * 288}, RequestFaults, "no header"),
        (lambda a: {"proof": b""}, RequestFaults, "0 bytes, expected 320"),
        (lambda a: {"proof": bytes(1 << 20)}, RequestFaults, "1048576 bytes"),
        (lambda a: {"proof": bytes(320)}, ProofInvalid, "refused"),
        (lambda a: {"proof": b"\xff" * 320}, ProofInvalid, "refused"),
        (lambda a: {"proof": a.proof[::-1]}, ProofInvalid, "refused"),
        (lambda a: {"words": a.words[:-1] + b"\x00"}, ProofInvalid, "refused"),
    ],
)
def test_garbage_is_refused_and_leaves_nothing(
    accounts: Accounts, desk: Desk, spoil: Any, kind: type[Refusal], message: str
) -> None:
    good = accounts.cover(account=110).attestation()
    with pytest.raises(kind, match=message):
        desk.take(replace(good, **spoil(good)))
    assert desk.store.jobs.page() == ()
    assert desk.store.outbox.entries() == ()


def test_a_key_without_a_route_and_keys_not_for_service(
    accounts: Accounts, desk: Desk, tmp_path: Path
) -> None:
    for change, kind, message in (
        ({"r1cs_digest": b"\x01" * 32}, KeyNotFound, "route not in status"),
        ({"statement": _named('{"profile":"R6"}')}, Unsupported, "no profile that is served"),
        ({"statement": _named("nonsense")}, Unsupported, "no profile that is served"),
    ):
        key = replace(KEY, **change)
        keep_key(tmp_path / "keys", key)
        with pytest.raises(kind, match=message):
            desk.take(accounts.cover(account=111).attestation(key))


def _named(parameters: str) -> Any:
    return replace(KEY.statement, parameters=parameters.encode())


def test_a_development_key_is_for_development_chains(
    accounts: Accounts, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settlement = NoChain()
    monkeypatch.setattr(settlement, "describe", object)
    monkeypatch.setattr(settlement, "check_header", lambda _: None)
    desk = Desk(accounts, store, tmp_path / "keys", settlement=settlement)
    with pytest.raises(Unsupported, match="unsafe"):
        desk.take(accounts.cover(account=112, chain_id=1).attestation())


def test_a_node_without_a_chain_relays_nothing(
    accounts: Accounts, store: Store, tmp_path: Path
) -> None:
    desk = Desk(accounts, store, tmp_path / "keys", settlement=NoChain())
    with pytest.raises(NoSettlement):
        desk.take(accounts.cover(account=113).attestation())


def test_over_the_wire_and_through_a_restart(
    accounts: Accounts, start: Start, settings: Any, tmp_path: Path
) -> None:
    keep_key(tmp_path / "keys")
    own = replace(settings, keys_directory=tmp_path / "keys")
    settlement = ChainSettlement(accounts.chain, accounts.deployment, consumers=[accounts.taker])

    def relay(store: Store) -> RelayRunner:
        return RelayRunner(accounts.relay(store), store)

    said = accounts.cover(account=301)
    sent = said.attestation()
    attestation = ClientAttestation(sent.key_id, sent.words, sent.proof)
    with structlog.testing.capture_logs() as logs:
        node, client = start(settings=own, settlement=settlement)
        job = client.relay_attestation(attestation)
        assert (job.kind, job.statement) == (JobKind.RELAY, Statement.UNSPECIFIED)
        assert job.proving_state is ProvingState.PROVED
        assert client.get_attestation(job.job_id) == attestation
        consumers = client.capabilities().chain.consumers  # type: ignore[union-attr]
        assert accounts.taker in consumers
        node.stop()
        node, client = start(settings=own, settlement=settlement, relay=relay)

        async def again() -> str:
            async with AsyncClient(node.address) as other:
                return (await other.relay_attestation(attestation)).job_id

        assert asyncio.run(again()) == job.job_id
        done = client.wait(job.job_id, until=lambda j: bool(j.transaction), timeout_seconds=20)
        assert done.transaction is not None
    logged = repr(logs)
    assert job.job_id in logged
    for word in said.words():
        assert str(word) not in logged or word < 10_000
        assert f"{word:064x}" not in logged
    assert sent.proof.hex() not in logged
