"""Callers who begin calls and send nothing: they hold no thread for long, on whatever service."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from node.client import Client
from node.rpc import PricingServer
from tests.node.rpc.conftest import LIMITS
from tests.node.rpc.fakes import FakeNode

PATIENCE = 0.5
FLOOD = 4 * (LIMITS.concurrent_calls + LIMITS.concurrent_watches + 8)


@pytest.fixture
def server(node: FakeNode, monkeypatch: pytest.MonkeyPatch) -> Iterator[PricingServer]:
    monkeypatch.setattr("node.rpc.listening.SLOWEST_SECONDS", PATIENCE)
    running = PricingServer(node.rooms, address="127.0.0.1:0", limits=LIMITS)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def over() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def nothing(over: threading.Event) -> Iterator[bytes]:
    over.wait()
    yield from ()


@pytest.mark.parametrize(
    "method",
    [
        "/proofmark.v1.PricingService/GetCapabilities",
        "/proofmark.v1.PricingService/WatchJob",
        "/grpc.health.v1.Health/Check",
        "/grpc.health.v1.Health/Watch",
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
    ],
)
def test_callers_who_say_nothing_are_cut_off(
    server: PricingServer, method: str, over: threading.Event
) -> None:
    with grpc.insecure_channel(server.address) as channel:
        begin: Any = channel.stream_stream(method, None, None)
        calls = [begin(nothing(over)) for _ in range(FLOOD)]
        began = time.monotonic()
        with Client(server.address, timeout_seconds=20) as asking:
            assert asking.capabilities()
        assert time.monotonic() - began < 10 * PATIENCE
        for call in calls:
            with pytest.raises(grpc.RpcError):
                next(call)
            assert call.code() is grpc.StatusCode.CANCELLED


def test_a_call_without_a_request_is_refused(server: PricingServer) -> None:
    with grpc.insecure_channel(server.address) as channel:
        path = "/proofmark.v1.PricingService/GetCapabilities"
        call: Any = channel.stream_unary(path, None, None)
        with pytest.raises(grpc.RpcError) as refused:
            call(iter(()), timeout=5)
        assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT


def test_watching_health_outlasts_the_patience_with_callers(server: PricingServer) -> None:
    with grpc.insecure_channel(server.address) as channel:
        watched = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest())
        assert next(watched).status == health_pb2.HealthCheckResponse.SERVING
        time.sleep(2 * PATIENCE)
        server.drain(0.1)
        assert next(watched).status == health_pb2.HealthCheckResponse.NOT_SERVING


def test_open_calls_have_a_number(
    node: FakeNode, monkeypatch: pytest.MonkeyPatch, over: threading.Event
) -> None:
    monkeypatch.setattr("node.rpc.listening._MOST_OPEN_CALLS", 20)
    running = PricingServer(node.rooms, address="127.0.0.1:0", limits=LIMITS)
    running.start()
    try:
        with grpc.insecure_channel(running.address) as channel:
            begin: Any = channel.stream_unary("/proofmark.v1.PricingService/Quote", None, None)
            calls = [begin.future(nothing(over)) for _ in range(30)]
            refused = [call for call in calls if _refused(call)]
        assert len(refused) == 10
    finally:
        running.stop()


def _refused(call: Any) -> bool:
    try:
        call.result(timeout=0.3)
    except grpc.FutureTimeoutError:
        return False
    except grpc.RpcError:
        return bool(call.code() is grpc.StatusCode.RESOURCE_EXHAUSTED)
    return False
