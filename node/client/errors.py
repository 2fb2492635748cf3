"""What a client raises.

    ClientError
    ├── InvalidValueError        a value given to the client cannot be sent (nothing was sent)
    ├── CallError                the node answered with an error, or did not answer
    │   ├── InvalidRequestError      the request is refused; `.faults` lists every fault
    │   ├── NotFoundError            no such job or key
    │   ├── RequestIdReusedError     the request id, or the place on chain, has other content
    │   ├── RefusedError             the node does not do this for this consumer
    │   ├── PreconditionError        not proved yet, snapshot unknown, nowhere to settle
    │   ├── OverloadedError          the node is full; `.retry_after_seconds`
    │   ├── UnsupportedError         the node does not serve this
    │   ├── UnavailableError         no answer, or the node is stopping
    │   ├── DeadlineError            the call's time was up
    │   └── NodeFaultError           a fault of the node, or an answer nobody expected
    └── WaitTimeoutError         `wait` or `watch_job` took too long; `.job` is the last seen

`CallError.reason` is a name of error_reason.proto without its prefix, "" where the node sent none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2, status_pb2

if TYPE_CHECKING:
    from node.client.model import Job

_DETAILS_KEY = "grpc-status-details-bin"


class ClientError(Exception):
    """Base of everything the client raises by itself."""


class InvalidValueError(ClientError, ValueError):
    """Values cannot be put on the wire; `problems` lists all of them."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


class WaitTimeoutError(ClientError, TimeoutError):
    """The job was not done in time; it goes on in the node."""

    def __init__(self, message: str, job: Job | None) -> None:
        super().__init__(message)
        self.job = job


@dataclass(frozen=True, slots=True)
class RequestFault:
    """One fault: path of the field on the wire, and what is wrong with it."""

    field: str
    description: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An error answer, taken apart."""

    code: grpc.StatusCode
    message: str
    reason: str = ""
    metadata: Mapping[str, str] | None = None
    retry_after_seconds: float | None = None
    faults: tuple[RequestFault, ...] = ()


class CallError(ClientError):
    """An error answer; `code` is the gRPC status code."""

    def __init__(self, answer: Answer) -> None:
        label = answer.reason or answer.code.name
        super().__init__(f"{label}: {answer.message}")
        self.code = answer.code
        self.reason = answer.reason
        self.message = answer.message
        self.metadata = dict(answer.metadata or {})
        self.retry_after_seconds = answer.retry_after_seconds
        self.faults = answer.faults


class InvalidRequestError(CallError):
    """The request is refused; `faults` lists every fault."""


class NotFoundError(CallError):
    """The node has no such job or key."""


class RequestIdReusedError(CallError):
    """The request id belongs to another content."""


class RefusedError(CallError):
    """The node does not do this for this consumer."""


class PreconditionError(CallError):
    """The state of the job, the oracle or the node does not allow it."""


class OverloadedError(CallError):
    """Too many calls or jobs, or too large a message."""


class UnsupportedError(CallError):
    """The node does not serve this."""


class UnavailableError(CallError):
    """No node answers, or it is stopping."""


class DeadlineError(CallError):
    """The call's time was up."""


class NodeFaultError(CallError):
    """A fault of the node."""


_BY_CODE: dict[grpc.StatusCode, type[CallError]] = {
    grpc.StatusCode.INVALID_ARGUMENT: InvalidRequestError,
    grpc.StatusCode.NOT_FOUND: NotFoundError,
    grpc.StatusCode.ALREADY_EXISTS: RequestIdReusedError,
    grpc.StatusCode.PERMISSION_DENIED: RefusedError,
    grpc.StatusCode.FAILED_PRECONDITION: PreconditionError,
    grpc.StatusCode.RESOURCE_EXHAUSTED: OverloadedError,
    grpc.StatusCode.UNIMPLEMENTED: UnsupportedError,
    grpc.StatusCode.UNAVAILABLE: UnavailableError,
    grpc.StatusCode.DEADLINE_EXCEEDED: DeadlineError,
}


def call_error(error: grpc.RpcError) -> CallError:
    """The typed error of a failed call, synchronous or not.

    The details are read from the trailers: grpcio-status has no reader for the errors that grpc.aio
    raises.
    """
    call: Any = error  # both kinds of error carry the call's answer
    code: grpc.StatusCode = call.code()
    answer = Answer(code, call.details() or code.name.lower().replace("_", " "))
    for key, value in call.trailing_metadata() or ():
        if key == _DETAILS_KEY and isinstance(value, bytes):
            answer = _with_details(answer, value)
    return _BY_CODE.get(code, NodeFaultError)(answer)


def _with_details(answer: Answer, data: bytes) -> Answer:
    """The answer with what the status details say; unreadable details are as good as none."""
    reason, retry_after, faults = "", None, []
    metadata: dict[str, str] = {}
    try:
        status = status_pb2.Status.FromString(data)
        for detail in status.details:
            info = error_details_pb2.ErrorInfo()
            retry = error_details_pb2.RetryInfo()
            bad_request = error_details_pb2.BadRequest()
            if detail.Unpack(info):
                reason, metadata = info.reason, dict(info.metadata)
            elif detail.Unpack(retry):
                retry_after = retry.retry_delay.ToNanoseconds() / 1e9
            elif detail.Unpack(bad_request):
                faults = [
                    RequestFault(violation.field, violation.description)
                    for violation in bad_request.field_violations
                ]
    except DecodeError:
        return answer
    return Answer(answer.code, answer.message, reason, metadata, retry_after, tuple(faults))
