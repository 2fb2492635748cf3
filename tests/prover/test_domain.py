"""Domains: their sizes, their polynomials by definition, and the quotient in its basis."""

from __future__ import annotations

import numpy as np
import pytest

from circuits.field import BN254_FR, FieldArray, pack_scalars, unpack_scalars
from circuits.r1cs import TwoPhaseWitness
from prover import Domain, Engine, UnsatisfiedConstraintError, reference
from prover.domain import root_of_unity
from prover.engines import ntt
from prover.errors import ToxicWasteError
from tests.prover.systems import random_system, squares

R = BN254_FR.modulus
POINT = 987654321
SIZES = [2, 4, 6, 8, 12, 96, 128]


def points(domain: Domain, shift: int = 1) -> list[int]:
    return [shift * pow(domain.root, i, R) % R for i in range(domain.size)]


def polynomial_at(coefficients: list[int], x: int) -> int:
    return sum(c * pow(x, i, R) for i, c in enumerate(coefficients)) % R


def dot(left: FieldArray, right: FieldArray) -> int:
    pairs = zip(unpack_scalars(left), unpack_scalars(right), strict=True)
    return sum(x * y for x, y in pairs) % R


def test_the_smallest_domain_is_chosen() -> None:
    sizes = {count: Domain.for_rows(count).size for count in range(100)}
    domains = sorted({2 << k for k in range(8)} | {6 << k for k in range(6)})
    assert sizes == {count: next(size for size in domains if size >= count) for count in range(100)}
    for count, size in ((98_304, 98_304), (98_305, 131_072), (131_073, 196_608)):
        assert Domain.for_rows(count).size == size


@pytest.mark.parametrize(
    "size", [-2, 0, 1, 3, 5, 9, 10, 15, 18, 20, 100, 127, 1 << 28, 3 << 28, 1 << 64, 3**40]
)
def test_other_sizes_are_no_domains(size: int) -> None:
    with pytest.raises(ValueError, match="no domain has"):
        Domain(size)


def test_the_largest_domains() -> None:
    assert Domain.for_rows(3 << 27).size == 3 << 27
    assert Domain.for_rows((1 << 27) + 1).size == 3 << 26
    with pytest.raises(ValueError, match="no domain has"):
        Domain.for_rows((3 << 27) + 1)
    for size in (1 << 27, 3 << 27):
        domain = Domain(size)
        assert domain.vanishing_at(domain.root) == 0
        assert domain.vanishing_at(domain.shift) == R - 2


@pytest.mark.parametrize("size", SIZES)
def test_domain_and_shifted_domain_are_the_roots_of_twice_the_order(size: int) -> None:
    domain = Domain(size)
    both = points(domain) + points(domain, domain.shift)
    assert len(set(both)) == 2 * size
    assert all(pow(x, 2 * size, R) == 1 for x in both)
    assert [domain.vanishing_at(x) for x in both] == [0] * size + [R - 2] * size


def test_roots_of_unity_go_together() -> None:
    assert root_of_unity(1) == 1
    assert root_of_unity(2) == R - 1
    for order in (4, 6, 96, 1 << 28, 9 << 28):
        assert pow(root_of_unity(order), order, R) == 1
        assert pow(root_of_unity(order), 2, R) == root_of_unity(order // 2)
    for order in (0, 1 << 29, 27):
        with pytest.raises(ValueError, match="no roots of unity"):
            root_of_unity(order)


@pytest.mark.parametrize("size", SIZES)
def test_lagrange_polynomials_interpolate(engine: Engine, size: int) -> None:
    """sum_i w^(e i) L_i(x) = x^e for every degree below n."""
    domain = Domain(size)
    weights = domain.lagrange_at(POINT, engine)
    for degree in {0, 1, size - 1}:
        values = pack_scalars(pow(x, degree, R) for x in points(domain))
        assert dot(weights, values) == pow(POINT, degree, R)


@pytest.mark.parametrize("size", SIZES)
def test_the_quotient_basis_has_no_leading_terms(engine: Engine, size: int) -> None:
    """Values of x^e on the shifted domain give x^e for e <= n - 2, and zero for e = n - 1."""
    domain = Domain(size)
    basis = domain.quotient_basis_at(POINT, engine)
    for degree in {0, max(0, size - 2), size - 1}:
        values = pack_scalars(pow(x, degree, R) for x in points(domain, domain.shift))
        assert dot(basis, values) == (pow(POINT, degree, R) if degree < size - 1 else 0)


def test_a_tau_in_either_domain_is_refused(engine: Engine) -> None:
    domain = Domain(12)
    for x in points(domain):
        with pytest.raises(ToxicWasteError, match="domain"):
            domain.lagrange_at(x, engine)
    for x in points(domain, domain.shift):
        with pytest.raises(ToxicWasteError, match="shifted"):
            domain.quotient_basis_at(x, engine)


@pytest.mark.parametrize("size", SIZES)
def test_transforms_undo_each_other(size: int) -> None:
    root, values = root_of_unity(size), [pow(3, i, R) for i in range(size)]
    assert ntt.evaluate(ntt.interpolate(values, root), root) == values
    expected = [polynomial_at(values, 5 * pow(root, i, R)) for i in range(size)]
    assert ntt.evaluate(values, root, 5) == expected


def assigned(witness: TwoPhaseWitness) -> FieldArray:
    committed = witness.committed()
    fingerprint, private = witness.respond(12345)
    return np.concatenate([pack_scalars([1, 12345, fingerprint]), committed, private])


@pytest.mark.parametrize(("rows", "size"), [(2, 6), (5, 8), (9, 12), (20, 24), (29, 32)])
def test_the_quotient_divides(engine: Engine, rows: int, size: int) -> None:
    """A(x) B(x) - C(x) = h(x) t(x) at a point outside the domain."""
    r1cs, witness = random_system(seed=1, row_count=rows)
    z, domain = assigned(witness), Domain.for_rows(r1cs.row_count)
    assert domain.size == size
    matrices = engine.load_matrices(r1cs.matrices, r1cs.wire_count, domain)
    values = engine.quotient(matrices, z)
    columns = engine.columns_at(matrices, domain.lagrange_at(POINT, engine))
    a, b, c = (dot(column, z) for column in columns)
    h = dot(values, domain.quotient_basis_at(POINT, engine))
    assert (a * b - c - h * domain.vanishing_at(POINT)) % R == 0
    z[-1, 0] ^= 1
    with pytest.raises(UnsatisfiedConstraintError):
        engine.quotient(matrices, z)


@pytest.mark.parametrize(("lanes", "size"), [(90, 192), (100, 256), (180, 384)])
def test_quotients_large_enough_for_lanes_agree(
    native_engine: Engine, lanes: int, size: int
) -> None:
    system, witness = squares(lanes=lanes, word_count=2)
    domain = Domain.for_rows(system.row_count)
    assert domain.size == size
    z = assigned(witness)
    found, judged = (
        engine.quotient(engine.load_matrices(system.matrices, system.wire_count, domain), z)
        for engine in (native_engine, reference())
    )
    assert np.array_equal(found, judged)
