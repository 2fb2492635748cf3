"""Whose calls are answered, and that each is answered once, whatever clock and process do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from io import FileIO
from pathlib import Path
from typing import Any

import pytest

from node.chain import development_account
from node.margin import NotTheOwner, VaultError
from node.margin.authority import CallDomain, Gatekeeper, SignedCall, sign_call
from tests.node.margin.books import ACCOUNT

OWNER = development_account("owner")
THIEF = development_account("owner", 1)
DOMAIN = CallDomain(chain_id=31337, consumer=ACCOUNT.group)
NOW = 1_000_000.0


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


def test_a_call_that_ends_while_its_signature_is_checked_is_not_answered_again(
    start: Callable[[], Gatekeeper], now: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    gatekeeper, call = start(), call_at()
    gatekeeper.admit(call)
    now[0] = call.deadline_unix  # the last moment
    signer = gatekeeper._signer

    def meanwhile(checked: SignedCall) -> str | None:
        now[0] += 1
        monkeypatch.undo()
        gatekeeper.admit(call_at(now[0]))  # of another thread: empties the memory of the first
        return signer(checked)

    monkeypatch.setattr(gatekeeper, "_signer", meanwhile)
    with pytest.raises(NotTheOwner, match="past"):
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


def test_a_call_of_which_half_is_remembered_is_not_answered(
    start: Callable[[], Gatekeeper], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Nearly(FileIO):
        def write(self, data: Any) -> int:
            return super().write(data[: len(data) // 2])

    monkeypatch.setattr("node.margin.nonces.FileIO", Nearly)
    gatekeeper, call = start(), call_at()
    with pytest.raises(VaultError, match="cannot be remembered"):
        gatekeeper.admit(call)
    monkeypatch.undo()
    gatekeeper = start()
    gatekeeper.admit(call)
    with pytest.raises(NotTheOwner, match="before"):
        start().admit(call)


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


def test_what_is_remembered_does_not_grow_for_ever(
    start: Callable[[], Gatekeeper], now: list[float], tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr("node.margin.nonces.MOST_CALLS", 4)
    gatekeeper = start()
    for _ in range(20):
        now[0] += 50
        gatekeeper.admit(call_at(now[0]))
        last = call_at(now[0])
        gatekeeper.admit(last)
    assert len((tmp_path / "vault" / "calls.txt").read_bytes().splitlines()) <= 8
    with pytest.raises(NotTheOwner, match="before"):
        start().admit(last)
