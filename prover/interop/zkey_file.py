"""Proving keys in snarkjs's `.zkey` format, version 1, of plain Groth16 on BN254.

    section 1    protocol u32: 1 is Groth16
    section 2    base field, scalar field; wires u32, public wires u32, domain size u32;
                 alpha_g1, beta_g1, beta_g2, gamma_g2, delta_g1, delta_g2
    section 3    ic_g1, a point for the one and every public wire
    section 4    number u32 of coefficients of A and B, then matrix, row, wire (u32 each) and
                 value, 32 bytes, doubly in Montgomery form; consistency rows included
    sections 5 … 9   a_query, b_g1_query, b_g2_query, c_query, h_query (`PlainKey`)
    section 10   circuit hash of a ceremony, 64 bytes, its contributions; may be absent

All points raw (`prover.curve`), so the vectors need no parsing. Ours have no ceremony behind
them: section 10 is a zero hash and no contribution, which `snarkjs zkey verify` rightly refuses.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from circuits.field import BN254_FR
from prover.curve import BASE_MODULUS, G1_BYTES, G2_BYTES, G1Point, G2Point
from prover.domain import MAX_TWO_ADICITY, Domain
from prover.errors import (
    CorruptInteropFileError,
    MalformedPointError,
    UnsupportedInteropFileError,
)
from prover.interop.container import (
    Cursor,
    Raw,
    check_elements,
    decode_elements,
    field_header,
    map_file,
    read_sections,
    require,
    write_sections,
)
from prover.interop.plain_key import COEFFICIENT, PlainKey, PlainVerifyingKey

_MAGIC = b"zkey"
_VERSION = 1
_GROTH16 = 1
_PROTOCOL, _HEADER, _IC, _COEFFICIENTS, _A, _B_G1, _B_G2, _C, _H, _CEREMONY = range(1, 11)

_HASH_BYTES = 64
_CONTRIBUTION_BYTES = 3 * G1_BYTES + G2_BYTES + _HASH_BYTES

_Point = TypeVar("_Point", G1Point, G2Point)


class _Header(NamedTuple):
    wire_count: int
    public_count: int
    domain: Domain
    points: tuple[memoryview, ...]


def write_zkey(path: Path, key: PlainKey) -> None:
    """Write a proving key."""
    vk = key.verifying_key
    counts = (key.wire_count, key.public_count, key.domain.size)
    header = (
        field_header(BASE_MODULUS)
        + field_header(BN254_FR.modulus)
        + struct.pack("<III", *counts)
        + vk.alpha_g1.to_raw()
        + key.beta_g1.to_raw()
        + vk.beta_g2.to_raw()
        + vk.gamma_g2.to_raw()
        + key.delta_g1.to_raw()
        + vk.delta_g2.to_raw()
    )
    coefficients = struct.pack("<I", len(key.coefficients)) + key.coefficients.tobytes()
    sections: list[tuple[int, Raw]] = [
        (_PROTOCOL, struct.pack("<I", _GROTH16)),
        (_HEADER, header),
        (_IC, b"".join(point.to_raw() for point in vk.ic_g1)),
        (_COEFFICIENTS, coefficients),
        (_A, key.a_query),
        (_B_G1, key.b_g1_query),
        (_B_G2, key.b_g2_query),
        (_C, key.c_query),
        (_H, key.h_query),
        (_CEREMONY, bytes(_HASH_BYTES) + struct.pack("<I", 0)),
    ]
    write_sections(path, _MAGIC, _VERSION, sections)


def read_zkey(path: Path) -> PlainKey:
    """Map a proving key, see `decode_zkey`."""
    return decode_zkey(map_file(path))


def decode_zkey(data: Raw) -> PlainKey:
    """A key from untrusted bytes; InteropFileError where they are none.

    Sizes, indices and ranges are checked here, in place; that points are on their curves by
    `check_key`, to which a key from elsewhere must go first.
    """
    sections = read_sections(data, _MAGIC, _VERSION)
    require(sections, (_PROTOCOL,))
    protocol = Cursor(sections[_PROTOCOL], "protocol")
    if protocol.u32() != _GROTH16:
        raise UnsupportedInteropFileError("another protocol than Groth16")
    protocol.finish()
    require(sections, range(_PROTOCOL, _CEREMONY))
    if max(sections) > _CEREMONY or min(sections) < _PROTOCOL:
        raise CorruptInteropFileError(f"unknown sections among {sorted(sections)}")
    header = _decode_header(sections[_HEADER])
    _check_vectors(sections, header)
    if _CEREMONY in sections:
        _check_ceremony(Cursor(sections[_CEREMONY], "ceremony"))
    alpha_g1, beta_g1, beta_g2, gamma_g2, delta_g1, delta_g2 = header.points
    ic = sections[_IC]
    return PlainKey(
        verifying_key=PlainVerifyingKey(
            alpha_g1=_point(G1Point, alpha_g1),
            beta_g2=_point(G2Point, beta_g2),
            gamma_g2=_point(G2Point, gamma_g2),
            delta_g2=_point(G2Point, delta_g2),
            ic_g1=tuple(_point(G1Point, ic[i : i + G1_BYTES]) for i in range(0, len(ic), G1_BYTES)),
        ),
        beta_g1=_point(G1Point, beta_g1),
        delta_g1=_point(G1Point, delta_g1),
        wire_count=header.wire_count,
        domain=header.domain,
        coefficients=_decode_coefficients(sections[_COEFFICIENTS], header),
        a_query=sections[_A],
        b_g1_query=sections[_B_G1],
        b_g2_query=sections[_B_G2],
        c_query=sections[_C],
        h_query=sections[_H],
    )


def _decode_header(section: memoryview) -> _Header:
    cursor = Cursor(section, "header")
    cursor.field(BASE_MODULUS)
    cursor.field(BN254_FR.modulus)
    wire_count, public_count, domain_size = (cursor.u32() for _ in range(3))
    sizes = (G1_BYTES, G1_BYTES, G2_BYTES, G2_BYTES, G1_BYTES, G2_BYTES)
    points = tuple(cursor.take(size) for size in sizes)
    cursor.finish()
    if public_count + 1 > wire_count:
        raise CorruptInteropFileError(f"{public_count} public wires among {wire_count}")
    if domain_size < 2 or domain_size & (domain_size - 1):
        raise CorruptInteropFileError(f"a domain of size {domain_size}")
    if domain_size >> MAX_TWO_ADICITY > 1:
        raise UnsupportedInteropFileError(f"a domain of size {domain_size} is too large")
    return _Header(wire_count, public_count, Domain(domain_size), points)


def _point(kind: type[_Point], raw: memoryview) -> _Point:
    try:
        return kind.decode_raw(raw)
    except MalformedPointError as error:
        raise CorruptInteropFileError(f"a point of the key: {error}") from error


def _check_vectors(sections: dict[int, memoryview], header: _Header) -> None:
    """Lengths, and that every coordinate is below the base modulus."""
    wires, public = header.wire_count, header.public_count + 1
    sizes = {
        _IC: public * G1_BYTES,
        _A: wires * G1_BYTES,
        _B_G1: wires * G1_BYTES,
        _B_G2: wires * G2_BYTES,
        _C: (wires - public) * G1_BYTES,
        _H: header.domain.size * G1_BYTES,
    }
    for number, size in sizes.items():
        if len(sections[number]) != size:
            found = len(sections[number])
            raise CorruptInteropFileError(f"section {number}: {found} bytes, expected {size}")
        decode_elements(sections[number], BASE_MODULUS, f"section {number}")


def _decode_coefficients(section: memoryview, header: _Header) -> NDArray[np.void]:
    cursor = Cursor(section, "coefficients")
    content = cursor.take(cursor.u32() * COEFFICIENT.itemsize)
    cursor.finish()
    found = np.frombuffer(content, dtype=COEFFICIENT)
    if np.any(found["matrix"] > 1):
        raise CorruptInteropFileError("a coefficient is neither of A nor of B")
    if np.any(found["row"] >= header.domain.size):
        raise CorruptInteropFileError("a coefficient is outside the domain")
    if np.any(found["wire"] >= header.wire_count):
        raise CorruptInteropFileError("a coefficient names a wire that does not exist")
    check_elements(found["value"], BN254_FR.modulus, "coefficients")
    return found


def _check_ceremony(cursor: Cursor) -> None:
    """The section's structure only: who contributed is not this program's business."""
    cursor.take(_HASH_BYTES)
    count = cursor.u32()
    for _ in range(count):  # ends by itself: the cursor refuses to read on at the end
        cursor.take(_CONTRIBUTION_BYTES)
        cursor.u32()
        cursor.take(cursor.u32())
    cursor.finish()
