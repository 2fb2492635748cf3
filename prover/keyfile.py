"""The container of key files: numbered sections, each with its digest, opened by memory map.

    magic            8 bytes   "pm-key\\r\\n"
    version          u32       1
    flags            u32       bit 0: unsafe-dev; the others are zero
    section count    u32
    reserved         u32       0
    section table    per section: id u32, reserved u32, offset u64, size u64, BLAKE2b-256 of it
    header digest    BLAKE2b-256 of everything before: the *file digest*, which names the content
    sections         in ascending order of id, each starting at the next multiple of 64, gaps zero

All numbers little-endian. Every section is hashed whenever a file is opened, sections beside each
other (about a second per gigabyte and core); nothing is sized by a number from the file before
that number has been compared with the file's length. The point vectors need no parsing: engines
work on the mapped bytes. That every point is on its curve is checked once, by the linter
(`every_point=True`); the file digest then pins the result: opening with `expected_digest` accepts
that very content and no other.

Files are written under another name, synced, and renamed: a mapped file never changes.
"""

from __future__ import annotations

import mmap
import os
import struct
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from prover.errors import (
    CorruptKeyFileError,
    ForeignKeyError,
    NotAKeyFileError,
    TruncatedKeyFileError,
    UnsupportedVersionError,
)

MAGIC = b"pm-key\r\n"
VERSION = 1
FLAG_UNSAFE_DEV = 1

_HEAD = struct.Struct("<8sIIII")
_ENTRY = struct.Struct("<IIQQ32s")
_DIGEST_BYTES = 32
_ALIGNMENT = 64


@dataclass(frozen=True)
class KeyFile:
    """An opened key file: read-only views of its sections, all digests checked."""

    unsafe_dev: bool
    sections: Mapping[int, memoryview]
    file_digest: bytes


def write(path: Path, sections: Mapping[int, bytes | memoryview], *, unsafe_dev: bool) -> bytes:
    """Write a key file atomically; returns its file digest."""
    ordered = sorted(sections.items())
    digests = _digests([content for _, content in ordered])
    offset = _aligned(_header_size(len(ordered)))
    header = _HEAD.pack(MAGIC, VERSION, FLAG_UNSAFE_DEV * unsafe_dev, len(ordered), 0)
    for (number, content), digest in zip(ordered, digests, strict=True):
        header += _ENTRY.pack(number, 0, offset, len(content), digest)
        offset = _aligned(offset + len(content))
    file_digest = _digest(header)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".partial")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(header + file_digest)
            for _, content in ordered:
                stream.write(bytes(_aligned(stream.tell()) - stream.tell()))
                stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return file_digest


def open_mapped(path: Path, *, expected_digest: bytes | None = None) -> KeyFile:
    """Map a key file and check all of it; KeyFileError says what is wrong."""
    with path.open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        if size < _HEAD.size:
            _refuse_short(stream.read(_HEAD.size))
        view = memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))
    magic, version, flags, count, reserved = _HEAD.unpack_from(view)
    if magic != MAGIC:
        raise NotAKeyFileError(f"{path} does not start like a key file")
    if version != VERSION:
        raise UnsupportedVersionError(f"{path} has version {version}, expected {VERSION}")
    table_end = _header_size(count) - _DIGEST_BYTES
    if table_end + _DIGEST_BYTES > size:
        raise TruncatedKeyFileError(f"{path} ends inside its section table")
    file_digest = bytes(view[table_end : table_end + _DIGEST_BYTES])
    if _digest(view[:table_end]) != file_digest:
        raise CorruptKeyFileError(f"{path}: the header does not match its digest")
    if flags not in (0, FLAG_UNSAFE_DEV) or reserved:
        raise CorruptKeyFileError(f"{path}: flags or reserved bytes that this version lacks")
    if expected_digest not in (None, file_digest):
        raise ForeignKeyError(f"{path} has file digest {file_digest.hex()}, not the pinned one")
    return KeyFile(bool(flags), _sections(path, view, count), file_digest)


def _sections(path: Path, view: memoryview, count: int) -> dict[int, memoryview]:
    """Sections by number, in place and with their digests checked."""
    sections: dict[int, memoryview] = {}
    digests: list[bytes] = []
    end, before = _header_size(count), 0
    table = view[_HEAD.size : end - _DIGEST_BYTES]
    for number, reserved, offset, size, digest in _ENTRY.iter_unpack(table):
        start = _aligned(end)
        if offset != start or number <= before or reserved:
            raise CorruptKeyFileError(f"{path}: section {number} is out of place")
        if start + size > len(view):
            raise TruncatedKeyFileError(f"{path} ends inside section {number}")
        if any(view[end:start]):
            raise CorruptKeyFileError(f"{path}: section {number} follows bytes that are not zero")
        end, before = start + size, number
        sections[number] = view[start:end]
        digests.append(digest)
    if end != len(view):
        raise TruncatedKeyFileError(f"{path} has {len(view) - end} bytes after its last section")
    found = _digests(list(sections.values()))
    for number, digest, expected in zip(sections, found, digests, strict=True):
        if digest != expected:
            raise CorruptKeyFileError(f"{path}: section {number} does not match its digest")
    return sections


def _refuse_short(head: bytes) -> None:
    if MAGIC.startswith(head[: len(MAGIC)]):
        raise TruncatedKeyFileError("the file ends inside its header")
    raise NotAKeyFileError("the file does not start like a key file")


def _header_size(count: int) -> int:
    return _HEAD.size + count * _ENTRY.size + _DIGEST_BYTES


def _aligned(offset: int) -> int:
    return -(-offset // _ALIGNMENT) * _ALIGNMENT


def _digests(contents: Sequence[bytes | memoryview]) -> list[bytes]:
    """Of every content, on all cores (hashing releases the interpreter), the largest first."""
    order = sorted(range(len(contents)), key=lambda index: -len(contents[index]))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = dict(zip(order, pool.map(_digest, [contents[i] for i in order]), strict=True))
    return [found[index] for index in range(len(contents))]


def _digest(content: bytes | memoryview) -> bytes:
    return blake2b(content, digest_size=_DIGEST_BYTES).digest()
