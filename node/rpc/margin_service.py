"""MarginService over an owner's desk. Nothing of a call or an answer is logged."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from math import floor
from typing import Any, TypeVar

import grpc
from google.protobuf.message import DecodeError

from circuits.statements.portfolio_margin.units import RANGES
from node.margin import MarginSheet
from node.margin.authority import SignedCall
from node.margin.desk import OwnerDesk
from node.pb import margin_service_pb2 as pb
from node.pb import margin_service_pb2_grpc
from node.quoting import RawHolding, scaled_to_decimal
from node.rpc.errors import Fault, MalformedMessage, RequestFaults
from node.rpc.guard import Gate, ServerLimits
from node.rpc.listening import GuardedServer
from node.tls import TlsFiles

MARGIN_SERVICE_NAME: str = pb.DESCRIPTOR.services_by_name["MarginService"].full_name

MARGIN_LIMITS = ServerLimits(request_bytes=66 * 1024, concurrent_calls=4, concurrent_watches=1)
"""One owner asks; a quote keeps a core busy."""

_ACCOUNT_BYTES = 32
_DIGITS = re.compile(r"[0-9]{0,39}")
_Content = TypeVar("_Content")


class MarginServicer(margin_service_pb2_grpc.MarginServiceServicer):  # type: ignore[misc,unused-ignore]
    """MarginService over a desk."""

    def __init__(self, desk: OwnerDesk) -> None:
        self._desk = desk

    def QuoteMargin(  # noqa: N802
        self,
        request: pb.QuoteMarginRequest,
        context: grpc.ServicerContext,  # noqa: ARG002
    ) -> pb.QuoteMarginResponse:
        """The book as it is."""
        content = self._admitted("QuoteMargin", request.call, pb.QuoteMarginContent.FromString)
        sheet = self._desk.quote(_account(content.account), _collateral(content.collateral))
        return pb.QuoteMarginResponse(sheet=self._sheet(sheet))

    def WhatIf(  # noqa: N802
        self,
        request: pb.WhatIfRequest,
        context: grpc.ServicerContext,  # noqa: ARG002
    ) -> pb.WhatIfResponse:
        """The book before and after a trade."""
        content = self._admitted("WhatIf", request.call, pb.WhatIfContent.FromString)
        trade = [
            RawHolding(row, each.kind, each.expiry_utc, each.strike, each.amount)
            for row, each in enumerate(content.trade, 1)
        ]
        account, collateral = _account(content.account), _collateral(content.collateral)
        found = self._desk.what_if(account, collateral, trade)
        return pb.WhatIfResponse(before=self._sheet(found.before), after=self._sheet(found.after))

    def _admitted(self, method: str, call: Any, parse: Callable[[bytes], _Content]) -> _Content:
        """The content of a call of the owner; nothing is parsed for anybody else."""
        self._desk.admit(
            SignedCall(method, call.content, call.deadline_unix, call.nonce, call.signature)
        )
        try:
            return parse(call.content)
        except DecodeError:
            raise MalformedMessage(f"the signed content is no {method}Content") from None

    def _sheet(self, sheet: MarginSheet) -> pb.MarginSheet:
        digits = self._desk.atom_digits

        def money(value: Fraction | int) -> str:
            return scaled_to_decimal(floor(value), power_of_ten=digits)

        return pb.MarginSheet(
            rows=[
                pb.MarginRow(
                    spot_factor=each.row.spot_factor,
                    volatility_rule=each.row.rule.name.lower(),
                    dampening=each.row.dampening,
                    profit=money(each.profit),
                    is_worst=each.is_worst,
                )
                for each in sheet.rows
            ],
            forward_contingency=money(sheet.forward_contingency),
            equity=money(sheet.equity),
            initial_margin=money(sheet.initial),
            maintenance_margin=money(sheet.maintenance),
        )


class MarginServer(GuardedServer):
    """MarginService of one owner; loopback unless TLS files are given, no reflection."""

    def __init__(
        self,
        desk: OwnerDesk,
        *,
        address: str = "127.0.0.1:50071",
        limits: ServerLimits = MARGIN_LIMITS,
        tls: TlsFiles | None = None,
    ) -> None:
        add: Any = margin_service_pb2_grpc.add_MarginServiceServicer_to_server

        def add_service(server: grpc.Server, _gate: Gate) -> None:
            add(MarginServicer(desk), server)

        super().__init__(
            MARGIN_SERVICE_NAME,
            add_service,
            address=address,
            limits=limits,
            tls=tls,
            with_reflection=False,
            is_private=True,
        )


def _account(sent: bytes) -> int:
    if len(sent) != _ACCOUNT_BYTES:
        raise RequestFaults([Fault("account", f"{len(sent)} bytes, expected 32")])
    return int.from_bytes(sent, "big")


def _collateral(sent: str) -> int:
    if _DIGITS.fullmatch(sent) is None or int(sent or 0) not in RANGES["balance"]:
        raise RequestFaults([Fault("collateral", "expected 0 to 2^128 - 1 in decimal digits")])
    return int(sent or 0)
