"""A node that relays knows no more than the chain, whatever it is handed in and refuses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from node.keys import KeyStore
from node.rpc.errors import Refusal
from node.service import ChainSettlement, RelayIntake
from node.service.jobs import StoredJobs
from node.service.relaying import AttestationRelay
from node.store import Store
from node.values import AttestationBytes
from node.words import join_words
from tests.privacy.books import VALUER
from tests.privacy.needles import private_numbers, traces
from tests.privacy.stage import Stage


def forgeries(sent: AttestationBytes) -> tuple[AttestationBytes, ...]:
    """Another proof, bound, commitment, number of words."""
    head, commitment, bound = sent.words[:-64], sent.words[-64:-32], sent.words[-32:]
    one = bytes(31) + b"\1"
    return (
        replace(sent, proof=sent.proof[:32] * 10),
        replace(sent, words=head + commitment + one),
        replace(sent, words=head + one + bound),
        replace(sent, words=head + commitment),
    )


def refusal_of(room: AttestationRelay, sent: AttestationBytes) -> str:
    with pytest.raises(Refusal) as refused:
        room.relay(sent, "somebody", lambda: None)
    return f"{refused.value.reason} {refused.value} {refused.value.details(1000)}"


def test_a_relay_keeps_and_logs_what_the_chain_sees_anyway(
    stage: Stage, tmp_path: Path, heard: Callable[[], str]
) -> None:
    """Its store, its log, its answers and its refusals, of every book."""
    keys = tmp_path / "keys"
    keys.mkdir()
    vk = stage.key.verifying_key
    vk.save(keys / f"{vk.key_id.hex()}.vk.json")
    settlement = ChainSettlement(
        stage.margins.chain,
        stage.margins.deployment,
        consumers=[bytes.fromhex(stage.letters.address[2:])],
    )
    said, refused = [], set()
    with Store.open(tmp_path / "node.db") as store:
        jobs = StoredJobs(store, lambda _: None)
        room = AttestationRelay(store, jobs, KeyStore(keys), settlement, RelayIntake())
        for each in stage.accounts:
            made = each.attestation
            sent = AttestationBytes(made.key_id, join_words(made.words), made.proof)
            refused.add(tuple(refusal_of(room, wrong) for wrong in forgeries(sent)))
            said.append(repr(room.relay(sent, "somebody", lambda: None)))
    written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    for each in stage.accounts:
        numbers = private_numbers(each.opened, VALUER)
        assert traces(numbers, heard(), *said, *written, repr(refused)) == []
        assert traces({"commitment": each.opened.commitment()}, *written) == ["commitment"]
    assert len(refused) == 1
