"""What surrounds every call of the pricing service.

In this order: a request id, the drain, a free slot, the size of the request, its parsing, the
deadline; then the method; then refusals become google.rpc.Status and everything is logged once.
Logged are method, code, duration, sizes and ids, never a field of a request; of a private service
neither duration nor size, which follow what is asked about.

The interceptor hands gRPC a handler without deserialiser: a request that is not the method's
message would otherwise be answered INTERNAL, without a word about why.
"""

from __future__ import annotations

import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import grpc
import structlog
from google.protobuf.message import DecodeError

from node.errors import CATALOGUE, NodeError
from node.rpc.errors import (
    DEFAULT_DETAIL_BYTES,
    LARGEST_DETAIL_BYTES,
    DeadlineExceeded,
    Draining,
    InternalFault,
    MalformedMessage,
    MessageTooLarge,
    Refusal,
    TooManyCalls,
    refusal_of,
)

#: Chosen by the caller or by us; answered in the headers and written in the log.
REQUEST_ID_HEADER = "x-request-id"
#: How large a status the caller takes.
STATUS_BYTES_HEADER = "x-proofmark-status-bytes"

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_BUSY_RETRY_SECONDS = 0.25
_DRAIN_RETRY_SECONDS = 1.0

log = structlog.get_logger("node.rpc")


@dataclass(frozen=True)
class ServerLimits:
    """Bounds a server holds its callers to."""

    options_per_request: int = 4096
    request_bytes: int = 1024 * 1024
    concurrent_calls: int = 16
    concurrent_watches: int = 64


class Gate:
    """Open until drained; knows how many calls are inside."""

    def __init__(self, limits: ServerLimits) -> None:
        self._calls = threading.BoundedSemaphore(limits.concurrent_calls)
        self._watches = threading.BoundedSemaphore(limits.concurrent_watches)
        self._limits = limits
        self.draining = threading.Event()

    def enter(self, *, stream: bool) -> Callable[[], None]:
        """Take a slot, at once or not at all; call the result to leave."""
        if self.draining.is_set():
            raise Draining("the node is stopping", retry_after_seconds=_DRAIN_RETRY_SECONDS)
        slots = self._watches if stream else self._calls
        if not slots.acquire(blocking=False):
            kind, most = (
                ("streams", self._limits.concurrent_watches)
                if stream
                else ("calls", self._limits.concurrent_calls)
            )
            raise TooManyCalls(
                f"{most} {kind} are being served, the most this node takes; try again shortly",
                metadata={"limit": str(most), "kind": kind},
                retry_after_seconds=_BUSY_RETRY_SECONDS,
            )
        return slots.release


@dataclass
class _Call:
    """One call under way."""

    method: str
    context: grpc.ServicerContext
    request_id: str
    detail_bytes: int
    started: float
    is_private: bool
    request_bytes: int = 0


class Guard(grpc.ServerInterceptor):  # type: ignore[misc,type-arg,unused-ignore]
    """Wraps the handlers of one service; leaves all others (health, reflection) alone."""

    def __init__(
        self, service_name: str, limits: ServerLimits, gate: Gate, *, is_private: bool = False
    ) -> None:
        self._prefix = f"/{service_name}/"
        self._limits = limits
        self._gate = gate
        self._is_private = is_private

    def intercept_service(self, continuation: Any, handler_call_details: Any) -> Any:
        """The wrapped handler."""
        handler = continuation(handler_call_details)
        method = handler_call_details.method
        if handler is None or not method.startswith(self._prefix):
            return handler
        name = method.removeprefix(self._prefix)
        if handler.response_streaming:
            return grpc.unary_stream_rpc_method_handler(
                self._stream(name, handler.unary_stream, handler.request_deserializer),
                response_serializer=handler.response_serializer,
            )
        return grpc.unary_unary_rpc_method_handler(
            self._unary(name, handler.unary_unary, handler.request_deserializer),
            response_serializer=handler.response_serializer,
        )

    def _unary(self, name: str, behaviour: Any, parse: Any) -> Callable[..., Any]:
        def guarded(data: bytes, context: grpc.ServicerContext) -> Any:
            call = _begin(name, context, self._is_private)
            try:
                leave = self._gate.enter(stream=False)
                try:
                    response = behaviour(self._parsed(call, data, parse), context)
                finally:
                    leave()
            except Exception as error:  # the border: everything becomes a status
                refusal = _refusal(call, error)
            else:
                _log_end(call, "OK")
                return response
            return _abort(call, refusal)

        return guarded

    def _stream(self, name: str, behaviour: Any, parse: Any) -> Callable[..., Iterator[Any]]:
        def guarded(data: bytes, context: grpc.ServicerContext) -> Iterator[Any]:
            call = _begin(name, context, self._is_private)
            try:
                leave = self._gate.enter(stream=True)
                try:
                    yield from behaviour(self._parsed(call, data, parse), context)
                finally:
                    leave()
            except Exception as error:  # the border: everything becomes a status
                refusal = _refusal(call, error)
            else:
                _log_end(call, "OK")
                return
            _abort(call, refusal)

        return guarded

    def _parsed(self, call: _Call, data: bytes, parse: Callable[[bytes], Any]) -> Any:
        call.request_bytes = len(data)
        if len(data) > self._limits.request_bytes:
            raise MessageTooLarge(
                f"the request has {len(data)} bytes, the limit is {self._limits.request_bytes}; "
                "split the chain",
                metadata={
                    "received_bytes": str(len(data)),
                    "limit_bytes": str(self._limits.request_bytes),
                },
            )
        try:
            message = parse(data)
        except (DecodeError, UnicodeDecodeError) as error:
            raise MalformedMessage(
                f"the {len(data)} bytes received are not a {call.method}Request of proofmark.v1; "
                "generate your client from proto/proofmark/v1"
            ) from error
        assert_wanted(call.context)
        return message


def assert_wanted(context: grpc.ServicerContext) -> None:
    """Raise DeadlineExceeded if nobody waits for the answer any more."""
    remaining = context.time_remaining()
    if not context.is_active() or (remaining is not None and remaining <= 0):
        raise DeadlineExceeded("the call's deadline passed before its work was done")


def _begin(method: str, context: grpc.ServicerContext, is_private: bool) -> _Call:
    sent = {str(key): value for key, value in context.invocation_metadata() or ()}
    request_id = str(sent.get(REQUEST_ID_HEADER, ""))
    if not _REQUEST_ID.fullmatch(request_id):
        request_id = uuid.uuid4().hex
    detail_bytes = str(sent.get(STATUS_BYTES_HEADER, ""))
    taken = DEFAULT_DETAIL_BYTES
    if detail_bytes.isascii() and detail_bytes.isdigit() and len(detail_bytes) < 10:
        taken = min(max(int(detail_bytes), DEFAULT_DETAIL_BYTES), LARGEST_DETAIL_BYTES)
    context.send_initial_metadata(((REQUEST_ID_HEADER, request_id),))
    return _Call(method, context, request_id, taken, time.monotonic(), is_private)


def _refusal(call: _Call, error: Exception) -> Refusal:
    if isinstance(error, Refusal):
        return error
    if isinstance(error, NodeError) and CATALOGUE[error.reason].on_wire:
        return refusal_of(error)
    log.error(
        "call failed",
        method=call.method,
        request_id=call.request_id,
        error=type(error).__name__,
        where=_place(error),
    )
    return InternalFault(
        f"a fault of the node; its log has the reason under request id {call.request_id}",
        metadata={"request_id": call.request_id},
    )


def _place(error: Exception) -> str:
    """Where it was raised: file and line, no values (a message might hold a position)."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "unknown"
    code = trace.tb_frame.f_code
    return f"{code.co_filename}:{trace.tb_lineno} in {code.co_qualname}"


def _abort(call: _Call, refusal: Refusal) -> None:
    _log_end(call, refusal.code.name, refusal.reason)
    call.context.abort_with_status(refusal.grpc_status(call.detail_bytes))


def _log_end(call: _Call, code: str, reason: str | None = None) -> None:
    milliseconds = round(1000 * (time.monotonic() - call.started), 1)
    work = {"request_bytes": call.request_bytes, "milliseconds": milliseconds}
    log.info(
        "call",
        method=call.method,
        code=code,
        reason=reason,
        request_id=call.request_id,
        **({} if call.is_private else work),
    )
