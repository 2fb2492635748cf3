"""Altered and foreign JSON: a typed error, never another exception."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from circuits.field import BN254_FR
from prover import Engine, ProverError
from prover.errors import (
    CorruptInteropFileError,
    InteropFileError,
    UnsupportedInteropFileError,
)
from prover.interop import (
    PlainProver,
    check_verifying_key,
    decode_proof,
    decode_public,
    decode_verifying_key,
    plain_verify,
    write_proof,
    write_public,
    write_verifying_key,
)
from tests.prover.interop.conftest import Circuit
from tests.prover.interop.corruption import mutations

TEXT: dict[str, Callable[[bytes], object]] = {
    "proof": decode_proof,
    "public": decode_public,
    "key": decode_verifying_key,
}


@pytest.fixture(params=TEXT)
def text(request: pytest.FixtureRequest, toy: Circuit, tmp_path: Path) -> tuple[str, bytes]:
    vk = toy.key.verifying_key
    if request.param == "proof":
        write_proof(tmp_path / "file", PlainProver.load(toy.key, toy.system).prove(toy.assignment))
    elif request.param == "public":
        write_public(tmp_path / "file", toy.public)
    else:
        write_verifying_key(tmp_path / "file", vk)
    return str(request.param), (tmp_path / "file").read_bytes()


def test_altered_json_is_refused_or_harmless(
    text: tuple[str, bytes], toy: Circuit, native_engine: Engine
) -> None:
    name, content = text
    TEXT[name](content)
    for data in mutations(content, seed=4):
        try:
            TEXT[name](data)
            if name == "key":
                check_verifying_key(decode_verifying_key(data), native_engine)
        except InteropFileError:
            continue


BAD_JSON = [
    b"",
    b"[",
    b"{}",
    b"null",
    b"[[]]",
    b"[1]",
    b'["-1"]',
    b'["01"]',
    b'["1e3"]',
    b'["\xff"]',
    '["²"]'.encode(),
    b'["' + b"9" * 5000 + b'"]',
    b"9" * 100_000,
    b"[" * 200_000,
    b" " * (1 << 21),
    b'["' + str(BN254_FR.modulus).encode() + b'"]',
]


@pytest.mark.parametrize("data", BAD_JSON, ids=lambda data: str(data[:12]))
@pytest.mark.parametrize("name", TEXT)
def test_bad_json_is_refused(name: str, data: bytes) -> None:
    with pytest.raises(InteropFileError):
        TEXT[name](data)


def test_another_protocol_is_refused(toy: Circuit) -> None:
    with pytest.raises(UnsupportedInteropFileError, match="groth16"):
        decode_proof(b'{"protocol": "plonk", "curve": "bn128"}')


def test_a_proof_with_points_elsewhere_is_refused(toy: Circuit, native_engine: Engine) -> None:
    point, element = '["1", "1", "1"]', '[["1", "0"], ["1", "0"], ["1", "0"]]'
    data = f'{{"protocol": "groth16", "curve": "bn128", "pi_a": {point}, "pi_b": {element},'
    proof = decode_proof((data + f' "pi_c": {point}}}').encode())
    with pytest.raises(ProverError, match="not on the curve"):
        plain_verify(toy.key.verifying_key, toy.public, proof, native_engine)
    with pytest.raises(CorruptInteropFileError, match="affine"):
        decode_proof((data + ' "pi_c": ["0", "1", "0"]}').encode())
