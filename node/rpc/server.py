"""The servers of a node: marks and settlement for clients, views and signatures for a leader."""

from __future__ import annotations

from typing import Any

import grpc

from node.pb import (
    oracle_service_pb2,
    oracle_service_pb2_grpc,
    pricing_service_pb2,
    pricing_service_pb2_grpc,
)
from node.rpc.guard import Gate, ServerLimits
from node.rpc.listening import AddressRefusedError, GuardedServer
from node.rpc.oracle_service import OracleServicer
from node.rpc.ports import OracleSigning, Rooms
from node.rpc.service import PricingServicer
from node.tls import TlsFiles

__all__ = [
    "ORACLE_SERVICE_NAME",
    "SERVICE_NAME",
    "AddressRefusedError",
    "OracleServer",
    "PricingServer",
]

SERVICE_NAME: str = pricing_service_pb2.DESCRIPTOR.services_by_name["PricingService"].full_name
ORACLE_SERVICE_NAME: str = oracle_service_pb2.DESCRIPTOR.services_by_name["OracleService"].full_name

#: A request may hold 64 views of 256 KiB; a signer serves one leader.
ORACLE_LIMITS = ServerLimits(
    request_bytes=17 * 1024 * 1024, concurrent_calls=4, concurrent_watches=1
)


class PricingServer(GuardedServer):
    """PricingService over a node's rooms."""

    def __init__(
        self,
        rooms: Rooms,
        *,
        address: str = "127.0.0.1:50051",
        limits: ServerLimits | None = None,
        tls: TlsFiles | None = None,
        with_reflection: bool = True,
    ) -> None:
        self._rooms = rooms
        bounds = limits or ServerLimits()
        add: Any = pricing_service_pb2_grpc.add_PricingServiceServicer_to_server

        def add_service(server: grpc.Server, gate: Gate) -> None:
            add(PricingServicer(rooms, bounds, gate), server)

        super().__init__(
            SERVICE_NAME,
            add_service,
            address=address,
            limits=bounds,
            tls=tls,
            with_reflection=with_reflection,
        )

    def _wake_streams(self) -> None:
        self._rooms.changes.notify()  # watchers wake and say goodbye


class OracleServer(GuardedServer):
    """OracleService over one signer."""

    def __init__(
        self,
        signer: OracleSigning,
        *,
        address: str = "127.0.0.1:50061",
        limits: ServerLimits = ORACLE_LIMITS,
        tls: TlsFiles | None = None,
    ) -> None:
        add: Any = oracle_service_pb2_grpc.add_OracleServiceServicer_to_server

        def add_service(server: grpc.Server, _gate: Gate) -> None:
            add(OracleServicer(signer), server)

        super().__init__(
            ORACLE_SERVICE_NAME,
            add_service,
            address=address,
            limits=limits,
            tls=tls,
            with_reflection=False,
        )
