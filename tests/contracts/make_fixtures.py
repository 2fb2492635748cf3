"""Write the fixtures of the forge tests: keys, points and transcript vectors.

    python tests/contracts/make_fixtures.py

No circuit and no prover take part. Every discrete logarithm of a key is chosen here, so whoever
holds the file can solve the pairing equation for C's scalar and make a valid proof of any words:
that is what the Solidity tests need. Hash, challenge and fingerprint are written down a second
time below, in a few lines each, to be compared with the contract byte for byte.
"""

import json
from pathlib import Path
from typing import Any

from eth_abi.abi import encode
from eth_hash.auto import keccak
from py_ecc import optimized_bn128 as bn128

R = bn128.curve_order
P = bn128.field_modulus
FIXTURES = Path(__file__).resolve().parents[2] / "verifier_contracts" / "test" / "fixtures"
TAG = keccak(b"proofmark.transcript.v1")
TOXIC_NAMES = ("alpha", "beta", "gamma", "delta_1", "delta_2")
ABC_NAMES = ("gamma_abc_0", "gamma_abc_1", "gamma_abc_2")


def scalar(label: str) -> int:
    """A scalar that nobody chose by hand."""
    return int.from_bytes(keccak(b"proofmark fixture " + label.encode()), "big") % R


def g1(multiple: int) -> list[int]:
    """Coordinates of multiple * G1."""
    x, y = bn128.normalize(bn128.multiply(bn128.G1, multiple % R))
    return [int(x), int(y)]


def g2_words(point: Any) -> list[int]:
    """Coordinates in the EVM's order, imaginary part first."""
    x, y = bn128.normalize(point)
    return [int(x.coeffs[1]), int(x.coeffs[0]), int(y.coeffs[1]), int(y.coeffs[0])]


def g2(multiple: int) -> list[int]:
    """Coordinates of multiple * G2."""
    return g2_words(bn128.multiply(bn128.G2, multiple % R))


def point_outside_subgroup() -> list[int]:
    """A point of the twist that is not a multiple of G2."""
    u = 1
    while True:
        x = bn128.FQ2([u, 1])
        y = _square_root(x * x * x + bn128.b2)
        if y is not None:
            point = (x, y, bn128.FQ2.one())
            if not bn128.is_inf(bn128.multiply(point, R)):
                return g2_words(point)
        u += 1


def _square_root(value: Any) -> Any:
    """Square root in F_p^2, p = 3 mod 4 (Adj and Rodriguez-Henriquez 2012, algorithm 9)."""
    a1 = value ** ((P - 3) // 4)
    alpha = a1 * a1 * value
    x0 = a1 * value
    if alpha == bn128.FQ2([P - 1, 0]):
        root = bn128.FQ2([0, 1]) * x0
    else:
        root = (bn128.FQ2.one() + alpha) ** ((P - 1) // 2) * x0
    return root if root * root == value else None


def key(name: str, **equal: str) -> dict[str, Any]:
    """A verifying key with its secrets; `equal` sets one secret equal to another."""
    secrets = {part: scalar(f"{name} {part}") for part in TOXIC_NAMES + ABC_NAMES}
    for part, other in equal.items():
        secrets[part] = secrets[other]
    words = g1(secrets["alpha"])
    for part in TOXIC_NAMES[1:]:
        words += g2(secrets[part])
    for part in ABC_NAMES:
        words += g1(secrets[part])
    statement_id = keccak(encode(["string", "uint256", "bytes32"], [name, 1, keccak(b"")]))
    r1cs_digest = keccak(b"no constraint system " + name.encode())
    encoded = encode(["bytes32", "bytes32", "uint256[24]"], [statement_id, r1cs_digest, words])
    return {
        "secrets": [secrets[part] for part in TOXIC_NAMES + ABC_NAMES],
        "delta1G1": g1(secrets["delta_1"]),
        "delta2G1": g1(secrets["delta_2"]),
        "keyWords": words,
        "statementId": statement_id,
        "r1csDigest": r1cs_digest,
        "keyId": keccak(encoded),
    }


def data_hash(words: list[int]) -> bytes:
    """keccak256(k || word_1 || ... || word_k)."""
    return keccak(b"".join(word.to_bytes(32, "big") for word in [len(words), *words]))


def challenge(key_id: bytes, d: list[int], words_hash: bytes) -> int:
    """keccak256(TAG || keyId || D.x || D.y || dataHash) mod r."""
    coordinates = b"".join(coordinate.to_bytes(32, "big") for coordinate in d)
    return int.from_bytes(keccak(TAG + key_id + coordinates + words_hash), "big") % R


def fingerprint(words: list[int], point: int) -> int:
    """k * point^k + sum of word_i * point^(k - i), term by term."""
    k = len(words)
    terms = (word * pow(point, k - i, R) for i, word in enumerate(words, start=1))
    return (k * pow(point, k, R) + sum(terms)) % R


def transcript_vector(used: dict[str, Any], count: int) -> dict[str, Any]:
    """Random words below r, with the extremes among them, and a valid proof of them."""
    words = [scalar(f"word {count} {i}") for i in range(count)]
    words[0] = R - 1
    if count > 1:
        words[1] = 0
    a, b, d = (scalar(f"proof {count} {part}") for part in "abd")
    words_hash = data_hash(words)
    d_point = g1(d)
    point = challenge(used["keyId"], d_point, words_hash)
    value = fingerprint(words, point)
    alpha, beta, gamma, delta_1, delta_2, k0, k1, k2 = used["secrets"]
    public = (k0 + point * k1 + value * k2) * gamma
    c = (a * b - alpha * beta - public - d * delta_1) * pow(delta_2, -1, R) % R
    return {
        "words": words,
        "proof": g1(a) + g2(b) + g1(c) + d_point,
        "dataHash": words_hash,
        "challenge": point,
        "fingerprint": value,
    }


def encoded(value: Any) -> Any:
    """JSON with numbers and bytes as 0x-prefixed words."""
    if isinstance(value, dict):
        return {name: encoded(item) for name, item in value.items()}
    if isinstance(value, list):
        return [encoded(item) for item in value]
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return f"0x{value:064x}"


def documents() -> dict[str, str]:
    """The fixtures' text by file name."""
    sound, other = key("sound"), key("other")
    b_scalars = [scalar("b 0"), scalar("b 1")]
    keys = {
        "sound": sound,
        "other": other,
        "gammaIsDelta2": key("gamma is delta_2", gamma="delta_2"),
        "bScalars": b_scalars,
        "bPoints": [word for b in b_scalars for word in g2(b)],
        "outsideSubgroup": point_outside_subgroup(),
    }
    vectors = {
        "tag": TAG,
        "keyId": sound["keyId"],
        "vectors": [transcript_vector(sound, count) for count in (1, 3, 7, 8, 9, 15, 16, 17, 40)],
    }
    return {
        name: json.dumps(encoded(document), indent=1) + "\n"
        for name, document in (("keys.json", keys), ("transcripts.json", vectors))
    }


def main() -> None:
    """Write the files."""
    for name, text in documents().items():
        (FIXTURES / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
