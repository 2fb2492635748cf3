"""snarkjs's JSON files: proof, public wires and verifying key of plain Groth16 on BN254.

Numbers are decimal strings; a point is projective with a last coordinate of one; an element of
Fp2 is [real, imaginary]. From a verifying key the pairing of alpha and beta is neither read nor
written: no verifier needs it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from circuits.field import BN254_FR
from prover.curve import G1Point, G2Point, check_coordinates
from prover.errors import (
    CorruptInteropFileError,
    MalformedPointError,
    UnsupportedInteropFileError,
)
from prover.interop.plain_key import PlainProof, PlainVerifyingKey
from prover.recursion import check_nesting

_PROTOCOL = "groth16"
_CURVE = "bn128"
_MAX_SIZE = 1 << 20
_MAX_DIGITS = 78

_Point = TypeVar("_Point", G1Point, G2Point)


def write_proof(path: Path, proof: PlainProof) -> None:
    """Write `proof.json`."""
    document = {
        "pi_a": _g1(proof.a_g1),
        "pi_b": _g2(proof.b_g2),
        "pi_c": _g1(proof.c_g1),
        "protocol": _PROTOCOL,
        "curve": _CURVE,
    }
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def write_public(path: Path, public: Sequence[int]) -> None:
    """Write `public.json`: the public wires without the constant one."""
    path.write_text(json.dumps([str(value) for value in public], indent=1) + "\n")


def write_verifying_key(path: Path, key: PlainVerifyingKey) -> None:
    """Write `verification_key.json`."""
    document = {
        "protocol": _PROTOCOL,
        "curve": _CURVE,
        "nPublic": key.public_count,
        "vk_alpha_1": _g1(key.alpha_g1),
        "vk_beta_2": _g2(key.beta_g2),
        "vk_gamma_2": _g2(key.gamma_g2),
        "vk_delta_2": _g2(key.delta_g2),
        "IC": [_g1(point) for point in key.ic_g1],
    }
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def decode_proof(text: bytes) -> PlainProof:
    """A proof from untrusted JSON; InteropFileError. Curve and group are the verifier's checks."""
    document = _document(text, dict)
    return PlainProof(
        a_g1=_decode_g1(document.get("pi_a")),
        b_g2=_decode_g2(document.get("pi_b")),
        c_g1=_decode_g1(document.get("pi_c")),
    )


def decode_public(text: bytes) -> tuple[int, ...]:
    """Public wires from untrusted JSON; InteropFileError."""
    values = tuple(_number(value) for value in _load(text, list))
    if any(value >= BN254_FR.modulus for value in values):
        raise CorruptInteropFileError("a public wire is not below the modulus")
    return values


def decode_verifying_key(text: bytes) -> PlainVerifyingKey:
    """A key from untrusted JSON; InteropFileError. Its points are `check_verifying_key`'s."""
    document = _document(text, dict)
    ic = document.get("IC")
    if not isinstance(ic, list) or document.get("nPublic") != len(ic) - 1:
        raise CorruptInteropFileError("nPublic and IC do not fit each other")
    return PlainVerifyingKey(
        alpha_g1=_decode_g1(document.get("vk_alpha_1")),
        beta_g2=_decode_g2(document.get("vk_beta_2")),
        gamma_g2=_decode_g2(document.get("vk_gamma_2")),
        delta_g2=_decode_g2(document.get("vk_delta_2")),
        ic_g1=tuple(_decode_g1(point) for point in ic),
    )


def _load(text: bytes, kind: type) -> Any:
    if len(text) > _MAX_SIZE:
        raise UnsupportedInteropFileError(f"{len(text)} bytes of JSON are too many")
    try:
        check_nesting(text)
        document = json.loads(text)
    except ValueError as error:
        raise CorruptInteropFileError(f"no JSON: {error}") from error
    if not isinstance(document, kind):
        raise CorruptInteropFileError(f"the JSON is no {kind.__name__}")
    return document


def _document(text: bytes, kind: type) -> Any:
    document = _load(text, kind)
    if (document.get("protocol"), document.get("curve")) != (_PROTOCOL, _CURVE):
        raise UnsupportedInteropFileError(f"not {_PROTOCOL} on {_CURVE}")
    return document


def _g1(point: G1Point) -> list[str]:
    return [str(point.x), str(point.y), "1"]


def _g2(point: G2Point) -> list[list[str]]:
    x = [str(point.x_real), str(point.x_imaginary)]
    return [x, [str(point.y_real), str(point.y_imaginary)], ["1", "0"]]


def _decode_g1(value: object) -> G1Point:
    x, y, z = (_number(part) for part in _parts(value, 3))
    if z != 1:
        raise CorruptInteropFileError("a point is not affine")
    return _checked(G1Point(x, y))


def _decode_g2(value: object) -> G2Point:
    parts = [[_number(number) for number in _parts(part, 2)] for part in _parts(value, 3)]
    (x_real, x_imaginary), (y_real, y_imaginary), z = parts
    if z != [1, 0]:
        raise CorruptInteropFileError("a point is not affine")
    return _checked(G2Point(x_imaginary, x_real, y_imaginary, y_real))


def _checked(point: _Point) -> _Point:
    try:
        check_coordinates(point.coordinates)
    except MalformedPointError as error:
        raise CorruptInteropFileError(str(error)) from error
    return point


def _parts(value: object, count: int) -> list[Any]:
    if not isinstance(value, list) or len(value) != count:
        raise CorruptInteropFileError(f"expected a list of {count}")
    return value


def _number(text: object) -> int:
    """A number as a decimal string, in its shortest form."""
    if not isinstance(text, str) or not (text.isascii() and text.isdigit()):
        raise CorruptInteropFileError("expected a number as a decimal string")
    if len(text) > _MAX_DIGITS or (text[0] == "0" and text != "0"):
        raise CorruptInteropFileError("a number too long, or with a leading zero")
    return int(text)
