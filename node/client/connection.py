"""Connections, the same for every client: opened, called, closed."""

from __future__ import annotations

from typing import Any, Self

import grpc
import grpc.aio

from node.client import calls
from node.client.errors import CallError, call_error


class Connection:
    """A blocking client's connection to one service; as a context manager it closes itself.

    In the clear without `credentials`, so for loopback; nothing is sent before the first call.
    """

    def __init__(
        self,
        service: Any,
        address: str,
        timeout_seconds: float,
        credentials: grpc.ChannelCredentials | None,
    ) -> None:
        self._timeout_seconds = timeout_seconds
        if credentials is None:
            self._channel = grpc.insecure_channel(address, options=calls.CHANNEL_OPTIONS)
        else:
            self._channel = grpc.secure_channel(address, credentials, calls.CHANNEL_OPTIONS)
        self._stub: Any = service(self._channel)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._channel.close()

    def _call(self, method: Any, request: Any, timeout_seconds: float | None = None) -> Any:
        """The answer within the call's seconds, or the client's; CallError."""
        timeout = self._timeout_seconds if timeout_seconds is None else timeout_seconds
        failure: CallError
        try:
            return method(request, timeout=timeout, metadata=calls.METADATA)
        except grpc.RpcError as error:
            failure = call_error(error)
        raise failure


class AsyncConnection:
    """The same for asyncio."""

    def __init__(
        self,
        service: Any,
        address: str,
        timeout_seconds: float,
        credentials: grpc.ChannelCredentials | None,
    ) -> None:
        self._timeout_seconds = timeout_seconds
        if credentials is None:
            self._channel = grpc.aio.insecure_channel(address, options=calls.CHANNEL_OPTIONS)
        else:
            self._channel = grpc.aio.secure_channel(address, credentials, calls.CHANNEL_OPTIONS)
        self._stub: Any = service(self._channel)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connection."""
        await self._channel.close(None)

    async def _call(self, method: Any, request: Any, timeout_seconds: float | None = None) -> Any:
        """The answer within the call's seconds, or the client's; CallError."""
        timeout = self._timeout_seconds if timeout_seconds is None else timeout_seconds
        failure: CallError
        try:
            return await method(request, timeout=timeout, metadata=calls.METADATA)
        except grpc.RpcError as error:
            failure = call_error(error)
        raise failure
