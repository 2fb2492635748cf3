"""One signer of five does its worst: rounds go on without it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from eth_hash.auto import keccak
from eth_keys.constants import SECPK1_N

from circuits.statements.option_marks.inputs import SECONDS_PER_YEAR
from circuits.statements.portfolio_margin import Svi
from node.chain import development_account
from node.oracle import ViewError, decode_view, median_view
from node.oracle.typed_data import typed_data
from node.oracle.view_codec import _FIELDS
from node.quoting import with_ruled_volatility
from node.values import SignedView
from tests.node.oracle.committee import (
    ACCOUNTS,
    ADDRESSES,
    DOMAIN,
    NOW,
    Committee,
    moved_chain,
    moved_margin,
)

BAD = 2


def at_time(committee: Committee, unix: int) -> SignedView:
    """What the bad signer sees, dated otherwise."""
    source = committee.sources[BAD]
    assert source.chain is not None
    assert source.margin is not None
    seconds = unix - source.chain.snapshot_unix
    chain, margin = moved_chain(source.chain, 0, seconds), moved_margin(source.margin, 0, seconds)
    return committee.signed(BAD, chain=chain, margin=margin)


@pytest.mark.parametrize("ahead", [3, 60, 120, 0, -89, -118, -120])
def test_a_view_at_the_edge_of_time_stops_no_round(committee: Committee, ahead: int) -> None:
    """Signers look at the clock later than the leader, and through clocks of their own."""
    view = at_time(committee, committee.now + ahead)
    committee.peers[BAD].view = lambda: view
    sign = [peer.sign for peer in committee.peers]

    def late(index: int) -> Callable[[Sequence[SignedView]], bytes]:
        def answer(views: Sequence[SignedView]) -> bytes:
            committee.now = began + (-1 if index == 0 else 10)
            return sign[index](views)

        return answer

    began = committee.now
    for index, peer in enumerate(committee.peers):
        peer.sign = late(index)
    assert len(committee.leader().round().signed.signatures) >= 4


def malleated(signature: bytes, v: int) -> bytes:
    s = SECPK1_N - int.from_bytes(signature[32:64], "big")
    return signature[:32] + s.to_bytes(32, "big") + bytes([v])


@pytest.mark.parametrize(
    "alter",
    [
        lambda signature: malleated(signature, 55 - signature[64]),
        lambda signature: signature[:64] + bytes([signature[64] - 27]),
        lambda signature: signature[:64] + bytes([signature[64] + 8]),
    ],
)
def test_a_signature_that_the_contract_refuses_does_not_count(
    committee: Committee, alter: Callable[[bytes], bytes]
) -> None:
    honest = committee.roles[BAD].sign
    committee.peers[BAD].sign = lambda views: alter(honest(views))
    done = committee.leader().round()
    assert set(done.signed.signers) == set(ADDRESSES) - {ADDRESSES[BAD]}
    assert "signature" in done.troubles[ADDRESSES[BAD]]


def test_rounds_that_fail_for_hours_use_no_numbers_up(committee: Committee) -> None:
    """A leader without gas has numbers signed that never reach the contract."""
    for index in range(5):
        committee.journals[index].claim(replace(committee.view(index).report(), number=90_000))
    assert committee.leader().round().signed.report.number == 90_001


def test_whoever_asks_for_the_last_number_takes_none_from_the_others(committee: Committee) -> None:
    committee.peers[BAD].view = lambda: committee.signed(BAD, next_number=NOW + 1)
    assert committee.leader().round().signed.report.number == NOW + 1
    committee.peers[BAD].view = lambda: committee.signed(BAD, next_number=committee.now + 60)
    for source in committee.sources:
        assert source.chain is not None
        assert source.margin is not None
        source.chain = moved_chain(source.chain, 0, 20)
        source.margin = moved_margin(source.margin, 0, 20)
    committee.now += 20
    done = committee.leader().round()
    assert done.signed.report.number == NOW + 2
    assert "asks for number" in done.troubles[ADDRESSES[BAD]]


def test_one_signer_driven_ahead_of_the_others_still_signs_with_them(committee: Committee) -> None:
    """Somebody who reaches one signer's port with views of a bad one."""
    far = [committee.signed(0), committee.signed(1), committee.signed(BAD, next_number=NOW)]
    committee.roles[0].sign(far)
    assert len(committee.leader().round().signed.signatures) == 5


def test_views_of_others_passed_on_displace_no_newer_ones(committee: Committee) -> None:
    """A round shows everybody everybody's views: two bad signers give two of the last minute's."""
    old = [committee.signed(index) for index in (3, 4)]
    for source in committee.sources:
        assert source.chain is not None
        assert source.margin is not None
        source.chain = moved_chain(source.chain, 0, 60)
        source.margin = moved_margin(source.margin, 0, 60)
    committee.now += 60
    for peer, view in zip(committee.peers, old, strict=False):
        peer.view = lambda view=view: view  # type: ignore[misc]
    done = committee.leader().round()
    assert done.signed.report.snapshot_unix >= NOW + 60
    assert {ADDRESSES[0], ADDRESSES[1]} <= set(done.troubles)


class Strange:
    """Content that would take for ever, under whatever signature."""

    def __init__(self, committee: Committee) -> None:
        document = json.loads(committee.signed(0).content)
        document["next_number"] = []
        self.content = json.dumps(document, sort_keys=True, separators=(",", ":")).encode()

    def signed(self, account: Any) -> SignedView:
        message = typed_data("OracleView", _FIELDS, (keccak(self.content),), DOMAIN)
        return SignedView(self.content, bytes(account.sign_message(message).signature))


def test_a_number_that_is_no_number_hangs_nobody(committee: Committee) -> None:
    """[] in range(1, 2^48) is looked for one by one."""
    strange = Strange(committee)
    with pytest.raises(ViewError, match="list where an integer"):
        decode_view(strange.content)
    committee.peers[BAD].view = lambda: strange.signed(ACCOUNTS[BAD])
    assert "list where" in committee.leader().round().troubles[ADDRESSES[BAD]]


def test_nothing_of_a_stranger_is_decoded(
    committee: Committee, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decoded(_: bytes) -> None:
        raise AssertionError("decoded before it was known whose it is")

    monkeypatch.setattr("node.oracle.signer.decode_view", decoded)
    stranger = Strange(committee).signed(development_account("owner"))
    views = [committee.signed(0), committee.signed(1), stranger]
    with pytest.raises(ViewError, match="which is no signer"):
        committee.roles[0].sign(views)


def test_what_a_peer_says_of_its_trouble_is_cut(committee: Committee) -> None:
    def long(*_: object) -> bytes:
        raise ValueError("x" * 1_000_000)

    committee.peers[BAD].sign = long
    assert len(committee.leader().round().troubles[ADDRESSES[BAD]]) == 500


def test_the_best_curve_without_provable_margins_stops_no_round(committee: Committee) -> None:
    """At every place where curves are compared it is the median, and its wings are too steep."""
    for index, source in enumerate(committee.sources):
        assert source.margin is not None
        *others, last = source.margin.slices
        years = source.margin.seconds_to_expiry(len(others)) / SECONDS_PER_YEAR
        slope = 2.02 if index == BAD else 1.96
        b, s, level = slope / years, 13, 0.2 + 0.004 * (index - BAD)
        a, b_units = round((level - b * s) * 2**40), round(b * 2**40)
        steep = replace(last, svi=Svi(a=a, b=b_units, rho=0, m=0, s=s << 40))
        margin = replace(source.margin, slices=(*others, steep))
        source.margin = with_ruled_volatility(margin)
    view = committee.signed(BAD)
    committee.peers[BAD].view = lambda: view
    made = median_view([committee.view(index) for index in range(5)]).margin
    bad = committee.view(BAD).margin
    assert made is not None
    assert bad is not None
    assert made.slices[-1].svi == bad.slices[-1].svi
    done = committee.leader().round()
    assert len(done.signed.signatures) == 4
    assert "above 2" in done.troubles[ADDRESSES[BAD]]
