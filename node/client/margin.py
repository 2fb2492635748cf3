"""Clients of an owner's own node: margins of its sealed book, every call signed.

with MarginClient("127.0.0.1:50071", owner) as client:
    sheet = client.quote_margin(collateral=10**9)
    found = client.what_if([Holding("perpetual", amount="-1")])
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import grpc
import grpc.aio

from circuits.statements.portfolio_margin.hidden import Hidden
from node.chain.signatures import LocalAccount
from node.client import calls
from node.client.connection import AsyncConnection, Connection
from node.margin.authority import CallDomain, sign_call
from node.pb import margin_service_pb2 as pb
from node.pb import margin_service_pb2_grpc


@dataclass(frozen=True, repr=False)
class Owner(Hidden):
    """Who asks: the account's key, its id, and where the account is."""

    account: LocalAccount
    account_id: int
    domain: CallDomain


@dataclass(frozen=True, repr=False)
class Holding(Hidden):
    """One row of a trade, as in a book file: decimals and times as texts."""

    kind: str
    expiry_utc: str = ""
    strike: str = ""
    amount: str = ""


@dataclass(frozen=True, repr=False)
class MarginRow(Hidden):
    """One scenario: spot over today's, volatility rule, share that counts, gain."""

    spot_factor: Decimal
    volatility_rule: str
    dampening: Decimal
    profit: Decimal
    is_worst: bool


@dataclass(frozen=True, repr=False)
class MarginSheet(Hidden):
    """Margins of one book, in quote currency; healthy is 0 or more."""

    rows: tuple[MarginRow, ...]
    forward_contingency: Decimal
    equity: Decimal
    initial_margin: Decimal
    maintenance_margin: Decimal


@dataclass(frozen=True, repr=False)
class WhatIf(Hidden):
    """Both sides of a trade."""

    before: MarginSheet
    after: MarginSheet


class _Calls:
    """What both clients send and read."""

    def __init__(self, owner: Owner) -> None:
        self._owner = owner

    def quote(self, collateral: int) -> pb.QuoteMarginRequest:
        """A signed call."""
        content = pb.QuoteMarginContent(account=self._account(), collateral=str(collateral))
        return pb.QuoteMarginRequest(call=self._signed("QuoteMargin", content))

    def what_if(self, trade: Iterable[Holding], collateral: int) -> pb.WhatIfRequest:
        """A signed call."""
        rows = [
            pb.Holding(
                kind=each.kind, expiry_utc=each.expiry_utc, strike=each.strike, amount=each.amount
            )
            for each in trade
        ]
        content = pb.WhatIfContent(account=self._account(), collateral=str(collateral), trade=rows)
        return pb.WhatIfRequest(call=self._signed("WhatIf", content))

    def _account(self) -> bytes:
        return self._owner.account_id.to_bytes(32, "big")

    def _signed(self, method: str, content: Any) -> pb.SignedCall:
        data = content.SerializeToString()
        owner = self._owner
        call = sign_call(owner.account, owner.domain, method, data, now=time.time())
        return pb.SignedCall(
            content=call.content,
            deadline_unix=call.deadline_unix,
            nonce=call.nonce,
            signature=call.signature,
        )


def _sheet(message: pb.MarginSheet) -> MarginSheet:
    return MarginSheet(
        rows=tuple(
            MarginRow(
                Decimal(each.spot_factor).scaleb(-4),
                each.volatility_rule,
                Decimal(each.dampening).scaleb(-9),
                Decimal(each.profit),
                each.is_worst,
            )
            for each in message.rows
        ),
        forward_contingency=Decimal(message.forward_contingency),
        equity=Decimal(message.equity),
        initial_margin=Decimal(message.initial_margin),
        maintenance_margin=Decimal(message.maintenance_margin),
    )


class MarginClient(Connection):
    """The blocking client; a context manager closes it. Raises CallError; nothing is retried,
    because a call is answered once."""

    def __init__(
        self,
        address: str,
        owner: Owner,
        *,
        timeout_seconds: float = calls.DEFAULT_TIMEOUT_SECONDS,
        credentials: grpc.ChannelCredentials | None = None,
    ) -> None:
        self._calls = _Calls(owner)
        super().__init__(
            margin_service_pb2_grpc.MarginServiceStub, address, timeout_seconds, credentials
        )

    def quote_margin(self, collateral: int = 0) -> MarginSheet:
        """The book as it is, with W units of the settlement token."""
        return _sheet(self._call(self._stub.QuoteMargin, self._calls.quote(collateral)).sheet)

    def what_if(self, trade: Iterable[Holding], collateral: int = 0) -> WhatIf:
        """The book before and after a trade."""
        answer = self._call(self._stub.WhatIf, self._calls.what_if(trade, collateral))
        return WhatIf(_sheet(answer.before), _sheet(answer.after))


class AsyncMarginClient(AsyncConnection):
    """The client for asyncio: the blocking one's twin, method for method."""

    def __init__(
        self,
        address: str,
        owner: Owner,
        *,
        timeout_seconds: float = calls.DEFAULT_TIMEOUT_SECONDS,
        credentials: grpc.ChannelCredentials | None = None,
    ) -> None:
        self._calls = _Calls(owner)
        super().__init__(
            margin_service_pb2_grpc.MarginServiceStub, address, timeout_seconds, credentials
        )

    async def quote_margin(self, collateral: int = 0) -> MarginSheet:
        """The book as it is, with W units of the settlement token."""
        return _sheet(
            (await self._call(self._stub.QuoteMargin, self._calls.quote(collateral))).sheet
        )

    async def what_if(self, trade: Iterable[Holding], collateral: int = 0) -> WhatIf:
        """The book before and after a trade."""
        answer = await self._call(self._stub.WhatIf, self._calls.what_if(trade, collateral))
        return WhatIf(_sheet(answer.before), _sheet(answer.after))
