"""Attestations that a cheat would send, and what the contract says to each."""

from __future__ import annotations

from collections.abc import Iterator

from circuits.field import BN254_FR
from circuits.statements.header import HEADER_WORDS
from circuits.statements.option_marks import Shape, market_word_count
from node.chain import Call, error_table
from node.chain.errors import RevertedError
from node.demo.report import Refusal
from node.demo.settled import Sent
from node.demo.stage import Stage
from node.errors import NodeError

_ATOM_OF_FIRST_PRICE = 1 << 168


class AcceptedError(NodeError):
    """The contract accepted a tampered attestation: a soundness failure, report it."""


def refusals(stage: Stage, genuine: Sent, shape: Shape, attested_in: int) -> tuple[Refusal, ...]:
    """Every cheat's reason; AcceptedError if one is accepted.

    Cheats are tried on the state just before the genuine attestation (block `attested_in`), where
    it would still have been accepted; the replay on the newest.
    """
    registry = stage.contract("AttestationRegistry")
    table = error_table()
    found = []
    for attempt, sent in _attempts(genuine, shape):
        before = None if sent is genuine else attested_in - 1
        data = registry.abi.encode_call("attest", sent.key_id, list(sent.proof), list(sent.words))
        try:
            stage.chain.call(Call(registry.address, data), before)
        except RevertedError as error:
            found.append(Refusal(attempt, table.decode(error.data).sentence))
        else:
            raise AcceptedError(f"the contract accepted: {attempt}")
    return tuple(found)


def _attempts(genuine: Sent, shape: Shape) -> Iterator[tuple[str, Sent]]:
    words, proof = genuine.words, genuine.proof
    first_price_word = HEADER_WORDS + market_word_count(shape)
    first_strike_word = HEADER_WORDS + 1 + shape.groups

    def changed(position: int, value: int) -> Sent:
        return Sent(genuine.key_id, proof, (*words[:position], value, *words[position + 1 :]))

    yield "the same attestation again", genuine
    yield (
        "a mark raised by one atom",
        changed(first_price_word, words[first_price_word] + _ATOM_OF_FIRST_PRICE),
    )
    yield "a volatility nobody signed", changed(first_strike_word, words[first_strike_word] + 2)
    yield "for another chain", changed(0, words[0] + (1 << 160))
    yield "for another consumer", changed(1, words[1] ^ (0xBAD << 88))
    yield "with a sequence far ahead", changed(1, words[1] + (1 << 80))
    yield (
        "a word plus the field's modulus",
        changed(first_price_word, words[first_price_word] + BN254_FR.modulus),
    )
    forged = (*proof[:6], proof[6] ^ 1, *proof[7:])
    yield "a proof with one bit flipped", Sent(genuine.key_id, forged, words)
    yield "under another key", Sent(bytes(32), proof, words)
