"""The linter: what a key must not look like, whoever made it.

Each `lint_*` returns its findings, each `refuse_*` raises LintError where there are any. It runs
at setup; exporters and deploy paths run it again on what they are given. In 2026 two systems
lost their funds to keys with gamma = delta: a key is checked before it is believed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

import numpy as np

from circuits.r1cs import PUBLIC_WIRES, R1CS, Matrices, SparseMatrix
from prover.curve import G1_BYTES, G1_GENERATOR, G2_BYTES, G2_GENERATOR, G1Point, G2Point
from prover.domain import Domain
from prover.engines.base import Engine, RawBytes
from prover.errors import CorruptKeyFileError, LintError, MalformedPointError
from prover.groth16.proving_key import ProvingKey
from prover.groth16.verifying_key import VerifyingKey
from prover.identity import r1cs_digest

#: Chains that hold nothing of value: geth --dev and ganache, anvil and hardhat, eth-tester.
DEVELOPMENT_CHAINS = frozenset({1337, 31337, 131277322940537})

#: Proof files outside any chain carry chain 0; no registry accepts them.
OFF_CHAIN = 0


def lint_verifying_key(
    key: VerifyingKey, engine: Engine, *, known_keys: Iterable[VerifyingKey] = ()
) -> list[str]:
    """Findings on a verifying key; `known_keys` are others whose deltas it must not share."""
    malformed = list(_malformed_points(key, engine))
    if malformed:
        return malformed
    findings = list(_weak_points(key))
    findings.extend(_alpha_again(key, engine))
    findings.extend(_public_points(key.gamma_abc_g1))
    for other in known_keys:
        findings.extend(_shared_deltas(key, other))
    return findings


def lint_proving_key(
    key: ProvingKey,
    engine: Engine,
    *,
    r1cs: R1CS | None = None,
    known_keys: Iterable[VerifyingKey] = (),
    every_point: bool = False,
) -> list[str]:
    """Findings on a proving key and its verifying key.

    With `r1cs` the key must be of that constraint system; with `every_point` the vectors are
    checked point by point (for keys that came from elsewhere).
    """
    findings = lint_verifying_key(key.verifying_key, engine, known_keys=known_keys)
    findings.extend(_sizes(key))
    if findings:
        return findings
    findings.extend(_consistency_rows(key.matrices))
    findings.extend(_digests(key, r1cs))
    findings.extend(_group_pairs(key, engine))
    findings.extend(_infinities(key))
    if every_point and not findings:
        findings.extend(_vector_points(key, engine))
    return findings


def lint_chain(
    key: VerifyingKey,
    chain_id: int,
    development_chains: frozenset[int] = DEVELOPMENT_CHAINS,
) -> list[str]:
    """Findings on the use of a key on a chain."""
    if key.unsafe_dev and chain_id != OFF_CHAIN and chain_id not in development_chains:
        return [f"unsafe-dev key on chain {chain_id}, which is not a development chain"]
    return []


def refuse_verifying_key(
    key: VerifyingKey, engine: Engine, *, known_keys: Iterable[VerifyingKey] = ()
) -> None:
    """Raise LintError unless `lint_verifying_key` finds nothing."""
    _refuse(lint_verifying_key(key, engine, known_keys=known_keys))


def refuse_proving_key(
    key: ProvingKey,
    engine: Engine,
    *,
    r1cs: R1CS | None = None,
    known_keys: Iterable[VerifyingKey] = (),
    every_point: bool = False,
) -> None:
    """Raise LintError unless `lint_proving_key` finds nothing."""
    _refuse(
        lint_proving_key(key, engine, r1cs=r1cs, known_keys=known_keys, every_point=every_point)
    )


def refuse_chain(
    key: VerifyingKey,
    chain_id: int,
    development_chains: frozenset[int] = DEVELOPMENT_CHAINS,
) -> None:
    """Raise LintError where an unsafe-dev key meets a chain that is not for development."""
    _refuse(lint_chain(key, chain_id, development_chains))


def _refuse(findings: Sequence[str]) -> None:
    if findings:
        raise LintError(findings)


def _malformed_points(key: VerifyingKey, engine: Engine) -> Iterator[str]:
    """Infinity, off the curve, off the subgroup: of every point of the verifying key."""
    if len(key.gamma_abc_g1) != PUBLIC_WIRES:
        yield f"gamma_abc_g1 has {len(key.gamma_abc_g1)} points, expected {PUBLIC_WIRES}"
    points_g1 = {"alpha_g1": key.alpha_g1}
    points_g1 |= {f"gamma_abc_g1[{i}]": point for i, point in enumerate(key.gamma_abc_g1)}
    for name, point_g1 in points_g1.items():
        try:
            engine.check_g1(point_g1)
        except MalformedPointError as error:
            yield f"{name}: {error.reason.value}"
    for name, point_g2 in key.points_g2.items():
        try:
            engine.check_g2(point_g2)
        except MalformedPointError as error:
            yield f"{name}: {error.reason.value}"


def _weak_points(key: VerifyingKey) -> Iterator[str]:
    """Points equal up to sign to a generator, and secrets equal up to sign to each other."""
    if _same_up_to_sign(key.alpha_g1, G1_GENERATOR):
        yield "alpha_g1 is the generator or its opposite"
    for name, point in key.points_g2.items():
        if _same_up_to_sign(point, G2_GENERATOR):
            yield f"{name} is the generator or its opposite"
    for (first, left), (second, right) in combinations(key.points_g2.items(), 2):
        if _same_up_to_sign(left, right):
            yield f"{first} equals {second} up to sign"


def _alpha_again(key: VerifyingKey, engine: Engine) -> Iterator[str]:
    """The same for alpha, which the key has in the other group: two pairings tell.

    With alpha or beta equal to gamma or a delta, e(alpha, beta) stands for nothing: public points
    make it, and anybody proves anything (tests/soundness/test_related_secrets.py).
    """
    for name, point in key.points_g2.items():
        for generator in (G1_GENERATOR, -G1_GENERATOR):
            if engine.pairing_product_is_one([(key.alpha_g1, G2_GENERATOR), (generator, point)]):
                yield f"alpha_g1 equals {name} up to sign"


def _public_points(gamma_abc_g1: Sequence[G1Point]) -> Iterator[str]:
    for (i, left), (j, right) in combinations(enumerate(gamma_abc_g1), 2):
        if _same_up_to_sign(left, right):
            yield f"gamma_abc_g1[{i}] equals gamma_abc_g1[{j}] up to sign"


def _shared_deltas(key: VerifyingKey, other: VerifyingKey) -> Iterator[str]:
    if key.key_id == other.key_id:
        return
    for own_name in ("delta_1_g2", "delta_2_g2"):
        for other_name in ("delta_1_g2", "delta_2_g2"):
            if _same_up_to_sign(key.points_g2[own_name], other.points_g2[other_name]):
                yield f"{own_name} equals {other_name} of key {other.key_id.hex()}"


def _sizes(key: ProvingKey) -> Iterator[str]:
    """The vectors partition the wires; the domain is the smallest that holds the rows."""
    expected = {
        "a_query": (key.a_query, key.wire_count, G1_BYTES),
        "b_g1_query": (key.b_g1_query, key.wire_count, G1_BYTES),
        "b_g2_query": (key.b_g2_query, key.wire_count, G2_BYTES),
        "committed_query": (key.committed_query, key.committed_count, G1_BYTES),
        "l_query": (key.l_query, key.private_count, G1_BYTES),
        "h_query": (key.h_query, key.domain.size, G1_BYTES),
    }
    for name, (raw, count, size) in expected.items():
        if len(raw) != count * size:
            yield f"{name} holds {len(raw)} bytes, expected {count} points of {size}"
    if key.row_count < PUBLIC_WIRES or Domain.for_rows(key.row_count) != key.domain:
        yield f"{key.row_count} rows do not go with a domain of {key.domain.size} points"


def _consistency_rows(matrices: Matrices) -> Iterator[str]:
    """Row j must be x_j * 0 = 0, for the constant and each public wire."""
    sides = matrices.sides
    for wire in range(PUBLIC_WIRES):
        entries = [_row(side, wire, matrices.coefficients) for side in sides]
        if entries != [[(wire, 1)], [], []]:
            yield f"public wire {wire} lacks its consistency row"


def _row(side: SparseMatrix, row: int, coefficients: tuple[int, ...]) -> list[tuple[int, int]]:
    begin, end = int(side.row_starts[row]), int(side.row_starts[row + 1])
    entries = zip(side.wires[begin:end], side.coefficient_ids[begin:end], strict=True)
    return [(int(wire), coefficients[coefficient]) for wire, coefficient in entries]


def _digests(key: ProvingKey, r1cs: R1CS | None) -> Iterator[str]:
    if r1cs_digest(bytes(key.r1cs_bytes)) != key.verifying_key.r1cs_digest:
        yield "the R1CS digest is not that of the key's constraint system"
    if r1cs is None:
        return
    if r1cs_digest(r1cs.canonical_bytes()) != key.verifying_key.r1cs_digest:
        yield "the key is of another constraint system"
    if not _same_matrices(key.matrices, r1cs.matrices):
        yield "the key's matrices are not those of the constraint system"


def _same_matrices(left: Matrices, right: Matrices) -> bool:
    pairs = ((left.a, right.a), (left.b, right.b), (left.c, right.c))
    return left.coefficients == right.coefficients and all(
        np.array_equal(one.row_starts, other.row_starts)
        and np.array_equal(one.wires, other.wires)
        and np.array_equal(one.coefficient_ids, other.coefficient_ids)
        for one, other in pairs
    )


def _group_pairs(key: ProvingKey, engine: Engine) -> Iterator[str]:
    """The G1 and G2 forms of beta and the deltas hide the same secrets."""
    points_g2 = key.verifying_key.points_g2
    points_g1 = {"beta": key.beta_g1, "delta_1": key.delta_1_g1, "delta_2": key.delta_2_g1}
    for name, point_g1 in points_g1.items():
        try:
            engine.check_g1(point_g1)
        except MalformedPointError as error:
            yield f"{name}_g1: {error.reason.value}"
            continue
        pairs = [(point_g1, G2_GENERATOR), (-G1_GENERATOR, points_g2[f"{name}_g2"])]
        if not engine.pairing_product_is_one(pairs):
            yield f"{name}_g1 and {name}_g2 do not match"


def _infinities(key: ProvingKey) -> Iterator[str]:
    """A wire that no constraint uses, or a vanished polynomial of the basis, shows as infinity."""
    for name in ("committed_query", "l_query", "h_query"):
        raw: RawBytes = getattr(key, name)
        points = np.frombuffer(raw, dtype=np.uint64).reshape(-1, G1_BYTES // 8)
        infinite = np.flatnonzero(~points.any(axis=1))
        if infinite.size:
            yield f"{name}[{infinite[0]}] is infinity"


def _vector_points(key: ProvingKey, engine: Engine) -> Iterator[str]:
    try:
        loaded = key.loaded(engine)
    except CorruptKeyFileError as error:
        yield str(error)
        return
    finite = ("committed_query", "l_query", "h_query")
    for name in ("a_query", "b_g1_query", "b_g2_query", *finite):
        fault = engine.first_fault(getattr(loaded, name), infinity_allowed=name not in finite)
        if fault is not None:
            yield f"{name}[{fault.position}]: {fault.reason.value}"


def _same_up_to_sign(left: G1Point | G2Point, right: G1Point | G2Point) -> bool:
    return left in (right, -right)
