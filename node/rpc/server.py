"""The gRPC server: pricing service, health and reflection, on loopback unless told otherwise.

Threads, not asyncio: pricing and the store are plain blocking code, so a coroutine would only hand
them to a thread; a watcher sleeps on a condition; and the server can live in any process beside any
number of event loops (grpc.aio shares one completion queue among all loops of a process). The price
is one thread per open stream, which `ServerLimits.concurrent_watches` bounds.
"""

from __future__ import annotations

import ipaddress
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import structlog
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from node.pb import pricing_service_pb2, pricing_service_pb2_grpc
from node.rpc.guard import Gate, Guard, ServerLimits
from node.rpc.ports import Rooms
from node.rpc.service import PricingServicer

SERVICE_NAME: str = pricing_service_pb2.DESCRIPTOR.services_by_name["PricingService"].full_name

#: Threads for health, reflection and for saying no when every slot is taken.
_SPARE_THREADS = 8

log = structlog.get_logger("node.rpc")


class AddressRefusedError(Exception):
    """The address cannot or must not be listened on."""


class PricingServer:
    """One listening server. `start`, then `drain` (or `stop`); not to be started twice."""

    def __init__(
        self,
        rooms: Rooms,
        *,
        address: str = "127.0.0.1:50051",
        limits: ServerLimits | None = None,
        credentials: grpc.ServerCredentials | None = None,
        with_reflection: bool = True,
    ) -> None:
        self._rooms = rooms
        self._limits = limits or ServerLimits()
        self._gate = Gate(self._limits)
        threads = self._limits.concurrent_calls + self._limits.concurrent_watches + _SPARE_THREADS
        self._server = grpc.server(
            ThreadPoolExecutor(threads, thread_name_prefix="rpc"),
            interceptors=[Guard(SERVICE_NAME, self._limits, self._gate)],
            # The guard refuses by request_bytes and explains; this is the wall behind it.
            options=[
                ("grpc.max_receive_message_length", 4 * self._limits.request_bytes),
                ("grpc.so_reuseport", 0),  # a second node on this port must fail to start
                ("grpc.keepalive_time_ms", 60_000),  # finds watchers whose machine is gone
            ],
        )
        servicer = PricingServicer(rooms, self._limits, self._gate)
        add_service: Any = pricing_service_pb2_grpc.add_PricingServiceServicer_to_server
        add_service(servicer, self._server)
        self._health = health.HealthServicer(experimental_non_blocking=True)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        if with_reflection:
            names = [SERVICE_NAME, health.SERVICE_NAME, reflection.SERVICE_NAME]
            reflection.enable_server_reflection(names, self._server)
        self.port = _listen(self._server, address, credentials)
        self.address = f"{address.rpartition(':')[0]}:{self.port}"

    def start(self) -> None:
        """Serve."""
        self._set_health(health_pb2.HealthCheckResponse.SERVING)
        self._server.start()
        log.info("serving", address=self.address)

    def drain(self, grace_seconds: float = 10.0) -> None:
        """NOT_SERVING, refuse new calls, end the streams, let calls finish, stop."""
        log.info("draining", address=self.address)
        self._health.enter_graceful_shutdown()
        self._gate.draining.set()
        self._rooms.changes.notify()  # watchers wake and say goodbye
        stopped: threading.Event = self._server.stop(grace_seconds)
        stopped.wait()
        log.info("stopped", address=self.address)

    def stop(self) -> None:
        """Stop at once; calls under way are cancelled."""
        self.drain(0.0)

    def _set_health(self, status: int) -> None:
        for name in ("", SERVICE_NAME):
            self._health.set(name, status)


def _listen(server: grpc.Server, address: str, credentials: grpc.ServerCredentials | None) -> int:
    if credentials is None and not _is_loopback(address):
        raise AddressRefusedError(
            f"{address} is not a loopback address and no credentials are given: anyone who reaches "
            "it could use this node; listen on 127.0.0.1 or pass TLS credentials"
        )
    try:
        if credentials is None:
            return server.add_insecure_port(address)
        return server.add_secure_port(address, credentials)
    except RuntimeError as error:
        raise AddressRefusedError(
            f"cannot listen on {address}: is another node running there? choose another port"
        ) from error


def _is_loopback(address: str) -> bool:
    host = address.rpartition(":")[0].strip("[]")
    if address.startswith("unix:") or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
