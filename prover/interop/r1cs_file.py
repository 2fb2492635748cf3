"""Constraint systems in iden3's `.r1cs` format, version 1.

    section 1   field, then u32 each: wires, public outputs, public inputs, private inputs;
                labels u64, constraints u32
    section 2   per constraint its sides A, B, C: number of terms u32, per term wire u32 and
                coefficient, 32 bytes little-endian, not in Montgomery form
    section 3   the label of every wire, u64; ours are the wires' own numbers

Sections 4 and 5 (custom gates) change what is proved and are refused; unknown ones are ignored,
as the format asks (doc/r1cs_bin_format.md of the r1csfile package).
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from circuits.field import BN254_FR, SCALAR_BYTES, pack_scalars
from circuits.r1cs import Matrices, SparseMatrix
from prover.errors import CorruptInteropFileError, UnsupportedInteropFileError
from prover.interop.container import (
    Cursor,
    Raw,
    check_elements,
    field_header,
    map_file,
    read_sections,
    require,
    write_sections,
)
from prover.interop.plain_system import PlainSystem, canonical, term_counts

_MAGIC = b"r1cs"
_VERSION = 1
_HEADER, _CONSTRAINTS, _LABELS, *_CUSTOM_GATES = range(1, 6)

#: A term and its parts, in words of 32 bits.
_COEFFICIENT_WORDS = SCALAR_BYTES // 4
_TERM_WORDS = 1 + _COEFFICIENT_WORDS

_Words = NDArray[np.uint32]
_Positions = NDArray[np.int64]


class _Header(NamedTuple):
    wire_count: int
    output_count: int
    public_input_count: int
    private_input_count: int
    label_count: int
    constraint_count: int


def write_r1cs(path: Path, system: PlainSystem) -> None:
    """Write a system, its public wires as inputs."""
    counts = (0, system.public_count, system.private_input_count)
    header = field_header(BN254_FR.modulus) + struct.pack(
        "<IIIIQI", system.wire_count, *counts, system.wire_count, system.constraint_count
    )
    labels = np.arange(system.wire_count, dtype="<u8").tobytes()
    constraints = _encode_constraints(system.matrices).tobytes()
    sections = [(_HEADER, header), (_CONSTRAINTS, constraints), (_LABELS, labels)]
    write_sections(path, _MAGIC, _VERSION, sections)


def read_r1cs(path: Path) -> PlainSystem:
    """Read a system, see `decode_r1cs`."""
    return decode_r1cs(map_file(path))


def decode_r1cs(data: Raw) -> PlainSystem:
    """A system from untrusted bytes; InteropFileError where they are none."""
    sections = read_sections(data, _MAGIC, _VERSION)
    require(sections, (_HEADER, _CONSTRAINTS, _LABELS))
    if not sections.keys().isdisjoint(_CUSTOM_GATES):
        raise UnsupportedInteropFileError("custom gates are not supported")
    header = _decode_header(sections[_HEADER])
    _check_labels(sections[_LABELS], header)
    return PlainSystem(
        wire_count=header.wire_count,
        public_count=header.output_count + header.public_input_count,
        private_input_count=header.private_input_count,
        matrices=_decode_constraints(sections[_CONSTRAINTS], header),
    )


def _decode_header(section: memoryview) -> _Header:
    cursor = Cursor(section, "header")
    cursor.field(BN254_FR.modulus)
    wires, outputs, public, private = (cursor.u32() for _ in range(4))
    header = _Header(wires, outputs, public, private, cursor.u64(), cursor.u32())
    cursor.finish()
    if 1 + sum(header[1:4]) > header.wire_count:
        raise CorruptInteropFileError(f"more inputs and outputs than {header.wire_count} wires")
    return header


def _check_labels(section: memoryview, header: _Header) -> None:
    if len(section) != 8 * header.wire_count:
        raise CorruptInteropFileError(f"{len(section)} bytes are not {header.wire_count} labels")
    labels = np.frombuffer(section, dtype="<u8")
    if labels[0] != 0 or np.any(labels >= header.label_count):
        raise CorruptInteropFileError("a label does not exist, or wire 0 is not label 0")


def _decode_constraints(section: memoryview, header: _Header) -> Matrices:
    if len(section) % 4:
        raise CorruptInteropFileError("the constraints are no sequence of 32-bit words")
    words = np.frombuffer(section, dtype="<u4")
    firsts, counts = _scan(words, header.constraint_count)
    entries = [_positions(firsts[side::3], counts[side::3]) for side in range(3)]
    positions = np.concatenate(entries)
    offsets = np.arange(1, _TERM_WORDS)
    limbs = np.ascontiguousarray(words[positions[:, None] + offsets])
    check_elements(limbs.view("<u8"), BN254_FR.modulus, "coefficients")
    distinct, ids = np.unique(limbs.view(f"S{SCALAR_BYTES}").ravel(), return_inverse=True)
    coefficients = tuple(int.from_bytes(value, "little") for value in distinct.tolist())
    ends = np.cumsum([len(part) for part in entries])[:-1]
    a, b, c = (
        _side(counts[side::3], words[entries[side]], part, header.wire_count)
        for side, part in enumerate(np.split(ids, ends))
    )
    return canonical(Matrices(a, b, c, coefficients), header.wire_count)


def _scan(words: _Words, constraint_count: int) -> tuple[_Positions, _Positions]:
    """Where the terms of each side start, and how many there are."""
    total = len(words)
    if 3 * constraint_count > total:
        raise CorruptInteropFileError(f"{total} words are no {constraint_count} constraints")
    firsts = np.zeros(3 * constraint_count, dtype=np.int64)
    counts = np.zeros(3 * constraint_count, dtype=np.int64)
    position = 0
    for index in range(3 * constraint_count):
        left = total - position - 1
        count = int(words[position]) if left >= 0 else 0
        if left < count * _TERM_WORDS:
            raise CorruptInteropFileError(f"the constraints end inside number {index // 3}")
        firsts[index], counts[index] = position + 1, count
        position += 1 + count * _TERM_WORDS
    if position != total:
        raise CorruptInteropFileError(f"{total - position} words after the last constraint")
    return firsts, counts


def _side(
    counts: _Positions, wires: _Words, ids: NDArray[np.intp], wire_count: int
) -> SparseMatrix:
    if np.any(wires >= wire_count):
        raise CorruptInteropFileError("a term names a wire that does not exist")
    keys = np.repeat(np.arange(len(counts)), counts) * wire_count + wires
    if len(np.unique(keys)) != len(keys):
        raise CorruptInteropFileError("a side names a wire twice")
    starts = np.concatenate([[0], np.cumsum(counts)])
    return SparseMatrix(starts.astype(np.uint32), wires.astype(np.uint32), ids.astype(np.uint32))


def _encode_constraints(matrices: Matrices) -> _Words:
    sides = matrices.sides
    limbs = pack_scalars(matrices.coefficients).astype("<u8").view("<u4")
    counts = [term_counts(side) for side in sides]
    sizes = [1 + _TERM_WORDS * count for count in counts]
    row_sizes = np.sum(sizes, axis=0)
    start = np.cumsum(row_sizes) - row_sizes
    words = np.zeros(int(np.sum(row_sizes)), dtype="<u4")
    for side, count, size in zip(sides, counts, sizes, strict=True):
        words[start] = count
        positions = _positions(start + 1, count)
        words[positions] = side.wires
        words[positions[:, None] + np.arange(1, _TERM_WORDS)] = limbs[side.coefficient_ids]
        start = start + size
    return words


def _positions(firsts: _Positions, counts: _Positions) -> _Positions:
    """Where every term starts, for sides whose first terms start at `firsts`."""
    before = np.cumsum(counts) - counts
    index = np.arange(int(counts.sum()), dtype=np.int64)
    return np.repeat(firsts - _TERM_WORDS * before, counts) + _TERM_WORDS * index
