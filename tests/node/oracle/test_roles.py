"""Signers and leader together: honest rounds, and everybody's ways to lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from node.oracle import (
    DisagreementError,
    Domain,
    EquivocationError,
    Journal,
    JournalError,
    SignaturesError,
    SourceError,
    ViewError,
    market_hash,
    median_view,
    recover,
    sign_view,
    signable,
)
from node.values import SignedView
from tests.node.oracle.committee import (
    ACCOUNTS,
    ADDRESSES,
    DOMAIN,
    NOW,
    POLICY,
    UNDERLYING,
    Committee,
    moved_chain,
    moved_margin,
)


def silent(*_: object) -> bytes:
    raise TimeoutError("nobody answers")


def quorum(committee: Committee, indices: Sequence[int] = (0, 1, 2, 3, 4)) -> list[SignedView]:
    return [committee.signed(index) for index in indices]


def test_five_views_become_one_report(committee: Committee) -> None:
    done = committee.leader().round()
    report = done.signed.report
    assert done.troubles == {}
    assert set(done.signed.signers) == set(ADDRESSES)
    assert list(done.signed.signers) == sorted(ADDRESSES, key=lambda each: int(each, 16))
    spots = sorted(source.margin.spot_ticks for source in committee.sources if source.margin)
    assert report.spot == spots[2]
    assert (report.number, report.snapshot_unix) == (7, NOW + 1)
    expected = median_view([committee.view(i) for i in range(5)])
    assert expected.margin is not None
    assert report.market_digest == expected.margin.digest().to_bytes(32, "big")
    assert report.at_the_money_volatility == expected.margin.at_the_money_volatility


def test_three_of_five_suffice(committee: Committee) -> None:
    committee.peers[0].view = silent  # type: ignore[assignment]
    committee.peers[0].sign = committee.peers[3].sign = silent
    done = committee.leader().round()
    assert len(done.signed.signatures) == 3
    assert done.troubles == dict.fromkeys((ADDRESSES[0], ADDRESSES[3]), "nobody answers")
    committee.peers[1].sign = silent
    with pytest.raises(SignaturesError, match=r"2 signatures, the oracle wants 3; 0x"):
        committee.leader().round()
    for peer in committee.peers[:3]:
        peer.view = silent  # type: ignore[assignment]
    with pytest.raises(ViewError, match=r"2 views .* wants 3"):
        committee.leader().round()


def test_a_signature_under_something_else_does_not_count(committee: Committee) -> None:
    other = replace(committee.view(0).report(), spot=1)
    elsewhere = bytes(ACCOUNTS[0].sign_message(signable(other, DOMAIN)).signature)
    committee.peers[0].sign = lambda _: elsewhere
    committee.peers[1].sign = lambda _: b"junk"
    done = committee.leader().round()
    assert set(done.signed.signers) == set(ADDRESSES[2:])
    assert done.troubles[ADDRESSES[0]] == "signed something else, or is no signer"
    assert "65 bytes, received 4" in done.troubles[ADDRESSES[1]]


@pytest.mark.parametrize("which", ["chain", "margin"])
def test_one_market_may_be_missing(committee: Committee, which: str) -> None:
    for source in committee.sources:
        setattr(source, which, None)
    report = committee.leader().round().signed.report
    assert (report.market_digest == bytes(32)) == (which == "margin")
    if which == "chain":
        assert report.market_hash == market_hash([int.from_bytes(report.market_digest, "big")])


def test_a_false_view_of_a_signer_changes_little_and_of_a_stranger_nothing(
    committee: Committee,
) -> None:
    honest = committee.leader().round().signed.report
    committee.book.number = 8
    source = committee.sources[0]
    assert source.margin is not None
    assert source.chain is not None
    liar = moved_chain(source.chain, 900, 0), moved_margin(source.margin, 900, 0)
    committee.peers[0].view = lambda: committee.signed(0, chain=liar[0], margin=liar[1])
    done = committee.leader().round()
    assert done.troubles == {}  # its role still signs: the medians are near what it sees
    assert abs(done.signed.report.spot - honest.spot) * 10_000 <= 4 * honest.spot
    stranger = sign_view(committee.view(0), ACCOUNTS[0], Domain(1, DOMAIN.oracle))
    committee.peers[0].view = lambda: stranger
    assert "which is no signer" in committee.leader().round().troubles[ADDRESSES[0]]


def test_a_liar_who_jumps_to_the_last_number_is_left_out(committee: Committee) -> None:
    committee.peers[1].view = lambda: committee.signed(1, next_number=(1 << 48) - 1)
    done = committee.leader().round()
    assert done.signed.report.number == 7
    assert "asks for number" in done.troubles[ADDRESSES[1]]
    for number in (NOW + 3, (1 << 48) - 1):
        views = [*quorum(committee, (0, 2)), committee.signed(1, next_number=number)]
        with pytest.raises(DisagreementError, match="the next one is 8 here"):
            committee.roles[0].sign(views)


def test_signers_refuse_what_no_quorum_said(committee: Committee) -> None:
    signer, views = committee.roles[0], quorum(committee)
    with pytest.raises(ViewError, match="2 views, a report needs those of 3"):
        signer.sign(views[:2])
    with pytest.raises(ViewError, match="two views of"):
        signer.sign([views[0], *views])
    with pytest.raises(ViewError, match="expected at most 64"):
        signer.sign(views * 13)
    foreign = sign_view(committee.view(4), ACCOUNTS[4], Domain(DOMAIN.chain_id + 1, DOMAIN.oracle))
    with pytest.raises(ViewError, match="no signer of"):
        signer.sign([*views[:4], foreign])
    altered = replace(views[4], content=views[3].content)
    with pytest.raises(ViewError, match="no signer of"):
        signer.sign([*views[:4], altered])


def test_a_quorum_of_liars_gets_no_signature_of_an_honest_signer(committee: Committee) -> None:
    views = []
    for index in (1, 2, 3):
        source = committee.sources[index]
        assert source.margin is not None
        assert source.chain is not None
        margin = moved_margin(source.margin, 60, 0)
        views.append(committee.signed(index, chain=source.chain, margin=margin))
    with pytest.raises(DisagreementError, match="spot is"):
        committee.roles[0].sign(views)
    assert committee.journals[0].last is None


def test_an_equivocating_leader_gets_one_report_of_a_number(committee: Committee) -> None:
    one, other = quorum(committee, (0, 1, 2)), quorum(committee, (2, 3, 4))
    signer = committee.roles[0]
    signature = signer.sign(one)
    assert signer.sign(one) == signature  # a lost answer is given again
    assert median_view([committee.view(i) for i in (2, 3, 4)]).report() != signer._journal.last
    with pytest.raises(DisagreementError, match="number 7, the next one is 8 here"):
        signer.sign(other)
    journal = committee.journals[0]
    with pytest.raises(EquivocationError, match="number 7: another report was signed"):
        journal.claim(median_view([committee.view(i) for i in (2, 3, 4)]).report())


def test_a_round_that_failed_uses_its_number_up_and_the_next_one_passes(
    committee: Committee,
) -> None:
    committee.roles[0].sign(quorum(committee, (0, 1, 2)))
    done = committee.leader().round()
    assert done.signed.report.number == 8
    assert len(done.signed.signatures) == 5


def test_views_of_an_earlier_round_are_stale(committee: Committee) -> None:
    views = quorum(committee)
    committee.now += 200
    for source in committee.sources:
        assert source.margin is not None
        assert source.chain is not None
        source.chain = moved_chain(source.chain, 0, 200)
        source.margin = moved_margin(source.margin, 0, 200)
    with pytest.raises(SourceError, match=r"stale: 20\d s old"):
        committee.roles[0].sign(views)
    assert committee.leader().round().signed.report.snapshot_unix == NOW + 201


def test_a_signer_that_dies_between_writing_and_answering_signs_the_same_again(
    committee: Committee, monkeypatch: pytest.MonkeyPatch
) -> None:
    views = quorum(committee)
    role = committee.roles[0]
    monkeypatch.setattr(role, "_signature", lambda _report: silent())
    with pytest.raises(TimeoutError):
        role.sign(views)
    committee.journals[0].close()
    again = committee.start(0)
    report = median_view([committee.view(i) for i in range(5)]).report()
    assert recover(report, DOMAIN, again.sign(views)) == ADDRESSES[0]
    with pytest.raises(DisagreementError, match="the next one is 8 here"):
        again.sign(quorum(committee, (2, 3, 4)))


def test_nothing_is_signed_that_is_not_on_disk(
    committee: Committee, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("node.oracle.journal.replace_file", full)
    with pytest.raises(JournalError, match="No space left"):
        committee.roles[0].sign(quorum(committee))
    monkeypatch.undo()
    assert committee.roles[0].sign(quorum(committee, (1, 2, 3)))


def test_a_journal_has_one_owner_and_is_not_guessed(tmp_path: Path, committee: Committee) -> None:
    journal = Journal(tmp_path, DOMAIN, UNDERLYING, ADDRESSES[0])
    with pytest.raises(JournalError, match="another process signs"):
        Journal(tmp_path, DOMAIN, UNDERLYING, ADDRESSES[0])
    other = Journal(tmp_path, DOMAIN, UNDERLYING, ADDRESSES[1])
    report = committee.view(0).report()
    journal.claim(report)
    other.claim(report)
    journal.close()
    other.close()
    again = Journal(tmp_path, DOMAIN, UNDERLYING, ADDRESSES[0])
    assert again.last == report
    again.close()
    (first,) = tmp_path.glob(f"*{ADDRESSES[0].lower()}.json")
    (second,) = tmp_path.glob(f"*{ADDRESSES[1].lower()}.json")
    good = first.read_text(encoding="utf-8")
    strange = [good.replace('"number": 7', f'"number": {n}') for n in ("7.0", "1e400", '"7"')]
    assert good not in strange
    for content in ("", "{}", "[1]", second.read_text(encoding="utf-8"), good[:-9], *strange):
        first.write_text(content, encoding="utf-8")
        with pytest.raises(JournalError, match="is no journal of this signer"):
            Journal(tmp_path, DOMAIN, UNDERLYING, ADDRESSES[0])


def test_other_listings_are_left_out_and_not_signed(committee: Committee) -> None:
    source = committee.sources[0]
    assert source.chain is not None
    fewer = replace(source.chain, groups=source.chain.groups[:-1])
    source.chain = fewer
    done = committee.leader().round()
    assert "lists other" in done.troubles[ADDRESSES[0]]
    assert len(done.signed.signatures) == 4
    with pytest.raises(DisagreementError, match="lists other assets"):
        committee.roles[0].sign(quorum(committee, (1, 2, 3)))


def test_a_report_must_be_near_in_time_and_provable(committee: Committee) -> None:
    views = quorum(committee, (1, 2, 3))
    source = committee.sources[0]
    assert source.margin is not None
    assert source.chain is not None
    here = source.chain, source.margin
    committee.now += 40
    source.chain, source.margin = moved_chain(here[0], 0, 40), moved_margin(here[1], 0, 40)
    with pytest.raises(DisagreementError, match=f"snapshot_unix is {NOW + 2}, seen is {NOW + 40}"):
        committee.roles[0].sign(views)
    source.chain, source.margin = here
    parameters = replace(POLICY.parameters[0], range_up=17_000_000_000)
    committee.journals[1].close()
    strict = committee.start(1, policy=replace(POLICY, parameters=[parameters]))
    committee.sources[1].margin = None  # its own view is fine; what it is asked to sign is not
    committee.sources[1].chain = here[0]
    with pytest.raises(SourceError, match="margins would not be provable"):
        strict.sign(views)


def test_another_underlying_is_refused(committee: Committee) -> None:
    committee.journals[0].close()
    other = committee.start(0, underlying=b"\x07" * 12)
    with pytest.raises(DisagreementError, match="source is of another underlying"):
        other.view()
    with pytest.raises(DisagreementError, match="another underlying"):
        other.sign(quorum(committee))
