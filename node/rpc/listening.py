"""A listening gRPC server around one service: guard, health, reflection; loopback unless told.

Threads, not asyncio: the rooms are plain blocking code, so a coroutine would only hand it to a
thread; a watcher sleeps on a condition; and the server can live in any process beside any number of
event loops (grpc.aio shares one completion queue among all loops of a process). The price is one
thread per open stream, which `ServerLimits.concurrent_watches` bounds.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import grpc
import structlog
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from node.errors import NodeError, Reason
from node.rpc.guard import Gate, Guard, ServerLimits
from node.rpc.patience import SLOWEST_SECONDS, Patience
from node.tls import TlsError, TlsFiles, is_loopback

#: Threads for health, reflection and for saying no when every slot is taken.
_SPARE_THREADS = 8

#: Calls begun and not ended, whatever their service: those without a thread yet wait in memory.
_MOST_OPEN_CALLS = 1024

log = structlog.get_logger("node.rpc")


class AddressRefusedError(NodeError):
    """The address cannot or must not be listened on."""

    reason = Reason.CONFIG_INVALID


class GuardedServer:
    """One listening server. `start`, then `drain` (or `stop`); not to be started twice.

    `add_service` puts the servicer, which gets the gate, into the server. Of a private service the
    log says neither how long a call took nor how large it was.
    """

    def __init__(
        self,
        service_name: str,
        add_service: Callable[[grpc.Server, Gate], None],
        *,
        address: str,
        limits: ServerLimits,
        tls: TlsFiles | None = None,
        with_reflection: bool = True,
        is_private: bool = False,
    ) -> None:
        self._service_name = service_name
        self._gate = Gate(limits)
        threads = limits.concurrent_calls + limits.concurrent_watches + _SPARE_THREADS
        self._server = grpc.server(
            ThreadPoolExecutor(threads, thread_name_prefix="rpc"),
            interceptors=[
                Patience(SLOWEST_SECONDS),
                Guard(service_name, limits, self._gate, is_private=is_private),
            ],
            maximum_concurrent_rpcs=_MOST_OPEN_CALLS,
            # The guard refuses by request_bytes and explains; this is the wall behind it.
            options=[
                ("grpc.max_receive_message_length", 4 * limits.request_bytes),
                ("grpc.so_reuseport", 0),  # a second node on this port must fail to start
                ("grpc.keepalive_time_ms", 60_000),  # finds watchers whose machine is gone
            ],
        )
        add_service(self._server, self._gate)
        self._health = health.HealthServicer(experimental_non_blocking=True)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        if with_reflection:
            names = [service_name, health.SERVICE_NAME, reflection.SERVICE_NAME]
            reflection.enable_server_reflection(names, self._server)
        self.port = _listen(self._server, address, tls)
        self.address = f"{address.rpartition(':')[0]}:{self.port}"

    def start(self) -> None:
        """Serve."""
        for name in ("", self._service_name):
            self._health.set(name, health_pb2.HealthCheckResponse.SERVING)
        self._server.start()
        log.info("serving", address=self.address)

    def drain(self, grace_seconds: float = 10.0) -> None:
        """NOT_SERVING, refuse new calls, end the streams, let calls finish, stop."""
        log.info("draining", address=self.address)
        self._health.enter_graceful_shutdown()
        self._gate.draining.set()
        self._wake_streams()
        stopped: threading.Event = self._server.stop(grace_seconds)
        stopped.wait()
        log.info("stopped", address=self.address)

    def stop(self) -> None:
        """Stop at once; calls under way are cancelled."""
        self.drain(0.0)

    def _wake_streams(self) -> None:
        """Let open streams see that the server drains; for services that have some."""


def _listen(server: grpc.Server, address: str, tls: TlsFiles | None) -> int:
    if tls is None and not is_loopback(address):
        raise AddressRefusedError(
            f"{address} is not a loopback address and no certificate is given: anyone who reaches "
            "it could use this node; listen on 127.0.0.1 or give certificate and key of TLS"
        )
    try:
        if tls is None:
            return server.add_insecure_port(address)
        return server.add_secure_port(address, _credentials(tls))
    except (RuntimeError, ValueError) as error:
        way_out = "choose another port" if tls is None else "or are certificate and key no pair?"
        raise AddressRefusedError(
            f"cannot listen on {address}: is another node running there? {way_out}"
        ) from error


def _credentials(tls: TlsFiles) -> grpc.ServerCredentials:
    """Callers have to show a certificate where an authority is named; TlsError."""
    texts = tls.read()
    if texts.certificate is None or texts.key is None:
        raise TlsError("a server needs a certificate and its key")
    return grpc.ssl_server_credentials(
        [(texts.key, texts.certificate)],
        root_certificates=texts.authority,
        require_client_auth=texts.authority is not None,
    )
