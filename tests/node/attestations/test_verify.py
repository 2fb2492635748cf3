"""Attestations made and verified; whatever is altered is refused with its reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from circuits.profile import R6
from circuits.statements.option_marks import (
    DecodedWords,
    GroupInputs,
    Market,
    OptionInputs,
    OptionMarks,
    Shape,
    evaluate,
)
from node.attestations import (
    OFF_CHAIN,
    Attestation,
    InvalidAttestationError,
    ProvingFailedError,
    attest_market,
    marks_report,
    verify_attestation,
)
from node.keys import KeyStore
from node.quoting import underlying_id
from prover import ProvingKey, default_engine

STATEMENT = OptionMarks(Shape(1, 2), profile=R6, greeks=True)
MARKET = Market(
    underlying_id("BTC"),
    4,
    1_700_000_000,
    (
        GroupInputs(
            650_000_000,
            1 << 44,
            1 << 26,
            1_708_000_000,
            (OptionInputs(600_000_000, 30_000_000, True),),
        ),
    ),
)
ENGINE = default_engine()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> KeyStore:
    return KeyStore(tmp_path_factory.mktemp("keys"), test_profiles=True)


@pytest.fixture(scope="module")
def key(store: KeyStore) -> ProvingKey:
    return store.ensure_development_key(STATEMENT)


@pytest.fixture(scope="module")
def made(key: ProvingKey) -> Attestation:
    attestation, times = attest_market(STATEMENT, OFF_CHAIN, MARKET, key, ENGINE)
    assert min(times.witness, times.proof, times.check) > 0
    return attestation


def test_a_valid_attestation_says_its_marks(made: Attestation, key: ProvingKey) -> None:
    statement, words = verify_attestation(made, key.verifying_key, ENGINE)
    assert statement == STATEMENT
    assert isinstance(words, DecodedWords)
    (mark,) = evaluate(MARKET, R6)
    assert words.price_atoms == (mark.price_atoms,)
    assert words.greeks == (mark.greeks,)
    report = marks_report(words)
    assert (report["underlying"], report["options"], report["tick"]) == ("BTC", 1, "0.0001")
    (entry,) = report["marks"]
    assert entry["strike"] == "60000"
    assert entry["option_type"] == "put"
    assert float(entry["delta"]) < 0 < float(entry["price"])


def test_an_altered_attestation_is_refused(made: Attestation, key: ProvingKey) -> None:
    cases = [
        (replace(made, words=(made.words[0] + 1, *made.words[1:])), "pairing equation"),
        (replace(made, words=(1 << 255, *made.words[1:])), "word range"),
        (replace(made, proof=bytes(320)), "infinity"),
        (replace(made, proof=b"\xff" * 320), "coordinate range"),
        (replace(made, proof=bytes(31) + b"\1" + made.proof[32:]), "not on the curve"),
        (replace(made, proof=made.proof[:-32]), "expected 320 bytes, received 288"),
        (replace(made, key_id=bytes(32)), f"expected {made.key_id.hex()}"),
        (replace(made, words=made.words[1:]), "word count"),
    ]
    for altered, message in cases:
        with pytest.raises(InvalidAttestationError, match=message):
            verify_attestation(altered, key.verifying_key, ENGINE)


@pytest.mark.parametrize("change", [{"name": "x"}, {"version": 2}, {"parameters": b""}])
def test_the_statement_must_be_the_keys(
    made: Attestation, key: ProvingKey, change: dict[str, object]
) -> None:
    other = replace(made, statement=replace(made.statement, **change))  # type: ignore[arg-type]
    with pytest.raises(InvalidAttestationError, match=f"statement.{next(iter(change))} is"):
        verify_attestation(other, key.verifying_key, ENGINE)


def test_a_key_of_another_statement_fails_to_prove(store: KeyStore) -> None:
    other = store.ensure_development_key(OptionMarks(Shape(1, 2), profile=R6))
    with pytest.raises(ProvingFailedError, match="option_marks: "):
        attest_market(STATEMENT, OFF_CHAIN, MARKET, other, ENGINE)
