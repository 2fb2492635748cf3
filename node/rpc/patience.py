"""How long a caller may take to send its request.

gRPC for threads takes a thread when a call begins, not when its request is there, and waits for as
long as the caller likes: a dozen callers that say nothing would hold every thread, health included.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import grpc

SLOWEST_SECONDS = 10.0
"""From the beginning of a call to its request; of a reflection stream, to its end."""

_KINDS: dict[bool, Callable[..., Any]] = {
    False: grpc.stream_unary_rpc_method_handler,
    True: grpc.stream_stream_rpc_method_handler,
}


class Patience(grpc.ServerInterceptor):  # type: ignore[misc,type-arg,unused-ignore]
    """Cancels calls whose request does not come in time; around every service of a server."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def intercept_service(self, continuation: Any, handler_call_details: Any) -> Any:
        """The handler, which reads its one request itself; it is cut off if it has to wait."""
        handler = continuation(handler_call_details)
        if handler is None:
            return None
        if handler.request_streaming:
            behaviour = handler.stream_stream or handler.stream_unary
            patient = self._whole(behaviour)
        else:
            patient = self._first(handler.unary_stream or handler.unary_unary)
        return _KINDS[handler.response_streaming](
            patient,
            request_deserializer=handler.request_deserializer,
            response_serializer=handler.response_serializer,
        )

    def _first(self, behaviour: Any) -> Any:
        @functools.wraps(behaviour)
        def patient(requests: Iterator[Any], context: grpc.ServicerContext, *sending: Any) -> Any:
            with _cut_off(context, self._seconds):
                request = next(requests, None)
            if request is None:
                context.abort(grpc.StatusCode.INVALID_ARGUMENT, "a call has one request")
            return behaviour(request, context, *sending)

        return patient

    def _whole(self, behaviour: Any) -> Any:
        @functools.wraps(behaviour)
        def patient(requests: Iterator[Any], context: grpc.ServicerContext) -> Iterator[Any]:
            with _cut_off(context, self._seconds):
                yield from behaviour(requests, context)

        return patient


@contextmanager
def _cut_off(context: grpc.ServicerContext, seconds: float) -> Iterator[None]:
    timer = threading.Timer(seconds, context.cancel)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
