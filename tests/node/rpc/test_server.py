"""The server itself: addresses, health, reflection, drain, restart."""

from __future__ import annotations

import threading
import time
from typing import Any

import grpc
import pytest
from google.protobuf import descriptor_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from node.client import Client, UnavailableError
from node.rpc import AddressRefusedError, PricingServer, ServerLimits
from node.rpc.server import SERVICE_NAME
from tests.node.rpc.chains import chain
from tests.node.rpc.conftest import LIMITS
from tests.node.rpc.fakes import FakeNode

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


def _health(address: str, service: str) -> Any:
    with grpc.insecure_channel(address) as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        request = health_pb2.HealthCheckRequest(service=service)
        return stub.Check(request, timeout=5).status


def test_health_answers_for_the_node_and_the_service(server: PricingServer) -> None:
    assert _health(server.address, "") == SERVING
    assert _health(server.address, SERVICE_NAME) == SERVING


def test_reflection_shows_the_service_and_its_files(server: PricingServer) -> None:
    with grpc.insecure_channel(server.address) as channel:
        stub = reflection_pb2_grpc.ServerReflectionStub(channel)
        requests = [
            reflection_pb2.ServerReflectionRequest(list_services=""),
            reflection_pb2.ServerReflectionRequest(file_containing_symbol=SERVICE_NAME),
        ]
        services, files = list(stub.ServerReflectionInfo(iter(requests), timeout=5))
    names = {service.name for service in services.list_services_response.service}
    assert names >= {SERVICE_NAME, "grpc.health.v1.Health"}
    data = files.file_descriptor_response.file_descriptor_proto[0]
    file = descriptor_pb2.FileDescriptorProto.FromString(data)
    assert file.package == "proofmark.v1"
    assert len(file.service[0].method) == 8


def test_reflection_can_be_left_out(node: FakeNode) -> None:
    quiet = PricingServer(node.rooms, address="127.0.0.1:0", with_reflection=False)
    quiet.start()
    try:
        with grpc.insecure_channel(quiet.address) as channel:
            stub = reflection_pb2_grpc.ServerReflectionStub(channel)
            request = reflection_pb2.ServerReflectionRequest(list_services="")
            with pytest.raises(grpc.RpcError) as caught:
                list(stub.ServerReflectionInfo(iter([request]), timeout=5))
            assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED
    finally:
        quiet.stop()


@pytest.mark.parametrize("address", ["0.0.0.0:0", "[::]:0", "192.0.2.1:0", "example.org:0"])
def test_only_loopback_is_served_without_credentials(node: FakeNode, address: str) -> None:
    with pytest.raises(AddressRefusedError, match="not a loopback address"):
        PricingServer(node.rooms, address=address)


@pytest.mark.parametrize("address", ["127.0.0.1:0", "localhost:0"])
def test_loopback_names_are_served(node: FakeNode, address: str) -> None:
    PricingServer(node.rooms, address=address).stop()


def test_a_second_node_on_the_port_is_refused(server: PricingServer, node: FakeNode) -> None:
    with pytest.raises(AddressRefusedError, match="is another node running there"):
        PricingServer(node.rooms, address=server.address)


def test_a_drain_lets_calls_finish_and_refuses_new_ones(node: FakeNode) -> None:
    server = PricingServer(node.rooms, address="127.0.0.1:0", limits=LIMITS)
    server.start()
    node.pricing.released.clear()
    answers: list[int] = []
    with Client(server.address, timeout_seconds=10) as client:
        caller = threading.Thread(target=lambda: answers.append(len(client.quote(chain(2)))))
        caller.start()
        assert node.pricing.entered.acquire(timeout=5)
        drain = threading.Thread(target=server.drain, args=(10.0,))
        drain.start()
        time.sleep(0.1)
        assert drain.is_alive()
        with pytest.raises(UnavailableError):
            client.get_job("job-1", timeout_seconds=8)
        node.pricing.released.set()
        caller.join(5)
        drain.join(5)
    assert not drain.is_alive()
    assert answers == [2]


def test_health_turns_before_the_drain(node: FakeNode) -> None:
    server = PricingServer(node.rooms, address="127.0.0.1:0", limits=ServerLimits())
    server.start()
    with grpc.insecure_channel(server.address) as channel:
        watch = health_pb2_grpc.HealthStub(channel).Watch(
            health_pb2.HealthCheckRequest(service=SERVICE_NAME), timeout=10
        )
        assert next(watch).status == SERVING
        server.drain(0.5)
        assert next(watch).status == NOT_SERVING


def test_a_drain_ends_streams_with_unavailable(node: FakeNode) -> None:
    from node.client.errors import call_error
    from node.pb import pricing_service_pb2 as pb

    server = PricingServer(node.rooms, address="127.0.0.1:0", limits=LIMITS)
    server.start()
    with Client(server.address, timeout_seconds=5) as client:
        job = client.submit_marks(chain(1))
        stream = client._stub.WatchJob(pb.WatchJobRequest(job_id=job.job_id), timeout=10)
        next(stream)
        drain = threading.Thread(target=server.drain, args=(5.0,))
        drain.start()
        with pytest.raises(grpc.RpcError) as caught:
            next(stream)
        assert call_error(caught.value).reason == "DRAINING"
        drain.join(5)
    assert not drain.is_alive()
