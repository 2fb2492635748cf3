"""Key files: what was written is read, and nothing else is."""

from __future__ import annotations

import json
import struct
from dataclasses import fields
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from circuits.r1cs import R1CS
from prover import KeyFileError, ProvingKey, VerifyingKey, keyfile, prove, verify
from prover.errors import (
    CorruptKeyFileError,
    ForeignKeyError,
    NotAKeyFileError,
    TruncatedKeyFileError,
    UnsupportedVersionError,
)
from prover.groth16.proving_key import Section
from tests.prover.systems import SquaresWitness

ENTRY_BYTES = 56
HEAD_BYTES = 24
SECTIONS = 20


@pytest.fixture
def saved(key: ProvingKey, tmp_path: Path) -> Path:
    path = tmp_path / "keys" / "squares.key"
    key.save(path)
    return path


def test_a_key_survives_its_file(
    key: ProvingKey, saved: Path, system: tuple[R1CS, SquaresWitness]
) -> None:
    _, witness = system
    opened = ProvingKey.open(saved, expected_key_id=key.verifying_key.key_id)
    assert opened.verifying_key == key.verifying_key
    for item in fields(ProvingKey):
        if item.name not in ("matrices", "_loaded", "verifying_key"):
            assert getattr(opened, item.name) == getattr(key, item.name), item.name
    for name in ("a", "b", "c"):
        ours, theirs = getattr(opened.matrices, name), getattr(key.matrices, name)
        assert np.array_equal(ours.row_starts, theirs.row_starts)
        assert np.array_equal(ours.wires, theirs.wires)
        assert np.array_equal(ours.coefficient_ids, theirs.coefficient_ids)
    proof = prove(opened, witness, witness.words)
    verify(key.verifying_key, witness.words, proof)


def test_writing_twice_gives_one_file_and_no_leftovers(key: ProvingKey, saved: Path) -> None:
    before = saved.read_bytes()
    digest = key.save(saved)
    assert saved.read_bytes() == before
    assert list(saved.parent.iterdir()) == [saved]
    assert ProvingKey.open(saved, expected_digest=digest).wire_count == key.wire_count


def test_another_key_is_refused(saved: Path) -> None:
    with pytest.raises(ForeignKeyError, match="not the expected one"):
        ProvingKey.open(saved, expected_key_id=bytes(32))
    with pytest.raises(ForeignKeyError, match="not the pinned one"):
        ProvingKey.open(saved, expected_digest=bytes(32))


@pytest.mark.parametrize("content", [b"", b"pm", keyfile.MAGIC + b"\1"])
def test_a_beginning_is_truncated(saved: Path, content: bytes) -> None:
    saved.write_bytes(content)
    with pytest.raises(TruncatedKeyFileError):
        ProvingKey.open(saved)


@pytest.mark.parametrize("content", [b"x", b"zkey" * 100, b"{}\n", bytes(5000)])
def test_foreign_bytes_are_no_key_file(saved: Path, content: bytes) -> None:
    saved.write_bytes(content)
    with pytest.raises(NotAKeyFileError):
        ProvingKey.open(saved)


def test_another_version_is_named(saved: Path) -> None:
    data = bytearray(saved.read_bytes())
    data[8] = 2
    saved.write_bytes(data)
    with pytest.raises(UnsupportedVersionError, match="version 2, expected 1"):
        ProvingKey.open(saved)


def test_every_truncation_and_extension_is_refused(saved: Path) -> None:
    data = saved.read_bytes()
    cuts = [30, HEAD_BYTES + ENTRY_BYTES, HEAD_BYTES + SECTIONS * ENTRY_BYTES + 5, len(data) - 1]
    for cut in [*cuts, *range(1300, len(data), 997)]:
        saved.write_bytes(data[:cut])
        with pytest.raises(TruncatedKeyFileError):
            ProvingKey.open(saved)
    for tail in (b"\0", b"\0" * 64, data):
        saved.write_bytes(data + tail)
        with pytest.raises(TruncatedKeyFileError):
            ProvingKey.open(saved)


def table(data: bytes) -> list[tuple[int, int, int]]:
    """(number, offset, size) of each section."""
    entries = []
    for index in range(SECTIONS):
        start = HEAD_BYTES + index * ENTRY_BYTES
        number, _, offset, size = struct.unpack_from("<IIQQ", data, start)
        entries.append((number, offset, size))
    return entries


def test_a_flipped_bit_in_any_section_is_found(saved: Path) -> None:
    data = saved.read_bytes()
    for number, offset, size in table(data):
        for place in {offset, offset + size // 2, offset + size - 1} if size else ():
            flipped = bytearray(data)
            flipped[place] ^= 4
            saved.write_bytes(flipped)
            with pytest.raises(CorruptKeyFileError, match=f"section {number} "):
                ProvingKey.open(saved)


def test_a_flipped_bit_in_header_or_padding_is_found(saved: Path) -> None:
    data = saved.read_bytes()
    sections = table(data)
    gaps = [
        offset - 1
        for (_, before, size), (_, offset, _) in pairwise(sections)
        if before + size < offset
    ]
    header = range(len(keyfile.MAGIC), HEAD_BYTES + SECTIONS * ENTRY_BYTES + 32, 7)
    assert gaps
    for place in [*header, *gaps]:
        for bit in (1, 128):
            flipped = bytearray(data)
            flipped[place] ^= bit
            saved.write_bytes(flipped)
            with pytest.raises(KeyFileError):
                ProvingKey.open(saved)


def test_a_huge_claimed_size_allocates_nothing(saved: Path) -> None:
    """Digest repaired: a count is compared with the file's length before it is used."""
    data = bytearray(saved.read_bytes())
    last = HEAD_BYTES + (SECTIONS - 1) * ENTRY_BYTES
    struct.pack_into("<Q", data, last + 16, 1 << 60)
    end = HEAD_BYTES + SECTIONS * ENTRY_BYTES
    data[end : end + 32] = blake2b(data[:end], digest_size=32).digest()
    saved.write_bytes(data)
    with pytest.raises(TruncatedKeyFileError, match="section 20"):
        ProvingKey.open(saved)
    struct.pack_into("<I", data, 16, (1 << 32) - 1)
    saved.write_bytes(data)
    with pytest.raises(TruncatedKeyFileError, match="section table"):
        ProvingKey.open(saved)


FORGED: dict[str, tuple[Section | int, bytes]] = {
    "statement": (Section.STATEMENT, b"\0" * 9),
    "statement name": (Section.STATEMENT, struct.pack("<QIII", 1, 1, 1, 0) + b"\xff"),
    "key words": (Section.VERIFYING_KEY, bytes(32 * 23)),
    "key word range": (Section.VERIFYING_KEY, b"\xff" * 32 * 24),
    "blinding points": (Section.BLINDING_POINTS, bytes(64 * 2)),
    "a_query": (Section.A_QUERY, bytes(64)),
    "b_g2_query": (Section.B_G2_QUERY, bytes(64)),
    "committed_query": (Section.COMMITTED_QUERY, bytes(63)),
    "committed count": (Section.COMMITTED_QUERY, bytes(64)),
    "h_query": (Section.H_QUERY, bytes(64 * 8)),
    "coefficient range": (Section.COEFFICIENTS, b"\xff" * 32),
    "coefficient size": (Section.COEFFICIENTS, bytes(40)),
    "no coefficients": (Section.COEFFICIENTS, b""),
    "row starts": (Section.MATRIX_A, bytes(4)),
    "no row starts": (Section.MATRIX_A, b""),
    "entry size": (Section.MATRIX_B + 1, bytes(3)),
    "wires": (Section.MATRIX_C + 1, b"\xff" * 4),
}


@pytest.mark.parametrize("name", FORGED)
def test_sections_that_make_no_key_are_refused(key: ProvingKey, saved: Path, name: str) -> None:
    """The forger has repaired every digest."""
    number, content = FORGED[name]
    sections = dict(keyfile.open_mapped(saved).sections)
    sections[number] = memoryview(content)
    keyfile.write(saved, sections, unsafe_dev=True)
    with pytest.raises(CorruptKeyFileError, match="sections do not make a key"):
        ProvingKey.open(saved)
    del sections[number]
    keyfile.write(saved, sections, unsafe_dev=True)
    with pytest.raises(CorruptKeyFileError, match="expected sections"):
        ProvingKey.open(saved)


def test_the_unsafe_mark_is_kept(saved: Path) -> None:
    assert ProvingKey.open(saved).verifying_key.unsafe_dev
    keyfile.write(saved, keyfile.open_mapped(saved).sections, unsafe_dev=False)
    assert not ProvingKey.open(saved).verifying_key.unsafe_dev


def test_a_verifying_key_survives_its_file(key: ProvingKey, tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    key.verifying_key.save(path)
    opened = VerifyingKey.open(path)
    assert opened == key.verifying_key
    assert opened.key_id == key.verifying_key.key_id


def _changed(document: dict[str, Any], path: str, value: object) -> str:
    *parents, last = path.split(".")
    target = document
    for parent in parents:
        target = target[parent]
    target[last] = value
    return json.dumps(document)


ALTERED: list[tuple[str, object]] = [
    ("format", "zkey"),
    ("version", 2),
    ("key_id", "00" * 32),
    ("unsafe_dev", 1),
    ("statement.name", "other"),
    ("statement.name", 5),
    ("statement.name", "\ud800"),
    ("statement.version", 2),
    ("statement.version", "1"),
    ("statement.word_count", 0),
    ("statement.parameters", "zz"),
    ("statement", None),
    ("r1cs_digest", "00" * 31),
    ("r1cs_digest", "00" * 32),
    ("key_words", []),
    ("key_words", ["ff" * 32] * 24),
    ("key_words", "00"),
]


@pytest.mark.parametrize(("path", "value"), ALTERED)
def test_an_altered_verifying_key_is_refused(key: ProvingKey, path: str, value: object) -> None:
    document = json.loads(key.verifying_key.to_json())
    with pytest.raises(CorruptKeyFileError):
        VerifyingKey.decode_json(_changed(document, path, value))


@pytest.mark.parametrize("text", ["", "[]", "null", "{", "[" * 100_000, b"\xff"])
def test_json_that_is_no_key_is_refused(text: str | bytes) -> None:
    with pytest.raises(CorruptKeyFileError):
        VerifyingKey.decode_json(text)
