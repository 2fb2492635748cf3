"""Refusals, and how they travel.

    NodeError
    └── Refusal                    an answer of the server: reason, message and details
        ├── RequestFaults          INVALID_REQUEST, with BadRequest
        ├── MalformedMessage       MALFORMED_MESSAGE
        ├── MessageTooLarge        MESSAGE_TOO_LARGE
        ├── TooManyCalls           TOO_MANY_CALLS, with RetryInfo
        ├── QueueFull              QUEUE_FULL, with RetryInfo
        ├── JobNotFound            JOB_NOT_FOUND
        ├── KeyNotFound            KEY_NOT_FOUND
        ├── NotProved              NOT_PROVED
        ├── SnapshotUnknown        SNAPSHOT_UNKNOWN
        ├── NoSettlement           NO_SETTLEMENT
        ├── RequestIdReused        REQUEST_ID_REUSED
        ├── Unsupported            UNSUPPORTED
        ├── ChainUnavailable       CHAIN_UNAVAILABLE, with RetryInfo
        ├── ConsumerRefused        CONSUMER_REFUSED
        ├── ProofInvalid           PROOF_INVALID
        ├── SlotTaken              SLOT_TAKEN
        ├── AttestationRefused     ATTESTATION_REFUSED
        ├── ReportRefused          REPORT_REFUSED
        ├── SourceUnusable         SOURCE_UNUSABLE
        ├── Draining               DRAINING, with RetryInfo
        ├── DeadlineExceeded       DEADLINE_EXCEEDED
        ├── Unauthenticated        NOT_THE_OWNER
        └── InternalFault          INTERNAL

The catalogue in node/errors.py gives the gRPC code of a reason. Other rooms raise these through the
ports; the guard turns them into google.rpc.Status.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import grpc
from google.protobuf import any_pb2
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status

from node.errors import CATALOGUE, NodeError, Reason

ERROR_DOMAIN = "proofmark"

#: A status travels in HTTP/2 trailers, of which a gRPC peer takes 8 KiB unless configured: details
#: stop before that and count the rest. A client that takes more says so (STATUS_BYTES_HEADER of
#: node.rpc.guard).
DEFAULT_DETAIL_BYTES = 6 * 1024
LARGEST_DETAIL_BYTES = 256 * 1024


class Refusal(NodeError):  # noqa: N818 - a refusal is an answer; the tree above is named so
    """A call refused: reason, message and details.

    `metadata` goes into ErrorInfo; `retry_after_seconds` into RetryInfo.
    """

    def __init__(
        self,
        message: str,
        *,
        metadata: Mapping[str, str] | None = None,
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.metadata = dict(metadata or {})
        self.retry_after_seconds = retry_after_seconds

    @property
    def code(self) -> grpc.StatusCode:
        """The catalogue's code for the reason."""
        return grpc.StatusCode[CATALOGUE[self.reason].grpc_code]

    def details(self, detail_bytes: int) -> list[Message]:  # noqa: ARG002 - for RequestFaults
        """The google.rpc details, ErrorInfo first."""
        info = error_details_pb2.ErrorInfo(
            reason=self.reason.value, domain=ERROR_DOMAIN, metadata=self.metadata
        )
        found: list[Message] = [info]
        if self.retry_after_seconds is not None:
            retry = error_details_pb2.RetryInfo()
            retry.retry_delay.FromNanoseconds(int(self.retry_after_seconds * 1e9))
            found.append(retry)
        return found

    def grpc_status(self, detail_bytes: int = DEFAULT_DETAIL_BYTES) -> grpc.Status:
        """What `context.abort_with_status` takes, with details of about that size at most."""
        packed = []
        for detail in self.details(detail_bytes):
            wrapped = any_pb2.Any()
            wrapped.Pack(detail)
            packed.append(wrapped)
        status = status_pb2.Status(code=self.code.value[0], message=self.message, details=packed)
        return rpc_status.to_status(status)


@dataclass(frozen=True)
class Fault:
    """One fault of a request: where (path on the wire), and what, in one sentence.

    `description` names row, value, range and the way out.
    """

    path: str
    description: str


class RequestFaults(Refusal):
    """The request is refused whole; every fault is listed."""

    reason = Reason.INVALID_REQUEST

    def __init__(self, faults: Sequence[Fault]) -> None:
        count = len(faults)
        first = f"{faults[0].path}: {faults[0].description}" if faults else "no fault named"
        rest = f" (and {count - 1} more)" if count > 1 else ""
        super().__init__(
            f"request refused, {count} fault{'s' if count != 1 else ''}: {first[:500]}{rest}",
            metadata={"faults": str(count)},
        )
        self.faults = tuple(faults)

    def details(self, detail_bytes: int) -> list[Message]:
        """ErrorInfo and BadRequest; the last violation counts those that would not fit."""
        bad_request = error_details_pb2.BadRequest()
        room = detail_bytes
        for index, fault in enumerate(self.faults):
            room -= len(fault.path.encode()) + len(fault.description.encode()) + 8
            if room < 0:
                bad_request.field_violations.add(
                    field="",
                    description=f"{len(self.faults) - index} more faults do not fit in a status; "
                    "check the chain with `proofmark price --chain FILE`, which prints all",
                )
                break
            bad_request.field_violations.add(field=fault.path, description=fault.description)
        return [*super().details(detail_bytes), bad_request]


class MalformedMessage(Refusal):
    """The bytes are not the method's message."""

    reason = Reason.MALFORMED_MESSAGE


class MessageTooLarge(Refusal):
    """The encoded request is above the limit."""

    reason = Reason.MESSAGE_TOO_LARGE


class TooManyCalls(Refusal):
    """Every slot is taken."""

    reason = Reason.TOO_MANY_CALLS


class QueueFull(Refusal):
    """As many jobs wait as the node allows."""

    reason = Reason.QUEUE_FULL


class JobNotFound(Refusal):
    """No job of this id."""

    reason = Reason.JOB_NOT_FOUND


class KeyNotFound(Refusal):
    """No key of this id in the key store."""

    reason = Reason.KEY_NOT_FOUND


class NotProved(Refusal):
    """The job has no proof."""

    reason = Reason.NOT_PROVED


class SnapshotUnknown(Refusal):
    """The oracle has not attested this snapshot."""

    reason = Reason.SNAPSHOT_UNKNOWN


class NoSettlement(Refusal):
    """The node settles on no chain, or a contract is missing there."""

    reason = Reason.NO_SETTLEMENT


class RequestIdReused(Refusal):
    """The request id belongs to another content."""

    reason = Reason.REQUEST_ID_REUSED


class Unsupported(Refusal):
    """This node does not serve the statement or size."""

    reason = Reason.UNSUPPORTED


class ChainUnavailable(Refusal):
    """The chain's endpoint does not answer."""

    reason = Reason.CHAIN_UNAVAILABLE


class ConsumerRefused(Refusal):
    """The relay does not pay for this consumer."""

    reason = Reason.CONSUMER_REFUSED


class ProofInvalid(Refusal):
    """The proof does not show the words."""

    reason = Reason.PROOF_INVALID


class SlotTaken(Refusal):
    """Other words wait for the same slot."""

    reason = Reason.SLOT_TAKEN


class AttestationRefused(Refusal):
    """The registry or the consumer would refuse the words now."""

    reason = Reason.ATTESTATION_REFUSED


class ReportRefused(Refusal):
    """The oracle signer does not sign this."""

    reason = Reason.REPORT_REFUSED


class SourceUnusable(Refusal):
    """The oracle signer does not believe its source."""

    reason = Reason.SOURCE_UNUSABLE


class Draining(Refusal):
    """The node is stopping."""

    reason = Reason.DRAINING


class DeadlineExceeded(Refusal):
    """The caller's time is up, or it has gone."""

    reason = Reason.DEADLINE_EXCEEDED


class Unauthenticated(Refusal):
    """Not signed by the account's key, late, or made before."""

    reason = Reason.NOT_THE_OWNER


class InternalFault(Refusal):
    """A fault of the node; the message names the call, the log has the rest."""

    reason = Reason.INTERNAL


def refusal_of(error: NodeError) -> Refusal:
    """Another room's error as the refusal of its reason (which must be one of the wire's)."""
    if error.reason is Reason.INVALID_REQUEST:
        return RequestFaults([Fault("", str(error))])
    waits = CATALOGUE[error.reason].grpc_code == "UNAVAILABLE"
    for kind in Refusal.__subclasses__():
        if kind.reason is error.reason:
            return kind(str(error), retry_after_seconds=1.0 if waits else None)
    return InternalFault(str(error))
