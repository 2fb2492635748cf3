"""The relay's life on a chain that behaves: order, prices, depth, and who else was there."""

from dataclasses import replace
from pathlib import Path

from node.relay import EventKind
from node.relay.attestation import attest_call
from node.store import AttemptState, Cause, Settlement
from tests.node.relay.fake_chain import CHAIN_ID, GWEI, REGISTRY
from tests.node.relay.rig import KEY, POLICY, Rig


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


def test_a_lower_sequence_never_follows_a_higher_one_into_a_revert(rig: Rig) -> None:
    """Each passes as long as none is mined, and whoever hands them in pays nothing."""
    jobs = [rig.add(sequence) for sequence in (3, 2, 1, 4)]
    rig.step()
    assert len(rig.chain.seen) == 2
    rig.settle()
    assert len(rig.chain.seen) == 2
    states = [rig.settlement(job) for job in jobs]
    final, rejected = Settlement.FINAL, Settlement.REJECTED
    assert states == [final, rejected, rejected, final]


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


def kinds(rig: Rig) -> list[EventKind]:
    return [event.kind for event in rig.events]


def _attest_as_somebody(rig: Rig, job: str) -> None:
    data = attest_call(rig.store.outbox.attestation(rig.entry(job)))
    rig.chain.mine_foreign("0x" + "77" * 20, data, REGISTRY)
