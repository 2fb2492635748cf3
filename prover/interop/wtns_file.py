"""Witnesses in iden3's `.wtns` format, version 2.

section 1   field, number of wires u32
section 2   the wires, 32 bytes little-endian each, not in Montgomery form
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from circuits.field import BN254_FR, SCALAR_BYTES, FieldArray
from prover.errors import CorruptInteropFileError
from prover.interop.container import (
    Cursor,
    Raw,
    decode_elements,
    field_header,
    map_file,
    read_sections,
    require,
    write_sections,
)

_MAGIC = b"wtns"
_VERSION = 2
_HEADER, _WIRES = 1, 2


def write_wtns(path: Path, assignment: FieldArray) -> None:
    """Write all wires, the constant one first."""
    header = field_header(BN254_FR.modulus) + struct.pack("<I", len(assignment))
    wires = assignment.astype("<u8").tobytes()
    write_sections(path, _MAGIC, _VERSION, [(_HEADER, header), (_WIRES, wires)])


def read_wtns(path: Path) -> FieldArray:
    """Read a witness, see `decode_wtns`."""
    return decode_wtns(map_file(path))


def decode_wtns(data: Raw) -> FieldArray:
    """All wires from untrusted bytes; InteropFileError where they are no witness."""
    sections = read_sections(data, _MAGIC, _VERSION)
    require(sections, (_HEADER, _WIRES))
    if len(sections) != 2:
        raise CorruptInteropFileError(f"unknown sections among {sorted(sections)}")
    header = Cursor(sections[_HEADER], "witness header")
    header.field(BN254_FR.modulus)
    count = header.u32()
    header.finish()
    if len(sections[_WIRES]) != count * SCALAR_BYTES:
        raise CorruptInteropFileError(f"{len(sections[_WIRES])} bytes do not hold {count} wires")
    wires = decode_elements(sections[_WIRES], BN254_FR.modulus, "witness")
    if count == 0 or wires[0].tolist() != [1, 0, 0, 0]:
        raise CorruptInteropFileError("wire 0 is not the constant one")
    return np.array(wires, dtype=np.uint64)
