"""RelayAttestation over a real channel: the job, the refusals, the limits."""

from __future__ import annotations

from typing import Any
from unittest.mock import Mock

import grpc
import pytest

from node.client import (
    Attestation,
    Client,
    InvalidRequestError,
    JobKind,
    OverloadedError,
    ProvingState,
    RefusedError,
    RequestIdReusedError,
    SettlementState,
    Statement,
)
from node.client.errors import call_error
from node.pb import pricing_service_pb2 as pb
from node.pb import pricing_service_pb2_grpc
from node.rpc import PricingServer
from node.rpc.errors import ConsumerRefused, QueueFull, Refusal, SlotTaken
from node.rpc.service import _caller
from node.values import JobView
from tests.node.rpc.fakes import ATTESTATION, FakeNode


def test_a_finished_attestation_is_a_job_at_once(client: Client) -> None:
    good = Attestation(ATTESTATION.key_id, ATTESTATION.words, ATTESTATION.proof)
    job = client.relay_attestation(good)
    assert (job.kind, job.statement) == (JobKind.RELAY, Statement.UNSPECIFIED)
    assert (job.options, job.capacity) == (0, 0)
    assert job.proving_state is ProvingState.PROVED
    assert job.settlement_state is SettlementState.READY
    assert client.relay_attestation(good).job_id == job.job_id
    assert client.get_attestation(job.job_id) == good
    with pytest.raises(InvalidRequestError) as caught:
        client.relay_attestation(Attestation(good.key_id, good.words, b""))
    assert caught.value.reason == "PROOF_INVALID"


def test_a_relay_refuses_as_the_catalogue_says(
    client: Client, node: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = Attestation(ATTESTATION.key_id, ATTESTATION.words, ATTESTATION.proof)
    for refusal, kind in (
        (ConsumerRefused("not for 0x07"), RefusedError),
        (SlotTaken("taken"), RequestIdReusedError),
        (QueueFull("full", retry_after_seconds=5), OverloadedError),
    ):

        def refuse(*_: object, refusal: Refusal = refusal) -> JobView:
            raise refusal

        monkeypatch.setattr(node.jobs, "relay", refuse)
        with pytest.raises(kind, match=refusal.reason):
            client.relay_attestation(good)


def test_a_relay_call_without_an_attestation_or_above_the_limit(
    client: Client, server: PricingServer
) -> None:
    with grpc.insecure_channel(server.address) as channel:
        stub: Any = pricing_service_pb2_grpc.PricingServiceStub
        with pytest.raises(grpc.RpcError) as caught:
            stub(channel).RelayAttestation(pb.RelayAttestationRequest(), timeout=5)
    assert call_error(caught.value).faults[0].field == "attestation"
    with pytest.raises(OverloadedError, match="MESSAGE_TOO_LARGE"):
        client.relay_attestation(Attestation(b"\x01" * 32, bytes(80 * 1024), bytes(320)))


def test_the_room_is_told_who_asks(client: Client, node: FakeNode) -> None:
    client.relay_attestation(Attestation(ATTESTATION.key_id, ATTESTATION.words, ATTESTATION.proof))
    assert node.jobs.callers == ["ipv4:127.0.0.1"]


@pytest.mark.parametrize(
    ("peer", "caller"),
    [
        ("ipv4:192.0.2.7:50000", "ipv4:192.0.2.7"),
        ("ipv6:%5B2001:db8:1:2:3:4:5:6%5D:50000", "2001:db8:1:2::/64"),
        ("ipv6:[2001:db8:1:2::9]:50001", "2001:db8:1:2::/64"),
        ("unix:", "unix"),
    ],
)
def test_a_caller_is_an_address_or_a_network(peer: str, caller: str) -> None:
    assert _caller(Mock(peer=lambda: peer)) == caller
