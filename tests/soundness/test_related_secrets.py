"""Keys whose secrets are equal, up to sign, where the protocol needs them independent.

With alpha or beta equal to gamma or a delta, the factor e(alpha, beta) that stands for "this came
out of the setup" can be written with public points, and e(L, gamma) e(t L, delta_2) is
e(L, gamma + t delta_2): a proof of anything, without a witness.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import pytest

from circuits.field import BN254_FR
from prover import (
    LintError,
    Proof,
    ProvingKey,
    Reason,
    default_engine,
    refuse_proving_key,
    refuse_verifying_key,
    setup,
    transcript,
    verify,
)
from prover.curve import G1_GENERATOR, G1Point
from tests.prover.systems import description
from tests.soundness.forging import (
    FALSE_CLAIM,
    WASTE,
    add,
    product_key,
    product_system,
    refused,
    times,
)

R = BN254_FR.modulus
T, V = 17, 99

Forge = Callable[[ProvingKey, G1Point], Proof]


def _proof(key: ProvingKey, d_g1: G1Point, in_a: G1Point | None, in_c: G1Point | None) -> Proof:
    """A = L (+ in_a), B = gamma + t delta_2, C = t A (+ in_c), for the false claim's L."""
    vk, engine = key.verifying_key, default_engine()
    challenge = transcript.challenge(vk.key_id, d_g1, FALSE_CLAIM)
    fingerprint = transcript.fingerprint(FALSE_CLAIM, challenge)
    public_g1 = engine.combine_g1(vk.gamma_abc_g1, (1, challenge, fingerprint))
    a_g1 = add(public_g1, in_a) if in_a else public_g1
    c_g1 = add(times(a_g1, T), in_c) if in_c else times(a_g1, T)
    return Proof(a_g1, engine.combine_g2([vk.gamma_g2, vk.delta_2_g2], [1, T]), c_g1, d_g1)


def _by_d(key: ProvingKey, stand_in: G1Point) -> Proof:
    return _proof(key, -stand_in, None, None)


def _by_c(key: ProvingKey, stand_in: G1Point) -> Proof:
    in_c = add(-stand_in, times(key.delta_1_g1, -V))
    return _proof(key, times(key.delta_2_g1, V), None, in_c)


def _by_a(key: ProvingKey, stand_in: G1Point) -> Proof:
    return _proof(key, times(key.delta_2_g1, V), stand_in, times(key.delta_1_g1, -V))


FORGERIES: dict[str, Forge] = {"delta_1": _by_d, "delta_2": _by_c, "gamma": _by_a}


@pytest.mark.parametrize(
    ("secret", "other", "sign"), list(product(("alpha", "beta"), FORGERIES, (1, -1)))
)
def test_a_secret_of_the_setup_equal_to_another(
    key: ProvingKey, secret: str, other: str, sign: int
) -> None:
    def forge(target: ProvingKey) -> Proof:
        stand_in = target.beta_g1 if secret == "alpha" else target.verifying_key.alpha_g1
        return FORGERIES[other](target, times(stand_in, sign))

    waste = replace(WASTE, **{secret: sign * getattr(WASTE, other) % R})
    twin = product_key(waste)
    verify(twin.verifying_key, FALSE_CLAIM, forge(twin))
    assert refused(key, FALSE_CLAIM, forge(key)) is Reason.EQUATION
    with pytest.raises(LintError, match=f"{secret}_g. equals {other}_g2"):
        refuse_proving_key(twin, default_engine())
    with pytest.raises(LintError):
        setup(product_system(), description(3, "product"), waste)
    if secret == "beta":
        with pytest.raises(LintError, match=f"beta_g2 equals {other}_g2"):
            refuse_verifying_key(twin.verifying_key, default_engine())


@pytest.mark.parametrize("sign", [1, -1])
def test_alpha_equal_to_beta_is_refused(sign: int) -> None:
    """Then K_j no longer tells A's share of a wire from B's."""
    twin = product_key(replace(WASTE, alpha=sign * WASTE.beta % R))
    with pytest.raises(LintError, match="alpha_g1 equals beta_g2"):
        refuse_proving_key(twin, default_engine())
    assert twin.verifying_key.alpha_g1 != G1_GENERATOR
