"""Floods of attestations: how many may wait, how many are looked at, and what costs nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from node.rpc.errors import ProofInvalid, QueueFull
from node.service.rate import RateLimit
from node.store import Store
from tests.node.service.accounts import Accounts
from tests.node.service.relay_desk import Desk


def test_a_flood_is_held_back_and_repetitions_are_not(
    accounts: Accounts, store: Store, tmp_path: Path
) -> None:
    desk = Desk(accounts, store, tmp_path / "keys", waiting=2)
    good = [accounts.cover(account=200 + i).attestation() for i in range(3)]
    jobs = [desk.take(each).job_id for each in good[:2]]
    with pytest.raises(QueueFull, match="2 attestations are in no block yet") as caught:
        desk.take(good[2])
    assert caught.value.retry_after_seconds == 5
    assert [desk.take(each).job_id for each in good[:2] * 3] == jobs * 3


def test_garbage_is_looked_at_only_so_often(
    accounts: Accounts, store: Store, tmp_path: Path
) -> None:
    desk = Desk(accounts, store, tmp_path / "keys", per_minute=2)
    bad = replace(accounts.cover(account=210).attestation(), proof=bytes(320))
    for _ in range(2):
        with pytest.raises(ProofInvalid):
            desk.take(bad)
    with pytest.raises(QueueFull, match="2 attestations a minute") as caught:
        desk.take(bad)
    with pytest.raises(ProofInvalid):
        desk.take(bad, caller="somebody else")
    assert 25 < (caught.value.retry_after_seconds or 0) <= 30


def test_one_account_does_not_fill_the_queue(
    accounts: Accounts, store: Store, tmp_path: Path
) -> None:
    """Its next sequences all pass until one of them is mined, at no cost of its own."""
    desk = Desk(accounts, store, tmp_path / "keys", of_one=2)
    for sequence in (1, 2):
        desk.take(accounts.cover(account=220, sequence=sequence).attestation())
    with pytest.raises(QueueFull, match="2 attestations of this key, consumer and subject"):
        desk.take(accounts.cover(account=220, sequence=3).attestation())
    desk.take(accounts.cover(account=221, sequence=3).attestation())


def test_a_rate_is_of_each_caller_and_forgets_who_rests() -> None:
    now = [0.0]
    rate = RateLimit(1, lambda: now[0])
    assert [rate.take(caller) for caller in "aabb"] == [0.0, 60.0, 0.0, 60.0]
    now[0] += 60
    assert [rate.take("c"), len(rate)] == [0.0, 1]
    for index in range(20_000):
        rate.take(str(index))
    assert len(rate) == 10_000


def test_a_rate_fills_steadily() -> None:
    now = [0.0]
    rate = RateLimit(60, lambda: now[0])
    assert [rate.take("a") for _ in range(60)] == [0.0] * 60
    assert rate.take("a") == 1.0
    now[0] += 0.5
    assert rate.take("a") == pytest.approx(0.5)
    now[0] += 10_000
    assert [rate.take("a") for _ in range(60)] == [0.0] * 60
    assert rate.take("a") > 0
