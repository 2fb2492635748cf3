"""The pool and the endpoint misbehave: stuck, refused, dropped, silent, out of money."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from node.chain import errors as e
from node.relay import EventKind
from node.store import Cause, Settlement
from tests.node.relay.fake_chain import GWEI
from tests.node.relay.rig import KEY, POLICY, Rig


def test_a_stuck_transaction_is_bumped_by_an_eighth_on_both_fees(rig: Rig) -> None:
    job = rig.add()
    rig.step()
    rig.chain.congested = True
    for _ in range(3):
        rig.chain.mine()
        rig.step()
    first, second = rig.chain.seen
    assert second.nonce == first.nonce
    assert second.max_fee * 8 >= first.max_fee * 9
    assert second.tip * 8 >= first.tip * 9
    rig.chain.congested = False
    rig.settle()
    assert rig.settlement(job) is Settlement.FINAL
    assert rig.entry(job).tx_hash == second.hash
    assert EventKind.BUMPED in kinds(rig)


def test_only_the_next_nonce_is_bumped(rig: Rig) -> None:
    rig.add(1)
    rig.add(2)
    rig.step()
    rig.chain.congested = True
    rig.chain.mine(3)
    rig.step()
    assert [tx.nonce for tx in rig.chain.seen] == [0, 1, 0]


def test_bumping_ends_at_the_ceiling(tmp_path: Path) -> None:
    rig = Rig(tmp_path, policy=replace(POLICY, fee_ceiling=25 * GWEI))
    job = rig.add()
    rig.step()
    rig.chain.congested = True
    for _ in range(20):
        rig.chain.mine(3)
        rig.step()
    assert max(tx.max_fee for tx in rig.chain.seen) <= 25 * GWEI
    assert rig.job(job).cause is Cause.FEE_CEILING
    rig.chain.congested = False
    rig.settle()
    assert rig.settlement(job) is Settlement.FINAL
    rig.close()


def test_a_base_fee_above_the_ceiling_waits(rig: Rig) -> None:
    job = rig.add()
    rig.chain.base_fee = 600 * GWEI
    rig.step()
    assert rig.chain.seen == []
    assert (rig.settlement(job), rig.job(job).cause) == (Settlement.READY, Cause.FEE_CEILING)
    rig.chain.base_fee = 5 * GWEI
    rig.settle()
    assert rig.settlement(job) is Settlement.FINAL


def test_a_refused_replacement_is_topped_next_time(rig: Rig) -> None:
    rig.add()
    rig.step()
    rig.chain.congested = True
    rig.chain.on_send.append(_raise(e.UnderpricedError("replacement underpriced")))
    for _ in range(2):
        rig.chain.mine(3)
        rig.step()
    first, second = rig.chain.seen
    assert second.max_fee * 64 >= first.max_fee * 81


def test_rpc_down_keeps_it_ready_with_a_cause(rig: Rig) -> None:
    job = rig.add()
    rig.chain.down = True
    rig.step()
    rig.step()
    assert (rig.settlement(job), rig.job(job).cause) == (
        Settlement.READY,
        Cause.RPC_UNAVAILABLE,
    )
    rig.chain.down = False
    rig.settle()
    assert rig.settlement(job) is Settlement.FINAL
    assert rig.job(job).cause is None


def test_accepted_but_reported_as_failed_is_not_sent_as_another(rig: Rig) -> None:
    """The endpoint takes the transaction and the answer is lost."""
    job = rig.add()
    accept = rig.chain.accept

    def lose_the_answer(raw: bytes) -> bytes:
        rig.chain.accept = accept
        accept(raw)
        raise e.RpcUnavailableError("timed out")

    rig.chain.accept = lose_the_answer
    rig.step()
    assert rig.settlement(job) is Settlement.READY
    rig.settle()
    assert rig.settlement(job) is Settlement.FINAL
    assert len(rig.chain.mined(KEY.address)) == 1


def test_out_of_gas_money_waits_and_says_how_much(rig: Rig) -> None:
    job = rig.add()
    rig.chain.funds = 1
    rig.step()
    found = rig.job(job)
    assert (found.settlement, found.cause) == (Settlement.READY, Cause.INSUFFICIENT_FUNDS)
    assert "holds 1 wei" in (found.detail or "")
    assert rig.chain.seen == []
    rig.chain.funds = 10**18
    rig.settle()
    assert rig.settlement(job) is Settlement.FINAL


def test_the_pool_finds_the_money_missing(rig: Rig) -> None:
    job = rig.add()
    rig.chain.on_send.append(_raise(e.InsufficientFundsError("insufficient funds")))
    rig.step()
    assert rig.job(job).cause is Cause.INSUFFICIENT_FUNDS
    assert rig.entry(job).nonce is None
    rig.settle()
    assert rig.settlement(job) is Settlement.FINAL
    assert [tx.nonce for tx in rig.chain.mined(KEY.address)] == [0]


def test_no_money_for_a_bump_keeps_the_pending_one(rig: Rig) -> None:
    job = rig.add()
    rig.step()
    rig.chain.congested = True
    rig.chain.funds = 1
    rig.chain.mine(3)
    rig.step()
    assert (rig.settlement(job), rig.job(job).cause) == (
        Settlement.SUBMITTED,
        Cause.INSUFFICIENT_FUNDS,
    )
    assert len(rig.store.outbox.attempts(rig.entry(job).id)) == 1


def test_back_off_grows_and_ends(rig: Rig) -> None:
    job = rig.add()
    rig.chain.known_snapshots = 0
    waits = []
    for _ in range(5):
        rig.step()
        waits.append(rig.entry(job).not_before_ms - rig.now_ms)
    assert waits == [100, 200, 400, 400, 400]
    assert rig.step(wait_ms=1) == ()


def test_an_unknown_answer_keeps_the_nonce(rig: Rig) -> None:
    job = rig.add()
    rig.chain.on_send.append(_raise(e.RpcRejectedError("internal error 77")))
    rig.step()
    assert rig.job(job).cause is Cause.TRANSACTION_REFUSED
    assert rig.entry(job).nonce == 0
    rig.settle()
    assert rig.settlement(job) is Settlement.FINAL
    assert len(rig.chain.seen) == 1


def test_dropped_from_the_pool_is_sent_again(rig: Rig) -> None:
    job = rig.add()
    rig.step()
    rig.chain.pool.clear()
    rig.step(wait_ms=POLICY.resend_after_ms)
    assert len(rig.chain.pool) == 1
    rig.settle()
    assert rig.settlement(job) is Settlement.FINAL


def kinds(rig: Rig) -> list[EventKind]:
    return [event.kind for event in rig.events]


def _raise(error: Exception) -> Callable[[], None]:
    def raiser() -> None:
        raise error

    return raiser
