"""Key files: what was written is read, and nothing else is."""

from __future__ import annotations

import struct
from dataclasses import fields
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from circuits.r1cs import R1CS
from prover import (
    KeyFileError,
    ProvingKey,
    default_engine,
    keyfile,
    lint_proving_key,
    prove,
    verify,
)
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
    "no domain": (Section.H_QUERY, bytes(64 * 23)),
    "a domain of nine cosets": (Section.H_QUERY, bytes(64 * 36)),
    "no h_query": (Section.H_QUERY, b""),
    "h_query size": (Section.H_QUERY, bytes(64 * 24 - 1)),
    "more rows than points": (Section.H_QUERY, bytes(64 * 16)),
    "coefficient range": (Section.COEFFICIENTS, b"\xff" * 32),
    "coefficient size": (Section.COEFFICIENTS, bytes(40)),
    "no coefficients": (Section.COEFFICIENTS, b""),
    "row starts": (Section.MATRIX_A, bytes(4)),
    "no row starts": (Section.MATRIX_A, b""),
    "entry size": (Section.MATRIX_B + 1, bytes(3)),
    "wires": (Section.MATRIX_C + 1, b"\xff" * 4),
}


def test_coordinates_that_are_not_reduced_are_refused(saved: Path) -> None:
    """Looked at when an engine takes the points, not whenever a file is opened."""
    sections = dict(keyfile.open_mapped(saved).sections)
    sections[Section.H_QUERY] = memoryview(b"\xff" * len(sections[Section.H_QUERY]))
    keyfile.write(saved, sections, unsafe_dev=True)
    opened = ProvingKey.open(saved)
    with pytest.raises(CorruptKeyFileError, match="hold no points"):
        opened.loaded(default_engine())
    findings = lint_proving_key(opened, default_engine(), every_point=True)
    assert any("not below the modulus" in finding for finding in findings)


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


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_sections_of_any_content_give_typed_errors(saved: Path, data: st.DataObject) -> None:
    """Cut, lengthened or replaced, digests repaired: a typed error, or the linter's business."""
    original = dict(keyfile.open_mapped(saved).sections)
    number = data.draw(st.sampled_from(sorted(original)))
    before = bytes(original[number])
    length = data.draw(st.integers(0, 2 * len(before) + 70))
    tail = data.draw(st.binary(min_size=0, max_size=64))
    content = (before * 3 + bytes(70))[: max(0, length - len(tail))] + tail
    path = saved.with_suffix(".forged")
    keyfile.write(path, original | {number: content}, unsafe_dev=True)
    try:
        opened = ProvingKey.open(path)
    except CorruptKeyFileError:
        return
    findings = lint_proving_key(opened, default_engine(), every_point=True)
    assert content != before or not findings


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_bytes_of_any_shape_are_refused(saved: Path, data: st.DataObject) -> None:
    """A file overwritten, cut and extended anywhere, nothing repaired."""
    before = saved.read_bytes()
    start = data.draw(st.integers(0, len(before)) | st.integers(0, 2000))
    patch = data.draw(st.binary(max_size=80))
    end = data.draw(st.just(start + len(patch)) | st.integers(start, len(before) + 64))
    altered = before[:start] + patch + before[end:]
    path = saved.with_suffix(".altered")
    path.write_bytes(altered)
    if altered == before:
        ProvingKey.open(path)
        return
    with pytest.raises(KeyFileError):
        ProvingKey.open(path)


def test_the_unsafe_mark_is_kept(saved: Path) -> None:
    assert ProvingKey.open(saved).verifying_key.unsafe_dev
    keyfile.write(saved, keyfile.open_mapped(saved).sections, unsafe_dev=False)
    assert not ProvingKey.open(saved).verifying_key.unsafe_dev
