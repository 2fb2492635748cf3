"""Truncated, altered and foreign files: a typed error, soon, and little memory."""

from __future__ import annotations

import random
import struct
import tracemalloc
from collections.abc import Callable

import pytest

from circuits.field import BN254_FR
from prover import Engine, ProverError
from prover.errors import (
    CorruptInteropFileError,
    InteropFileError,
    NotAnInteropFileError,
    TruncatedInteropFileError,
    UnsupportedInteropFileError,
)
from prover.interop import (
    PlainProver,
    check_key,
    decode_r1cs,
    decode_wtns,
    decode_zkey,
    read_wtns,
)
from tests.prover.interop.conftest import Circuit
from tests.prover.interop.corruption import ENTRY, altered, join, mutations, split

BINARY: dict[str, Callable[[bytes], object]] = {
    "r1cs": decode_r1cs,
    "wtns": decode_wtns,
    "zkey": decode_zkey,
}


@pytest.fixture(params=BINARY)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def content(kind: str, toy: Circuit) -> bytes:
    return (toy.folder / f"circuit.{kind}").read_bytes()


def test_every_truncation_is_refused(kind: str, content: bytes) -> None:
    lengths = list(range(min(len(content), 400)))
    lengths += random.Random(1).sample(range(len(content)), 200)
    for length in lengths:
        with pytest.raises((TruncatedInteropFileError, NotAnInteropFileError)):
            BINARY[kind](content[:length])


def test_bytes_after_the_end_are_refused(kind: str, content: bytes) -> None:
    for tail in (b"\0", content, ENTRY.pack(99, 0)):
        with pytest.raises(TruncatedInteropFileError, match="after the last section"):
            BINARY[kind](content + tail)


def test_foreign_files_are_refused(kind: str, content: bytes, toy: Circuit) -> None:
    others = [(toy.folder / f"circuit.{name}").read_bytes() for name in BINARY if name != kind]
    for data in (b"", b"pm-key\r\n" + bytes(200), random.Random(2).randbytes(4096), *others):
        with pytest.raises(NotAnInteropFileError):
            BINARY[kind](data)


def test_another_version_is_refused(kind: str, content: bytes) -> None:
    for version in (0, 3, 1 << 31):
        with pytest.raises(UnsupportedInteropFileError, match="version"):
            BINARY[kind](content[:4] + struct.pack("<I", version) + content[8:])


def test_sections_may_stand_in_any_order(kind: str, content: bytes) -> None:
    sections = split(content)
    assert join(content, sections) == content
    BINARY[kind](join(content, sections[::-1]))


def test_missing_and_double_sections_are_refused(kind: str, content: bytes) -> None:
    sections = split(content)
    for index, (number, section) in enumerate(sections):
        with pytest.raises(CorruptInteropFileError, match="twice"):
            BINARY[kind](join(content, [*sections, (number, section)]))
        without = join(content, sections[:index] + sections[index + 1 :])
        if (kind, number) == ("zkey", 10):
            BINARY[kind](without)
            continue
        with pytest.raises(CorruptInteropFileError, match="missing"):
            BINARY[kind](without)


def test_unknown_sections(kind: str, content: bytes) -> None:
    data = join(content, [*split(content), (99, b"x")])
    if kind == "r1cs":  # the format asks for it
        BINARY[kind](data)
        return
    with pytest.raises(CorruptInteropFileError, match="unknown"):
        BINARY[kind](data)


def test_every_section_has_its_very_length(kind: str, content: bytes) -> None:
    sections = split(content)
    for index, (number, section) in enumerate(sections):
        for other in (b"", section[:-1], section[:-4], section + b"\0", section + bytes(36)):
            if kind == "zkey" and number == 10 and other == b"":
                continue
            data = join(content, [*sections[:index], (number, other), *sections[index + 1 :]])
            with pytest.raises(CorruptInteropFileError):
                BINARY[kind](data)


FIELD_OFFSETS = [("r1cs", 1, 0), ("wtns", 1, 0), ("zkey", 2, 0), ("zkey", 2, 36)]


@pytest.mark.parametrize(("name", "section", "offset"), FIELD_OFFSETS)
def test_another_field_is_refused(name: str, section: int, offset: int, toy: Circuit) -> None:
    content = (toy.folder / f"circuit.{name}").read_bytes()
    other = (BN254_FR.modulus + 2).to_bytes(32, "little")
    for at, value in ((offset + 4, other), (offset, struct.pack("<I", 48))):
        with pytest.raises(UnsupportedInteropFileError, match="field"):
            BINARY[name](altered(content, section, at, value))


HUGE = struct.pack("<I", 0xFFFFFFFF)
COUNTS = [
    *[("r1cs", 1, 36 + 4 * i) for i in (0, 1, 2, 3, 6)],
    ("r1cs", 2, 0),
    ("wtns", 1, 36),
    *[("zkey", 2, 72 + 4 * i) for i in range(3)],
    ("zkey", 4, 0),
    ("zkey", 10, 64),
]


@pytest.mark.parametrize(("name", "section", "offset"), COUNTS)
def test_no_count_sizes_an_allocation(name: str, section: int, offset: int, toy: Circuit) -> None:
    content = (toy.folder / f"circuit.{name}").read_bytes()
    for value in (HUGE, struct.pack("<I", 1 << 24), struct.pack("<I", 1 << 31)):
        data = altered(content, section, offset, value)
        tracemalloc.start()
        try:
            with pytest.raises(InteropFileError):
                BINARY[name](data)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < 1 << 20


VALUES = [
    ("r1cs", 1, 56, "no label exists", bytes(8)),
    ("r1cs", 2, 4, "no such wire", HUGE),
    ("r1cs", 2, 8, "not below the modulus", b"\xff" * 32),
    ("r1cs", 3, 0, "label of the one", b"\x01"),
    ("wtns", 2, 0, "the one", b"\x02"),
    ("wtns", 2, 32, "not below the modulus", b"\xff" * 32),
    ("zkey", 1, 0, "protocol", b"\x02"),
    ("zkey", 2, 80, "no power of two", b"\x1f"),
    ("zkey", 2, 84, "not below the modulus", b"\xff" * 32),
    ("zkey", 3, 0, "not below the modulus", b"\xff" * 32),
    ("zkey", 4, 4, "no such matrix", b"\x02"),
    ("zkey", 4, 8, "no such row", b"\xff"),
    ("zkey", 4, 12, "no such wire", b"\xff"),
    ("zkey", 4, 16, "not below the modulus", b"\xff" * 32),
    *[("zkey", number, 32, "not below the modulus", b"\xff" * 32) for number in range(5, 10)],
]


@pytest.mark.parametrize(("name", "section", "offset", "why", "value"), VALUES)
def test_bad_values_are_refused(
    name: str, section: int, offset: int, why: str, value: bytes, toy: Circuit
) -> None:
    content = (toy.folder / f"circuit.{name}").read_bytes()
    data = altered(content, section, offset, value)
    assert data != content, why
    with pytest.raises(InteropFileError):
        BINARY[name](data)


def test_a_wire_named_twice_is_refused(toy: Circuit) -> None:
    term = struct.pack("<I", 1) + (1).to_bytes(32, "little")
    side = struct.pack("<I", 2) + term + term
    content = (toy.folder / "circuit.r1cs").read_bytes()
    data = altered(content, 1, 60, struct.pack("<I", 1))
    sections = [(n, side + bytes(8) if n == 2 else s) for n, s in split(data)]
    with pytest.raises(CorruptInteropFileError, match="twice"):
        decode_r1cs(join(content, sections))


@pytest.mark.parametrize("number", [4, 5])
def test_custom_gates_are_refused(number: int, toy: Circuit) -> None:
    content = (toy.folder / "circuit.r1cs").read_bytes()
    with pytest.raises(UnsupportedInteropFileError, match="custom gates"):
        decode_r1cs(join(content, [*split(content), (number, bytes(4))]))


@pytest.mark.parametrize("number", [3, 5, 6, 7, 8, 9])
def test_points_off_the_curve_are_found(number: int, toy: Circuit, native_engine: Engine) -> None:
    content = (toy.folder / "circuit.zkey").read_bytes()
    key = decode_zkey(altered(content, number, 0, b"\x01" + bytes(62) + b"\x01"))
    with pytest.raises(CorruptInteropFileError, match="not on the curve"):
        check_key(key, native_engine)


def test_a_key_with_bad_points_proves_nothing(toy: Circuit, native_engine: Engine) -> None:
    content = (toy.folder / "circuit.zkey").read_bytes()
    key = decode_zkey(altered(content, 9, 0, b"\x01" + bytes(62) + b"\x01"))
    with pytest.raises(CorruptInteropFileError, match="bad points"):
        PlainProver.load(key, toy.system, native_engine).prove(toy.assignment)


@pytest.mark.parametrize("offset", [84, 148, 212, 340, 468, 532])
def test_header_points_are_finite(offset: int, toy: Circuit, native_engine: Engine) -> None:
    content = (toy.folder / "circuit.zkey").read_bytes()
    size = 128 if offset in (212, 340, 532) else 64
    key = decode_zkey(altered(content, 2, offset, bytes(size)))
    with pytest.raises(CorruptInteropFileError, match="infinity"):
        check_key(key, native_engine)


def test_altered_files_are_refused_or_harmless(
    kind: str, content: bytes, toy: Circuit, native_engine: Engine
) -> None:
    """Whatever is accepted can be used: the prover answers with a proof or a typed error."""
    witness = read_wtns(toy.folder / "circuit.wtns")
    for number, data in enumerate(mutations(content, seed=3)):
        try:
            found = BINARY[kind](data)
            if kind == "zkey":
                check_key(decode_zkey(data), native_engine)
            elif kind == "r1cs" and number % 20 == 0:
                PlainProver.load(toy.key, decode_r1cs(data), native_engine).prove(witness)
        except ProverError:
            continue
        assert found is not None
