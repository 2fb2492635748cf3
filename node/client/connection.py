"""Connections, the same for every client: opened, called, closed."""

from __future__ import annotations

from typing import Any, Self

import grpc
import grpc.aio

from node.client import calls
from node.client.errors import CallError, InvalidValueError, call_error
from node.tls import TlsFiles, is_loopback


def tls_credentials(files: TlsFiles) -> grpc.ChannelCredentials:
    """For servers with a certificate of the files' authority, or of one that this system trusts.

    With a certificate of one's own for servers that ask for one. Raises TlsError.
    """
    texts = files.read()
    return grpc.ssl_channel_credentials(texts.authority, texts.key, texts.certificate)


class Connection:
    """A blocking client's connection to one service; as a context manager it closes itself.

    In the clear without `credentials`, and then to loopback alone (InvalidValueError): calls and
    answers are for the two sides. Nothing is sent before the first call.
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
            _check_loopback(address)
            self._channel = grpc.insecure_channel(address, calls.CLEAR_CHANNEL_OPTIONS)
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
            _check_loopback(address)
            self._channel = grpc.aio.insecure_channel(address, calls.CLEAR_CHANNEL_OPTIONS)
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


def _check_loopback(address: str) -> None:
    if not is_loopback(address):
        raise InvalidValueError(
            [f"{address} is not a loopback address: give credentials of TLS, or use a tunnel"]
        )
