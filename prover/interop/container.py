"""The container that iden3's binary files share, and a cursor for what stands in it.

    magic            4 bytes   "r1cs", "wtns" or "zkey"
    version          u32
    section count    u32
    sections         in any order: id u32, size u64, content

All numbers little-endian. Nothing here is sized by a number from the file before that number has
been compared with the bytes that are there. A file carries no digest: a sound one with other
numbers in it is another file, and only its proofs will tell.
"""

from __future__ import annotations

import mmap
import os
import struct
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from circuits.field import SCALAR_BYTES, FieldArray
from prover.errors import (
    CorruptInteropFileError,
    NotAnInteropFileError,
    TruncatedInteropFileError,
    UnsupportedInteropFileError,
)

#: Read-only bytes: a bytes object or a view of a memory-mapped file.
Raw = bytes | memoryview

_HEAD = struct.Struct("<4sII")
_ENTRY = struct.Struct("<IQ")
_U32 = struct.Struct("<I")
_U64 = struct.Struct("<Q")
_LIMB_MASK = (1 << 64) - 1


class Cursor:
    """Reads a section from its start; CorruptInteropFileError where it ends too soon or late."""

    def __init__(self, section: memoryview, name: str) -> None:
        self._section = section
        self._name = name
        self._position = 0

    @property
    def remaining(self) -> int:
        """Bytes not yet read."""
        return len(self._section) - self._position

    def take(self, size: int) -> memoryview:
        """The next bytes, in place."""
        if size > self.remaining:
            raise CorruptInteropFileError(
                f"{self._name}: expected {size} more bytes, there are {self.remaining}"
            )
        start, self._position = self._position, self._position + size
        return self._section[start : self._position]

    def u32(self) -> int:
        """The next number of 32 bits."""
        return int(_U32.unpack(self.take(_U32.size))[0])

    def u64(self) -> int:
        """The next number of 64 bits."""
        return int(_U64.unpack(self.take(_U64.size))[0])

    def field(self, modulus: int) -> None:
        """The size and modulus of a field, which must be the wanted one."""
        if self.u32() != SCALAR_BYTES:
            raise UnsupportedInteropFileError(f"{self._name}: a field element is not 32 bytes")
        if int.from_bytes(self.take(SCALAR_BYTES), "little") != modulus:
            raise UnsupportedInteropFileError(f"{self._name}: another field than BN254's")

    def finish(self) -> None:
        """Refuse what has not been read."""
        if self.remaining:
            raise CorruptInteropFileError(f"{self._name}: {self.remaining} bytes too many")


def map_file(path: Path) -> Raw:
    """The bytes of a file, mapped: nobody may change it in place meanwhile."""
    with path.open("rb") as stream:
        if os.fstat(stream.fileno()).st_size == 0:
            return b""
        return memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))


def read_sections(data: Raw, magic: bytes, version: int) -> dict[int, memoryview]:
    """The sections by id, in place; no id occurs twice and every byte belongs to one."""
    view = memoryview(data)
    if bytes(view[: len(magic)]) != magic:
        raise NotAnInteropFileError(f"the file does not start with {magic.decode()!r}")
    if len(view) < _HEAD.size:
        raise TruncatedInteropFileError("the file ends inside its header")
    _, found, count = _HEAD.unpack_from(view)
    if found != version:
        raise UnsupportedInteropFileError(f"version {found}, expected {version}")
    sections: dict[int, memoryview] = {}
    position = _HEAD.size
    for _ in range(min(count, len(view) // _ENTRY.size + 1)):
        if position + _ENTRY.size > len(view):
            raise TruncatedInteropFileError(f"the file ends before section {len(sections) + 1}")
        number, size = _ENTRY.unpack_from(view, position)
        position += _ENTRY.size
        if size > len(view) - position:
            raise TruncatedInteropFileError(f"the file ends inside section {number}")
        if number in sections:
            raise CorruptInteropFileError(f"section {number} occurs twice")
        sections[number] = view[position : position + size]
        position += size
    if position != len(view):
        raise TruncatedInteropFileError(f"{len(view) - position} bytes after the last section")
    return sections


def require(sections: dict[int, memoryview], numbers: Iterable[int]) -> None:
    """Refuse a file that lacks one of these sections."""
    missing = sorted(set(numbers) - set(sections))
    if missing:
        raise CorruptInteropFileError(f"sections {missing} are missing")


def write_sections(
    path: Path, magic: bytes, version: int, sections: Sequence[tuple[int, Raw]]
) -> None:
    """Write a container under another name and rename it: a mapped file never changes."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".partial")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(_HEAD.pack(magic, version, len(sections)))
            for number, content in sections:
                stream.write(_ENTRY.pack(number, memoryview(content).nbytes))
                stream.write(content)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def field_header(modulus: int) -> bytes:
    """What `Cursor.field` reads."""
    return _U32.pack(SCALAR_BYTES) + modulus.to_bytes(SCALAR_BYTES, "little")


def decode_elements(data: memoryview, modulus: int, name: str) -> FieldArray:
    """Field elements of 32 bytes as limbs, in place; each must be below the modulus."""
    limbs = np.frombuffer(data, dtype="<u8").reshape(-1, 4)
    check_elements(limbs, modulus, name)
    return limbs


def check_elements(limbs: FieldArray, modulus: int, name: str) -> None:
    """Refuse limbs of which some element is not below the modulus."""
    below = np.zeros(len(limbs), dtype=bool)
    equal = np.ones(len(limbs), dtype=bool)
    for index in reversed(range(4)):
        bound = np.uint64((modulus >> 64 * index) & _LIMB_MASK)
        below |= equal & (limbs[:, index] < bound)
        equal &= limbs[:, index] == bound
    if not below.all():
        where = int(np.argmin(below))
        raise CorruptInteropFileError(f"{name}: element {where} is not below the modulus")
