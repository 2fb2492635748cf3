"""An owner's node: it answers the owner, once a call, and its log says nothing of the book."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import grpc
import pytest
import structlog

from node.chain import development_account
from node.client import InvalidRequestError, NodeFaultError
from node.client.margin import AsyncMarginClient, Holding, MarginClient, Owner
from node.margin import BookOpening, OwnerSecret
from node.margin.authority import CallDomain, Gatekeeper, sign_call
from node.margin.desk import MarketFile, OwnerDesk
from node.pb import margin_service_pb2 as pb
from node.pb import margin_service_pb2_grpc
from node.quoting import RawHolding
from node.rpc.listening import AddressRefusedError
from node.rpc.margin_service import MARGIN_LIMITS, MarginServer
from tests.node.margin.books import ACCOUNT, FALLEN, MARKET, PARAMETERS, shipped_book, valuer

OWNER = development_account("owner")
THIEF = development_account("owner", 1)
DOMAIN = CallDomain(chain_id=31337, consumer=ACCOUNT.group)
NOW = 1_000_000.0


def opened() -> BookOpening:
    return BookOpening.new(shipped_book(), ACCOUNT, 1, OwnerSecret.of(OWNER))


@pytest.fixture(autouse=True)
def log() -> Iterator[list[structlog.typing.EventDict]]:
    with structlog.testing.capture_logs() as entries:
        yield entries


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MarginServer]:
    with closing(Gatekeeper(OWNER.address, DOMAIN, tmp_path / "calls.txt")) as gatekeeper:
        desk = OwnerDesk(opened(), MarketFile(MARKET, PARAMETERS), gatekeeper)
        running = MarginServer(desk, address="127.0.0.1:0")
        running.start()
        yield running
        running.stop()


def client(server: MarginServer, **change: Any) -> MarginClient:
    owner = replace(Owner(OWNER, ACCOUNT.account_id, DOMAIN), **change)
    return MarginClient(server.address, owner, timeout_seconds=20)


def test_the_owner_sees_what_the_library_says(server: MarginServer) -> None:
    with client(server) as asking:
        sheet = asking.quote_margin(collateral=5)
    own = valuer().quote(shipped_book(), 5)
    assert sheet.maintenance_margin == Decimal(own.maintenance).scaleb(-10)
    assert [each.is_worst for each in sheet.rows] == [each.is_worst for each in own.rows]
    assert repr(sheet) == "MarginSheet(hidden)"


def test_a_trade_is_shown_before_and_after(server: MarginServer) -> None:
    with client(server) as asking:
        found = asking.what_if([Holding("perpetual", amount="1")])
    change = found.after.equity - found.before.equity
    assert change == Decimal("77596.75")


def test_the_async_client_does_the_same(server: MarginServer) -> None:
    async def ask() -> Any:
        owner = Owner(OWNER, ACCOUNT.account_id, DOMAIN)
        async with AsyncMarginClient(server.address, owner) as asking:
            return await asking.quote_margin(), await asking.what_if([Holding("cash", amount="1")])

    sheet, found = asyncio.run(ask())
    assert found.before == sheet
    assert found.after.maintenance_margin - sheet.maintenance_margin == 1


@pytest.mark.parametrize(
    "change",
    [
        {"account": THIEF},
        {"domain": replace(DOMAIN, chain_id=1)},
        {"domain": replace(DOMAIN, consumer=1)},
        {"account_id": 1},
    ],
)
def test_nobody_else_is_answered(server: MarginServer, change: dict[str, Any]) -> None:
    with client(server, **change) as asking, pytest.raises(NodeFaultError) as refused:
        asking.quote_margin()
    assert (refused.value.code, refused.value.reason) == (
        grpc.StatusCode.UNAUTHENTICATED,
        "NOT_THE_OWNER",
    )


def test_a_call_is_answered_once(server: MarginServer) -> None:
    content = pb.QuoteMarginContent(account=ACCOUNT.account_id.to_bytes(32, "big"))
    data = content.SerializeToString()
    call = sign_call(OWNER, DOMAIN, "QuoteMargin", data, now=time.time())
    sent = pb.SignedCall(
        content=call.content,
        deadline_unix=call.deadline_unix,
        nonce=call.nonce,
        signature=call.signature,
    )
    with grpc.insecure_channel(server.address) as channel:
        stub: Any = margin_service_pb2_grpc.MarginServiceStub(channel)  # type: ignore[no-untyped-call,unused-ignore]
        assert stub.QuoteMargin(pb.QuoteMarginRequest(call=sent), timeout=20).sheet.rows
        for method, request in (
            (stub.QuoteMargin, pb.QuoteMarginRequest(call=sent)),
            (stub.WhatIf, pb.WhatIfRequest(call=sent)),
        ):
            with pytest.raises(grpc.RpcError) as refused:
                method(request, timeout=20)
            assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED


def test_a_bad_trade_is_refused_by_row_without_its_numbers(
    server: MarginServer, log: list[structlog.typing.EventDict]
) -> None:
    bad = Holding("call", "2026-06-26T08:00:00Z", "81234.5", "0.1234567891")
    with client(server) as asking, pytest.raises(InvalidRequestError) as refused:
        asking.what_if([bad])
    text = f"{refused.value}{refused.value.faults}{log}"
    assert "row 1, amount" in text
    for number in ("81234", "1234567891"):
        assert number not in text


def test_too_much_is_refused(server: MarginServer) -> None:
    rows = [Holding("cash", amount="1")] * 3
    with client(server) as asking:
        with pytest.raises(InvalidRequestError):
            asking.what_if(rows)
        with pytest.raises(InvalidRequestError, match="at most 256"):
            asking.what_if(rows * 100)
        with pytest.raises(InvalidRequestError):
            asking.quote_margin(1 << 128)
        with pytest.raises(Exception, match="MESSAGE_TOO_LARGE"):
            asking.what_if([Holding("cash", amount="1" * MARGIN_LIMITS.request_bytes)])


def test_the_log_holds_nothing_of_the_book(
    server: MarginServer, log: list[structlog.typing.EventDict], capsys: pytest.CaptureFixture[str]
) -> None:
    with client(server) as asking:
        sheet = asking.quote_margin()
        asking.what_if([Holding("perpetual", amount="1.5")])
    text = f"{log}{capsys.readouterr()}"
    assert text.count("'code': 'OK'") == 2
    for leg in shipped_book().legs:
        assert str(leg.strike_ticks) not in text
        assert str(abs(leg.amount)) not in text
    for number in (sheet.maintenance_margin, sheet.initial_margin, sheet.rows[0].profit):
        assert str(number).split(".")[0].lstrip("-") not in text
    assert str(ACCOUNT.account_id) not in text


def test_it_listens_on_loopback_alone(tmp_path: Path) -> None:
    with closing(Gatekeeper(OWNER.address, DOMAIN, tmp_path / "calls.txt")) as gatekeeper:
        desk = OwnerDesk(opened(), valuer, gatekeeper)
        with pytest.raises(AddressRefusedError):
            MarginServer(desk, address="0.0.0.0:0")


def test_both_sides_of_a_trade_are_of_one_market(tmp_path: Path) -> None:
    markets = itertools.cycle([valuer(), valuer(FALLEN)])
    nothing = [RawHolding(1, "cash", "", "", "0")]
    with closing(Gatekeeper(OWNER.address, DOMAIN, tmp_path / "calls.txt")) as gatekeeper:
        desk = OwnerDesk(opened(), lambda: next(markets), gatekeeper)
        found = desk.what_if(ACCOUNT.account_id, 0, nothing)
    assert found.before.maintenance == found.after.maintenance
