"""Taking a container apart, putting it together again, and spoiling it."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator

#: Sections are id u32, size u64; the file's header is 12 bytes.
HEAD, ENTRY = struct.Struct("<4sII"), struct.Struct("<IQ")
SPOILED = 1_000
Sections = list[tuple[int, bytes]]


def split(content: bytes) -> Sections:
    found, position = [], HEAD.size
    while position < len(content):
        number, size = ENTRY.unpack_from(content, position)
        position += ENTRY.size + size
        found.append((number, content[position - size : position]))
    return found


def join(content: bytes, sections: Sections) -> bytes:
    magic, version, _ = HEAD.unpack_from(content)
    parts = [HEAD.pack(magic, version, len(sections))]
    parts += [ENTRY.pack(number, len(section)) + section for number, section in sections]
    return b"".join(parts)


def altered(content: bytes, number: int, offset: int, value: bytes) -> bytes:
    """The same file with some bytes of a section replaced."""
    return join(
        content,
        [
            (n, s[:offset] + value + s[offset + len(value) :] if n == number else s)
            for n, s in split(content)
        ],
    )


def mutations(content: bytes, seed: int) -> Iterator[bytes]:
    """One to three bytes of a file replaced, or four of them by a large number."""
    generator = random.Random(seed)
    for _ in range(SPOILED):
        data = bytearray(content)
        for _ in range(generator.randint(1, 3)):
            data[generator.randrange(len(data))] = generator.randrange(256)
        yield bytes(data)
        start = generator.randrange(0, min(len(data), 1 << 10), 4)
        data = bytearray(content)
        data[start : start + 4] = generator.choice([b"\xff\xff\xff\xff", b"\0\0\0\x80", bytes(4)])
        yield bytes(data)
