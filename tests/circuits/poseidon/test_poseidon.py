"""Poseidon: our constants give the published values, so they are circomlib's.

The hash values are facts of the test-suites of circomlib, circomlibjs and go-iden3-crypto, and of
the paper's published test vectors (its permutation of 0, 1, 2 over BN254); nothing else of those
projects is used.
"""

from itertools import combinations

import pytest
from eth_hash.auto import keccak

from circuits.edsl import WitnessArithmetic
from circuits.edsl.response import WitnessResponse
from circuits.field import BN254_FR
from circuits.gadgets.poseidon import TRANSCRIPT_TAG, second_challenge
from circuits.poseidon import load_constants, permute, poseidon
from circuits.poseidon.constants import CONSTANTS_PATH
from circuits.poseidon.generate_constants import constants_text

PUBLISHED_HASHES = [
    ((1,), 18586133768512220936620570745912940619677854269274689475585506675881198879027),
    ((1, 2), 7853200120776062878684798364095072458815029376092732009249414926327459813530),
    ((3, 4), 14763215145315200506921711489642608356394854266165572616578112107564877678998),
    (
        tuple(range(1, 16)),
        4203130618016961831408770638653325366880478848856764494148034853759773445968,
    ),
    (
        tuple(range(1, 17)),
        9989051620750914585850546081941653841776809718687451684622678807385399211877,
    ),
    (
        (*range(1, 10), *[0] * 7),
        11882816200654282475720830292386643970958445617880627439994635298904836126497,
    ),
]


@pytest.mark.parametrize(("inputs", "expected"), PUBLISHED_HASHES)
def test_published_hashes(inputs: tuple[int, ...], expected: int) -> None:
    assert poseidon(inputs) == expected


def test_published_permutation() -> None:
    assert permute((0, 1, 2)) == (
        0x115CC0F5E7D690413DF64C6B9662E9CF2A3617F2743245519E19607A4417189A,
        0x0FCA49B798923AB0239DE1C9E7A4A9A2210312B6A2F616D18B5A87F9B628AE29,
        0x0E7AE82E40091E63CBD4F16A6D16310B3729D4B6E138FCF54110E2867045A30C,
    )


def test_the_second_challenge_hashes_the_first_with_the_transcripts_tag() -> None:
    challenge, hashed = 3**150, keccak(b"proofmark.transcript.v1")
    tag = int.from_bytes(hashed, "big") % BN254_FR.modulus
    assert tag == TRANSCRIPT_TAG
    witness = WitnessArithmetic(6)
    first = WitnessResponse(witness, challenge).challenge(witness.lanes("root", 1))
    second = second_challenge(witness, first)
    assert second.payload.tolist() == [poseidon((challenge, tag))]


def test_constants_file_is_the_generators() -> None:
    assert constants_text() == CONSTANTS_PATH.read_text(encoding="ascii")


@pytest.mark.parametrize("width", [2, 3, 16, 17])
def test_matrix_has_no_small_singular_minor(width: int) -> None:
    """No entry and no 2 x 2 minor of the matrix is zero."""
    modulus = BN254_FR.modulus
    mds = load_constants(width).mds
    assert all(entry % modulus for row in mds for entry in row)
    minors = (
        upper[i] * lower[j] - upper[j] * lower[i]
        for upper, lower in combinations(mds, 2)
        for i, j in combinations(range(width), 2)
    )
    assert all(minor % modulus for minor in minors)


@pytest.mark.parametrize("width", [2, 3, 16, 17])
def test_matrix_is_regular(width: int) -> None:
    """A Cauchy matrix with distinct elements is MDS; its determinant is one of its minors."""
    modulus = BN254_FR.modulus
    rows = [list(row) for row in load_constants(width).mds]
    while rows:
        pivot = rows.pop()
        assert pivot[-1], "the elimination of a regular Cauchy matrix never meets a zero pivot"
        inverse = BN254_FR.inverse(pivot[-1])
        rows = [
            [(x - row[-1] * inverse * y) % modulus for x, y in zip(row, pivot, strict=True)][:-1]
            for row in rows
        ]


def test_round_plan() -> None:
    constants = load_constants(3)
    full = [constants.is_full_round(index) for index in range(65)]
    assert full == [True] * 4 + [False] * 57 + [True] * 4


def test_refusals() -> None:
    with pytest.raises(ValueError, match="no Poseidon constants for width 4"):
        poseidon((1, 2, 3))
    with pytest.raises(ValueError, match="Poseidon word 1: expected a field element"):
        poseidon((BN254_FR.modulus, 0))
    with pytest.raises(ValueError, match="Poseidon word 2"):
        poseidon((0, -1))
