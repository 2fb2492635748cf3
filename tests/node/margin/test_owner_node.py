"""An owner's node: it answers the owner, once a call, and its log says nothing of the book."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
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
from node.margin import BookOpening, NotTheOwner, OwnerSecret, VaultError
from node.margin.authority import CallDomain, Gatekeeper, SignedCall, sign_call
from node.margin.desk import MarketFile, OwnerDesk
from node.pb import margin_service_pb2 as pb
from node.pb import margin_service_pb2_grpc
from node.rpc.listening import AddressRefusedError
from node.rpc.margin_service import MARGIN_LIMITS, MarginServer
from tests.node.margin.books import ACCOUNT, MARKET, PARAMETERS, shipped_book, valuer

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


@pytest.fixture
def now() -> list[float]:
    return [NOW]


@pytest.fixture
def start(tmp_path: Path, now: list[float]) -> Iterator[Callable[[], Gatekeeper]]:
    """Starts the node's gatekeeper; the one before has ended."""
    running = ExitStack()

    def restart() -> Gatekeeper:
        running.close()
        calls = tmp_path / "vault" / "calls.txt"
        made = Gatekeeper(OWNER.address, DOMAIN, calls, clock=lambda: now[0])
        return running.enter_context(closing(made))

    with running:
        yield restart


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


def test_it_listens_on_loopback_alone(start: Callable[[], Gatekeeper]) -> None:
    desk = OwnerDesk(opened(), valuer, start())
    with pytest.raises(AddressRefusedError):
        MarginServer(desk, address="0.0.0.0:0")


def call_at(now: float = NOW, seconds: int = 60, method: str = "WhatIf") -> SignedCall:
    return sign_call(OWNER, DOMAIN, method, b"content", now=now, seconds=seconds)


@pytest.mark.parametrize(
    "call",
    [
        call_at(seconds=-1),
        call_at(seconds=301),
        replace(call_at(), deadline_unix=int(NOW) + 61),
        replace(call_at(), method="QuoteMargin"),
        replace(call_at(), content=b"other"),
        replace(call_at(), nonce=bytes(32)),
        replace(call_at(), nonce=b"short"),
        replace(call_at(), signature=bytes(65)),
        replace(call_at(), signature=b"\xff" * 65),
        replace(call_at(), signature=b""),
    ],
)
def test_the_gatekeeper_refuses(call: SignedCall, start: Callable[[], Gatekeeper]) -> None:
    with pytest.raises(NotTheOwner):
        start().admit(call)


def test_strangers_do_not_fill_the_memory_and_time_empties_it(
    start: Callable[[], Gatekeeper], now: list[float], tmp_path: Path
) -> None:
    gatekeeper = start()
    for _ in range(3):
        with pytest.raises(NotTheOwner):
            gatekeeper.admit(sign_call(THIEF, DOMAIN, "WhatIf", b"", now=NOW))
    assert not (tmp_path / "vault" / "calls.txt").read_bytes()
    first = call_at()
    gatekeeper.admit(first)
    with pytest.raises(NotTheOwner, match="before"):
        gatekeeper.admit(first)
    now[0] += 61
    gatekeeper.admit(call_at(now[0]))
    assert first.nonce not in gatekeeper._nonces


def test_a_restart_forgets_no_call(start: Callable[[], Gatekeeper], now: list[float]) -> None:
    call = call_at()
    start().admit(call)
    now[0] += 30
    with pytest.raises(NotTheOwner, match="before"):
        start().admit(call)
    with pytest.raises(NotTheOwner, match="before"):
        start().admit(call)


def test_a_clock_that_moves_back_forgets_no_call(
    start: Callable[[], Gatekeeper], now: list[float]
) -> None:
    gatekeeper, call = start(), call_at()
    gatekeeper.admit(call)
    now[0] += 100
    gatekeeper.admit(call_at(now[0]))  # whose deadline empties the memory of the first
    now[0] = NOW
    with pytest.raises(NotTheOwner, match="deadline is past"):
        gatekeeper.admit(call)


def test_two_nodes_of_one_account_do_not_answer_the_same_call(
    start: Callable[[], Gatekeeper], tmp_path: Path
) -> None:
    start()
    with pytest.raises(VaultError, match="another process answers"):
        Gatekeeper(OWNER.address, DOMAIN, tmp_path / "vault" / "calls.txt")


def test_a_call_that_cannot_be_remembered_is_not_answered(
    start: Callable[[], Gatekeeper], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    gatekeeper, call = start(), call_at()
    monkeypatch.setattr("node.margin.nonces.os.fsync", full)
    with pytest.raises(VaultError, match="No space left"):
        gatekeeper.admit(call)


def test_what_is_remembered_is_private_and_says_nothing_of_a_call(
    start: Callable[[], Gatekeeper], tmp_path: Path
) -> None:
    start().admit(call_at())
    path = tmp_path / "vault" / "calls.txt"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    path.write_bytes(path.read_bytes() + b"123 torn")
    start().admit(call_at())
    assert len(path.read_bytes().splitlines()) == 2
