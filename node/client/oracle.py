"""A signer as the leader reaches it."""

from __future__ import annotations

from collections.abc import Sequence

import grpc

from node.client.connection import Connection
from node.pb import oracle_service_pb2 as pb
from node.pb import oracle_service_pb2_grpc
from node.values import SignedView

#: A round is over before the next one begins: a signer that takes longer is one that is down.
DEFAULT_PEER_SECONDS = 10.0


class OraclePeer(Connection):
    """One signer's OracleService, blocking; a context manager closes it. Raises CallError."""

    def __init__(
        self,
        address: str,
        *,
        timeout_seconds: float = DEFAULT_PEER_SECONDS,
        credentials: grpc.ChannelCredentials | None = None,
    ) -> None:
        self.name = address
        super().__init__(
            oracle_service_pb2_grpc.OracleServiceStub, address, timeout_seconds, credentials
        )

    def view(self) -> SignedView:
        """What the signer's source says now."""
        view = self._call(self._stub.GetView, pb.GetViewRequest()).view
        return SignedView(view.content, view.signature)

    def sign(self, views: Sequence[SignedView]) -> bytes:
        """The signer's signature under the report that these views make."""
        sent = [pb.SignedView(content=each.content, signature=each.signature) for each in views]
        request = pb.SignReportRequest(views=sent)
        return bytes(self._call(self._stub.SignReport, request).signature)
