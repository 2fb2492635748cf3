"""Whatever processes say while they work and refuse: nothing of a book is in it."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
import pytest
import structlog

from circuits.statements.portfolio_margin import Book, Kind
from circuits.statements.portfolio_margin.admission import check_provable
from circuits.statements.portfolio_margin.hidden import Hidden
from node.client import InvalidRequestError, NodeFaultError
from node.client.margin import Holding, MarginClient, Owner
from node.margin import (
    BookOpening,
    MarginError,
    MarginRequest,
    Valuer,
    Vault,
    apply_trade,
    breach_headroom,
    prove_margin,
    seal,
    unseal,
)
from node.margin.authority import CallDomain, Gatekeeper
from node.margin.desk import OwnerDesk
from node.rpc.margin_service import MarginServer
from prover import ProvingKey, default_engine
from tests.privacy.books import (
    ACCOUNT,
    HEADER,
    LEGS,
    OWNER,
    SECRET,
    SLOTS,
    VALUER,
    attested,
    hidden_opening,
)
from tests.privacy.needles import private_numbers, traces
from tests.privacy.stage import STRANGER

DOMAIN = CallDomain(chain_id=31337, consumer=ACCOUNT.group)
FULL = hidden_opening("full")
NUMBERS = private_numbers(FULL, VALUER)
POOR = replace(FULL, book=replace(FULL.book, cash=-FULL.book.cash))
LATE = Valuer(replace(VALUER.market, slices=VALUER.market.slices[:1]), VALUER.parameters)


def refuse_to_cover(key: ProvingKey) -> None:
    attested(MarginRequest(Kind.COVERED, HEADER), POOR, key)


def refuse_a_small_circuit(key: ProvingKey) -> None:
    request = MarginRequest(Kind.COVERED, HEADER)
    prove_margin(request, FULL, VALUER, key, default_engine(), slots=16)


def refuse_a_market_without_the_expiry(key: ProvingKey) -> None:
    request = MarginRequest(Kind.COVERED, HEADER)
    prove_margin(request, FULL, LATE, key, default_engine(), slots=SLOTS)


def refuse_a_trade(_: ProvingKey) -> None:
    leg = replace(FULL.book.legs[3], amount=(1 << 63) - 1)
    apply_trade(replace(FULL.book, legs=(leg,)), FULL.book)


def refuse_a_breach(_: ProvingKey) -> None:
    breach_headroom(VALUER.quote(FULL.book), VALUER.parameters)


def refuse_a_broken_plaintext(_: ProvingKey) -> None:
    with pytest.MonkeyPatch.context() as patch:
        legs = tuple(reversed(FULL.book.legs))
        patch.setattr(Book, "leaves", lambda *_: tuple(leg.packed for leg in legs))
        sealed = seal(FULL, SECRET)
    unseal(sealed, ACCOUNT, SECRET)


REFUSALS: dict[str, Callable[[ProvingKey], None]] = {
    "not covered": refuse_to_cover,
    "small circuit": refuse_a_small_circuit,
    "expiry missing": refuse_a_market_without_the_expiry,
    "trade": refuse_a_trade,
    "no breach": refuse_a_breach,
    "broken plaintext": refuse_a_broken_plaintext,
}


def chain_of(error: BaseException) -> Iterator[BaseException]:
    """Everything that is reachable from an exception, hidden or not."""
    yield error
    for other in (error.__cause__, error.__context__):
        if other is not None:
            yield from chain_of(other)


@pytest.mark.parametrize("what", REFUSALS)
def test_a_refusal_has_nothing_in_it_behind_it_or_around_it(key: ProvingKey, what: str) -> None:
    """Around: local variables of every frame of ours, as some crash reporters keep them."""
    with pytest.raises(MarginError) as caught:
        REFUSALS[what](key)
    assert list(chain_of(caught.value)) == [caught.value]
    own = caught.value.__traceback__.tb_next  # type: ignore[union-attr]  # without this test's frame
    told = traceback.TracebackException(
        type(caught.value), caught.value, own, capture_locals=True, compact=False
    )
    text = "".join(told.format())
    assert str(caught.value) in text
    assert traces(NUMBERS, text, repr(caught.value.args)) == []


def test_the_models_own_refusal_would_name_the_leg() -> None:
    """What `quietly` drops: the twin that passes the model's error on is found out."""

    def passed_on() -> None:
        try:
            check_provable(FULL.book, LATE.market, LATE.parameters)
        except ValueError:
            raise RuntimeError("refused") from None

    with pytest.raises(RuntimeError) as caught:
        passed_on()
    assert traces(NUMBERS, *map(str, chain_of(caught.value)))


def test_private_values_print_their_class_alone() -> None:
    sheet = VALUER.quote(FULL.book)
    values = (FULL, FULL.book, FULL.book.legs[0], FULL.book.linear, FULL.opening, SECRET, sheet)
    for value in (*values, sheet.rows[0], VALUER.what_if(FULL.book, Book(cash=1), before=sheet)):
        assert isinstance(value, Hidden)
        for text in (repr(value), str(value), f"{value}", f"{[value]}", f"{value!a}"):
            assert text.strip("[]") == f"{type(value).__name__}(hidden)"


def test_proving_and_refusing_log_nothing_of_the_book(
    key: ProvingKey, tmp_path: Path, heard: Callable[[], str]
) -> None:
    made = Vault(tmp_path, SECRET).commit(FULL.book, ACCOUNT)
    attested(MarginRequest(Kind.COVERED, HEADER), made, key)
    log = structlog.get_logger("owner")
    for refuse in REFUSALS.values():
        try:
            refuse(key)
        except MarginError as error:
            log.exception("refused", error=error, opened=made, sheet=VALUER.quote(made.book))
            logging.getLogger("owner").exception("refused: %s %r", error, made)
    assert heard().count("refused") >= 2 * len(REFUSALS)
    assert traces(NUMBERS | private_numbers(made, VALUER), heard()) == []


def test_exceptions_are_logged_without_local_variables(heard: Callable[[], str]) -> None:
    cash = NUMBERS["cash"]
    try:
        raise ValueError(f"cash of {len(str(cash))} digits")
    except ValueError:
        structlog.get_logger("owner").exception("failed")
    assert "failed" in heard()
    assert traces(NUMBERS, heard()) == []


class Untouchable(BookOpening):
    """A book that must not be looked at."""

    def __init__(self) -> None:
        """Without a book."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the book was asked for {name}")


def calls(address: str, owner: Owner) -> list[tuple[Any, ...]]:
    """What both methods answer to somebody who is refused."""
    answers: list[tuple[Any, ...]] = []
    with MarginClient(address, owner, timeout_seconds=20) as asking:
        for ask in (asking.quote_margin, lambda: asking.what_if([Holding("cash", amount="1")])):
            with pytest.raises(NodeFaultError) as refused:
                ask()
            answers.append((refused.value.code, refused.value.reason, str(refused.value)))
    return answers


def test_strangers_are_refused_alike_whatever_the_book_and_account(tmp_path: Path) -> None:
    said = set()
    gatekeeper = Gatekeeper(OWNER.address, DOMAIN, tmp_path / "calls.txt")
    books = [Untouchable(), *map(hidden_opening, LEGS)]
    desks = [OwnerDesk(each, lambda: VALUER, gatekeeper) for each in books]
    for desk in desks:
        running = MarginServer(desk, address="127.0.0.1:0")
        running.start()
        for account_id in (ACCOUNT.account_id, 1):
            said |= set(calls(running.address, Owner(STRANGER, account_id, DOMAIN)))
        running.stop()
    gatekeeper.close()
    assert len(said) == 1
    code, reason, text = said.pop()
    assert (code, reason) == (grpc.StatusCode.UNAUTHENTICATED, "NOT_THE_OWNER")
    assert traces(NUMBERS, text) == []


def test_serving_logs_neither_numbers_nor_how_much_there_was_to_do(
    heard: Callable[[], str], tmp_path: Path
) -> None:
    gatekeeper = Gatekeeper(OWNER.address, DOMAIN, tmp_path / "calls.txt")
    desk = OwnerDesk(FULL, lambda: VALUER, gatekeeper)
    server = MarginServer(desk, address="127.0.0.1:0")
    server.start()
    with MarginClient(
        server.address, Owner(OWNER, ACCOUNT.account_id, DOMAIN), timeout_seconds=20
    ) as asking:
        asking.quote_margin()
        asking.what_if([Holding("perpetual", amount="12345.678901")])
        with pytest.raises(InvalidRequestError):
            asking.what_if([Holding("perpetual", amount="12345.6789012345")])
    calls(server.address, Owner(STRANGER, ACCOUNT.account_id, DOMAIN))
    server.stop()
    gatekeeper.close()
    text = heard()
    assert traces(NUMBERS | {"trade": 12_345_678_901}, (tmp_path / "calls.txt").read_text()) == []
    assert text.count("QuoteMargin") == 2
    assert traces(NUMBERS | {"trade": 12_345_678_901}, text) == []
    for measure in ("milliseconds", "request_bytes"):
        assert measure not in text
