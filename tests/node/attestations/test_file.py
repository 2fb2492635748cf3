"""The attestation file: round trip, and strict decoding of bytes that nobody vouches for."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.attestations import (
    Attestation,
    AttestationFileError,
    decode_attestation,
    encode_attestation,
    read_attestation,
    write_attestation,
)
from node.attestations.file import LARGEST_FILE
from node.errors import Reason
from prover import StatementIdentity

SAMPLE = Attestation(
    key_id=bytes(range(32)),
    statement=StatementIdentity("option_marks", 1, b'{"groups":1}', 3),
    words=(1, (1 << 256) - 1, 0),
    proof=bytes(range(64)) * 5,
)
TEXT = encode_attestation(SAMPLE)
DIGITS = "0x and 64 lower-case hexadecimal digits"


def changed(**changes: Any) -> bytes:
    return json.dumps({**json.loads(TEXT), **changes}).encode()


def statement(**changes: Any) -> dict[str, Any]:
    return {**json.loads(TEXT)["statement"], **changes}


def faults_of(data: bytes) -> list[str]:
    with pytest.raises(AttestationFileError) as caught:
        decode_attestation(data)
    assert caught.value.reason is Reason.FILE_UNREADABLE
    return [str(fault) for fault in caught.value.faults]


def test_a_file_gives_back_what_was_written(tmp_path: Path) -> None:
    write_attestation(tmp_path / "a.json", SAMPLE)
    assert read_attestation(tmp_path / "a.json") == SAMPLE
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"format": "x"}, "format: expected 'proofmark.attestation', received 'x'"),
        ({"version": 2}, "version: expected 1, received 2"),
        ({"version": True}, "version: expected 1, received True"),
        ({"key_id": "0x12"}, f"key_id: expected {DIGITS}, received '0x12'"),
        ({"key_id": None}, f"key_id: expected {DIGITS}, received None"),
        ({"proof": []}, "proof: expected 0x and 640 lower-case hexadecimal digits, "),
        ({"proof": "0x" + "A" * 640}, "proof: expected 0x and 640 lower-case hexadecimal digits, "),
        ({"proof": "0x" + "٣" * 640}, "proof: expected 0x and 640 lower-case hexadecimal digits, "),
        ({"words": {}}, "words: expected a list, received an object of 0"),
        ({"words": ["0x" + "0" * 64]}, "words: expected 3 words, received 1"),
        ({"words": [1, 2, 3]}, f"words[0]: expected {DIGITS}, received 1"),
        ({"statement": 5}, "statement: expected an object, received 5"),
        ({"statement": statement(name=1)}, "statement.name: expected ASCII text up to 1000"),
        ({"statement": statement(name="é")}, "statement.name: expected ASCII text up to 1000"),
        ({"statement": statement(word_count=-1)}, "statement.word_count: expected a number from"),
        ({"statement": statement(version=1.0)}, "statement.version: expected a number from 1"),
        ({"statement": statement(extra=1)}, "statement.extra: expected no such field"),
        ({"extra": 1}, "extra: expected no such field, received a value"),
    ],
)
def test_a_wrong_field_is_named(changes: dict[str, Any], fault: str) -> None:
    first, *_ = faults_of(changed(**changes))
    assert first.startswith(fault)


def test_every_fault_is_listed() -> None:
    faults = faults_of(changed(key_id=1, proof=2, statement=statement(name=3, version=4.5)))
    assert [fault.split(":")[0] for fault in faults] == [
        "key_id",
        "statement.name",
        "statement.version",
        "proof",
    ]
    missing = json.loads(TEXT)
    del missing["words"], missing["proof"]
    assert faults_of(json.dumps(missing).encode()) == [
        "words: expected a value, received nothing",
        "proof: expected a value, received nothing",
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"null",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"NaN",
        b'{"version":' + b"9" * 10_000 + b"}",
        b'{"format":1,"format":2}',
        TEXT.encode()[:-10],
        b" " * (LARGEST_FILE + 1),
    ],
)
def test_other_bytes_are_refused(data: bytes) -> None:
    (fault,) = faults_of(data)
    assert fault.startswith("file: expected")
    assert len(fault) < 200


def test_missing_and_unwritable_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(AttestationFileError, match=r"missing.json is no attestation file:\n  file"):
        read_attestation(tmp_path / "missing.json")
    with pytest.raises(AttestationFileError, match="a path that can be written"):
        write_attestation(tmp_path / "no" / "a.json", SAMPLE)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)


@given(st.sampled_from(sorted(json.loads(TEXT))), json_values)
def test_any_value_in_any_field_is_refused_or_read(field: str, value: object) -> None:
    with suppress(AttestationFileError):
        decode_attestation(changed(**{field: value}))


@given(st.integers(0, len(TEXT) - 1), st.binary(min_size=1, max_size=3))
def test_any_damage_is_refused_or_read_strictly(at: int, damage: bytes) -> None:
    data = TEXT.encode()
    data = data[:at] + damage + data[at + len(damage) :]
    try:
        decoded = decode_attestation(data)
    except AttestationFileError:
        return
    assert decode_attestation(encode_attestation(decoded).encode()) == decoded


@pytest.mark.parametrize("name", ["\x1b[2J", "\ud800", "a\nb"])
def test_a_strange_field_name_reaches_no_terminal(name: str) -> None:
    with pytest.raises(AttestationFileError) as caught:
        decode_attestation(json.dumps({name: 1}).encode())
    message = str(caught.value)
    assert name not in message
    message.encode()
