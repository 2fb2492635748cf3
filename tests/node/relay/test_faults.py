"""The chain turns: re-organisations, lost nonces, reverts, expiry, a registry that is none."""

import pytest

from node.relay import EventKind
from node.store import AttemptKind, Cause, Settlement
from tests.node.relay.fake_chain import REGISTRY
from tests.node.relay.rig import KEY, POLICY, Rig


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


def kinds(rig: Rig) -> list[EventKind]:
    return [event.kind for event in rig.events]
