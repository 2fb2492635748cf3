"""The two methods of a signer: bytes in, bytes out; the oracle room judges them."""

from __future__ import annotations

import grpc

from node.pb import oracle_service_pb2 as pb
from node.pb import oracle_service_pb2_grpc
from node.rpc.ports import OracleSigning
from node.values import SignedView


class OracleServicer(oracle_service_pb2_grpc.OracleServiceServicer):  # type: ignore[misc,unused-ignore]
    """OracleService over a signer."""

    def __init__(self, signer: OracleSigning) -> None:
        self._signer = signer

    def GetView(  # noqa: N802
        self,
        request: pb.GetViewRequest,  # noqa: ARG002
        context: grpc.ServicerContext,  # noqa: ARG002
    ) -> pb.GetViewResponse:
        """What the source says now."""
        view = self._signer.view()
        message = pb.SignedView(content=view.content, signature=view.signature)
        return pb.GetViewResponse(view=message)

    def SignReport(  # noqa: N802
        self,
        request: pb.SignReportRequest,
        context: grpc.ServicerContext,  # noqa: ARG002
    ) -> pb.SignReportResponse:
        """The signature under the report of these views."""
        views = [SignedView(each.content, each.signature) for each in request.views]
        return pb.SignReportResponse(signature=self._signer.sign(views))
