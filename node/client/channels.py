"""Connections, opened in one way by every client: in the clear on loopback, or with credentials."""

from __future__ import annotations

import grpc

from node.client.calls import CHANNEL_OPTIONS


def open_channel(address: str, credentials: grpc.ChannelCredentials | None) -> grpc.Channel:
    """A channel for blocking calls; nothing is sent before the first."""
    if credentials is None:
        return grpc.insecure_channel(address, options=CHANNEL_OPTIONS)
    return grpc.secure_channel(address, credentials, CHANNEL_OPTIONS)


def open_async_channel(
    address: str, credentials: grpc.ChannelCredentials | None
) -> grpc.aio.Channel:
    """The same for asyncio."""
    if credentials is None:
        return grpc.aio.insecure_channel(address, options=CHANNEL_OPTIONS)
    return grpc.aio.secure_channel(address, credentials, CHANNEL_OPTIONS)
