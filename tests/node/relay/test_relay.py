"""The relay's life on a chain that behaves, and on one that does not."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from node.chain import errors as e
from node.relay import EventKind
from node.relay.attestation import attest_call
from node.store import AttemptKind, AttemptState, Cause, Settlement
from tests.node.relay.fake_chain import CHAIN_ID, GWEI, REGISTRY
from tests.node.relay.rig import KEY, POLICY, Rig


def kinds(rig: Rig) -> list[EventKind]:
    return [event.kind for event in rig.events]


def test_from_ready_to_final(rig: Rig) -> None:
    job = rig.add()
    rig.step()
    assert rig.settlement(job) is Settlement.SUBMITTED
    rig.chain.mine()
    rig.step()
    assert rig.settlement(job) is Settlement.SUBMITTED  # one block deep, two are wanted
    rig.chain.mine()
    rig.step()
    assert rig.settlement(job) is Settlement.CONFIRMED
    rig.chain.mine(2)
    rig.step()
    assert rig.settlement(job) is Settlement.FINAL
    assert rig.steps_of(job) == ["READY", "SUBMITTED", "CONFIRMED", "FINAL"]
    entry = rig.entry(job)
    assert (entry.block_number, entry.gas_used) == (1, 250_000)
    assert [tx.hash for tx in rig.chain.mined(KEY.address)] == [entry.tx_hash]
    assert rig.job(job).is_terminal
    assert rig.step() == ()


def test_bytes_are_stored_before_they_are_sent(rig: Rig) -> None:
    rig.add()

    def check() -> None:
        (entry,) = rig.store.outbox.entries()
        (attempt,) = rig.store.outbox.attempts(entry.id)
        assert attempt.state is AttemptState.SAVED
        assert entry.nonce == attempt.nonce

    rig.chain.on_send.append(check)
    rig.step()
    assert kinds(rig) == [EventKind.SENT]


def test_gas_limit_is_tight_and_fees_are_set(rig: Rig) -> None:
    rig.add()
    rig.step()
    (tx,) = rig.chain.seen
    assert tx.gas == 330_000
    assert (tx.max_fee, tx.tip) == (21 * GWEI, GWEI)


def test_several_entries_take_consecutive_nonces_in_order(rig: Rig) -> None:
    jobs = [rig.add(sequence) for sequence in (1, 2, 3)]
    rig.step()
    assert [tx.nonce for tx in rig.chain.seen] == [0, 1, 2]
    rig.settle()
    assert {rig.settlement(job) for job in jobs} == {Settlement.FINAL}
    assert [effect[3] for effect in rig.chain.effects()] == [1, 2, 3]


def test_at_most_so_many_in_flight(tmp_path: Path) -> None:
    rig = Rig(tmp_path, policy=replace(POLICY, max_in_flight=2))
    for sequence in (1, 2, 3, 4):
        rig.add(sequence)
    rig.step()
    assert len(rig.chain.seen) == 2
    rig.step()
    assert len(rig.chain.seen) == 2
    rig.settle()
    assert len(rig.chain.effects()) == 4
    rig.close()


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


def test_a_small_reorganisation_puts_it_back_and_it_lands_again(rig: Rig) -> None:
    job = rig.add()
    rig.step()
    rig.chain.mine(2)
    rig.step()
    assert rig.settlement(job) is Settlement.CONFIRMED
    rig.chain.reorganise(2)
    rig.step()
    assert (rig.settlement(job), rig.job(job).cause) == (
        Settlement.SUBMITTED,
        Cause.REORGANISED,
    )
    rig.settle()
    assert rig.settlement(job) is Settlement.FINAL
    assert len(rig.chain.mined(KEY.address)) == 1
    assert rig.steps_of(job)[-4:] == ["CONFIRMED", "SUBMITTED", "CONFIRMED", "FINAL"]


def test_a_reorganisation_that_loses_it_makes_the_relay_send_it_again(rig: Rig) -> None:
    job = rig.add()
    rig.step()
    rig.chain.mine(2)
    rig.step()
    rig.chain.reorganise(2, keep=False)
    rig.step()
    assert len({tx.hash for tx in rig.chain.seen}) == 1  # the same bytes
    rig.settle()
    assert rig.settlement(job) is Settlement.FINAL
    assert len(rig.chain.effects()) == 1


def test_mined_again_in_another_block_without_a_step_between(rig: Rig) -> None:
    job = rig.add()
    rig.step()
    rig.chain.mine(2)
    rig.step()
    before = rig.entry(job).block_hash
    rig.chain.reorganise(2)
    rig.chain.mine(2)
    rig.step()
    assert rig.settlement(job) is Settlement.CONFIRMED
    assert rig.entry(job).block_hash != before
    assert EventKind.REORGANISED in kinds(rig)


def test_the_finalized_tag_decides_where_there_is_one(rig: Rig) -> None:
    job = rig.add()
    rig.step()
    rig.chain.finality = rig.chain.block(0)
    rig.chain.mine(10)
    rig.step()
    assert rig.settlement(job) is Settlement.CONFIRMED
    rig.chain.finality = rig.chain.block(1)
    rig.step()
    assert rig.settlement(job) is Settlement.FINAL


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


def test_a_refusal_is_decoded_and_costs_nothing(rig: Rig) -> None:
    job = rig.add()
    rig.chain.proof_valid = False
    rig.step()
    found = rig.job(job)
    assert (found.settlement, found.cause, found.detail) == (
        Settlement.REJECTED,
        Cause.REVERTED,
        "proof rejected",
    )
    assert found.is_terminal
    assert rig.chain.seen == []


def test_what_may_pass_later_waits(rig: Rig) -> None:
    job = rig.add()
    rig.chain.known_snapshots = 0
    rig.step()
    found = rig.job(job)
    assert (found.settlement, found.cause) == (Settlement.READY, Cause.CHAIN_NOT_READY)
    assert "snapshot unknown" in (found.detail or "")
    rig.chain.known_snapshots = 1
    rig.settle()
    assert rig.settlement(job) is Settlement.FINAL


def test_a_revert_on_chain_is_decoded_after_enough_depth(rig: Rig) -> None:
    job = rig.add()
    rig.step()
    rig.chain.proof_valid = False
    rig.chain.mine()
    rig.step()
    assert rig.settlement(job) is Settlement.SUBMITTED
    rig.chain.mine()
    rig.step()
    assert (rig.settlement(job), rig.job(job).detail) == (Settlement.REJECTED, "proof rejected")


def test_reverts_without_a_reason_are_not_repeated_for_ever(rig: Rig) -> None:
    job = rig.add()
    rig.chain.execution_fails = True
    rig.settle()
    assert (rig.settlement(job), rig.job(job).cause) == (Settlement.REJECTED, Cause.REVERTED)
    assert len(rig.chain.mined(KEY.address)) == POLICY.max_reverts


def test_settled_by_another_before_we_send(rig: Rig) -> None:
    job = rig.add()
    _attest_as_somebody(rig, job)
    rig.step()
    found = rig.job(job)
    assert (found.settlement, found.cause) == (Settlement.CONFIRMED, Cause.SETTLED_BY_OTHER)
    assert rig.chain.seen == []
    rig.chain.mine(4)
    rig.step()
    assert rig.settlement(job) is Settlement.FINAL
    assert rig.entry(job).tx_hash is None


def test_settled_by_another_is_undone_by_a_reorganisation(rig: Rig) -> None:
    job = rig.add()
    _attest_as_somebody(rig, job)
    rig.step()
    rig.chain.reorganise(1)
    rig.chain.mine()
    rig.step()
    assert rig.steps_of(job)[1:3] == ["CONFIRMED", "READY"]
    rig.settle()
    assert rig.settlement(job) is Settlement.FINAL
    assert len(rig.chain.mined(KEY.address)) == 1


def test_settled_by_another_while_ours_is_pending(rig: Rig) -> None:
    """Ours reverts with AlreadyAttested, which is success."""
    job = rig.add()
    rig.step()
    _attest_as_somebody(rig, job)
    rig.settle()
    found = rig.job(job)
    assert (found.settlement, found.cause) == (Settlement.FINAL, Cause.SETTLED_BY_OTHER)
    assert len(rig.chain.effects()) == 1


def test_settled_by_another_while_ours_is_stuck_takes_ours_back(rig: Rig) -> None:
    job = rig.add()
    rig.step()
    rig.chain.congested = True
    _attest_as_somebody(rig, job)
    rig.chain.mine(3)
    rig.step()
    assert rig.chain.seen[-1].to == KEY.address
    rig.chain.congested = False
    rig.settle()
    assert rig.settlement(job) is Settlement.FINAL
    assert EventKind.CANCELLING in kinds(rig)


def test_an_expired_attestation_is_not_sent(rig: Rig) -> None:
    job = rig.add(valid_for=10)
    rig.chain.mine()
    rig.step()
    assert (rig.settlement(job), rig.job(job).cause) == (
        Settlement.REJECTED,
        Cause.ATTESTATION_EXPIRED,
    )
    assert rig.chain.seen == []


def test_a_stuck_one_that_expires_is_cancelled_never_bumped(rig: Rig) -> None:
    job = rig.add(valid_for=20)
    rig.step()
    rig.chain.congested = True
    rig.chain.mine(2)
    rig.step()
    assert [tx.to for tx in rig.chain.seen] == [REGISTRY, KEY.address]
    rig.chain.congested = False
    rig.chain.known_snapshots = 0
    rig.settle()
    assert rig.settlement(job) is Settlement.REJECTED
    assert rig.job(job).cause is Cause.ATTESTATION_EXPIRED
    attempts = rig.store.outbox.attempts(rig.entry(job).id)
    assert [each.kind for each in attempts] == [AttemptKind.ATTEST, AttemptKind.CANCEL]


def test_a_nonce_taken_by_another_program_with_our_key(rig: Rig) -> None:
    job = rig.add()
    rig.step()
    rig.chain.mine_foreign(KEY.address)
    rig.settle()
    assert rig.settlement(job) is Settlement.FINAL
    assert len(rig.chain.effects()) == 1
    assert [tx.nonce for tx in rig.chain.mined(KEY.address)] == [0, 1]


@pytest.mark.parametrize("gaps_refused", [False, True])
def test_a_nonce_gap_is_filled(rig: Rig, gaps_refused: bool) -> None:
    """The chain forgot two of our transactions, deeper than final."""
    for sequence in (1, 2):
        rig.add(sequence)
    rig.settle()
    job = rig.add(3)
    rig.chain.gaps_refused = gaps_refused
    rig.step()
    rig.chain.pool.clear()
    rig.chain.reorganise(len(rig.chain.blocks) - 1, keep=False)
    rig.settle(40)
    assert rig.settlement(job) is Settlement.FINAL
    assert EventKind.FILLED in kinds(rig)
    assert [effect[3] for effect in rig.chain.effects()] == [3]


def test_a_registry_that_does_nothing_is_noticed(rig: Rig) -> None:
    """A call to an address without code succeeds, and attests nothing."""
    job = rig.add()
    rig.step()
    rig.chain.topic = bytes(32)
    rig.settle()
    assert (rig.settlement(job), rig.job(job).cause) == (
        Settlement.REJECTED,
        Cause.CONTRACT_MISSING,
    )


def test_a_missing_registry_waits_with_a_cause(rig: Rig) -> None:
    job = rig.add()
    rig.chain.code = b""
    rig.step()
    found = rig.job(job)
    assert (found.settlement, found.cause) == (Settlement.READY, Cause.CONTRACT_MISSING)
    assert "proofmark deploy" in (found.detail or "")
    rig.chain.code = b"\x60"
    rig.settle()
    assert rig.settlement(job) is Settlement.FINAL


def test_an_attestation_for_another_registry_is_left_alone(rig: Rig) -> None:
    job = rig.add(registry="0x" + "33" * 20)
    rig.step()
    found = rig.job(job)
    assert (found.settlement, found.cause) == (Settlement.READY, Cause.WRONG_CHAIN)
    assert f"this relay serves chain {CHAIN_ID}" in (found.detail or "")
    assert rig.chain.seen == []


def test_dry_mode_checks_prices_and_sends_nothing(tmp_path: Path) -> None:
    rig = Rig(tmp_path, key=None)
    job = rig.add()
    refused = rig.add(2)
    rig.step()
    found = rig.job(job)
    assert (found.settlement, found.cause) == (Settlement.READY, Cause.DRY_RUN)
    assert "would send attest: 330000 gas" in (found.detail or "")
    assert rig.chain.seen == []
    assert rig.relay.address is None
    assert rig.job(refused).cause is Cause.DRY_RUN
    rig.close()


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


def _raise(error: Exception) -> Callable[[], None]:
    def raiser() -> None:
        raise error

    return raiser


def _attest_as_somebody(rig: Rig, job: str) -> None:
    data = attest_call(rig.store.outbox.attestation(rig.entry(job)))
    rig.chain.mine_foreign("0x" + "77" * 20, data, REGISTRY)
