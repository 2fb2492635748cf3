"""Puts a CoveredLetters contract beside the contracts that are there already.

It reads the statements `portfolio_margin` covered and `portfolio_breach`, whose verifiers
``add_verifier`` has routed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from circuits.field import BN254_FR
from node.chain.deployer import Deployer
from node.chain.deployments import Deployment
from node.chain.errors import DeploymentError
from node.chain.interface import Chain
from node.chain.signatures import LocalAccount
from node.chain.types import Progress

__all__ = ["LettersPlan", "deploy_letters"]


@dataclass(frozen=True)
class LettersPlan:
    """What a CoveredLetters contract is made with.

    ``token`` is an ERC-20 address, ``underlying`` 12 bytes, ``parameters_digest`` the governed
    parameter set's, 32 bytes. A proven margin counts for ``cover_seconds`` from its snapshot on,
    and while spot and at-the-money volatility are within ``spot_move_bps`` and
    ``volatility_move_bps`` (1e-4) of it; a proof's snapshot is at most ``max_snapshots_behind``
    the newest. ``key_ids`` are those of the two statements. ``owner`` None leaves ownership with
    the deployer.
    """

    token: str
    underlying: bytes
    parameters_digest: bytes
    key_ids: Sequence[bytes] = ()
    cover_seconds: int = 1_800
    spot_move_bps: int = 200
    volatility_move_bps: int = 1_000
    max_snapshots_behind: int = 2
    owner: str | None = None

    def __post_init__(self) -> None:
        digest = int.from_bytes(self.parameters_digest, "big")
        if len(self.parameters_digest) != 32 or not 0 < digest < BN254_FR.modulus:
            raise DeploymentError(
                f"parameters digest is 0x{self.parameters_digest.hex()}, "
                "expected 32 bytes of a scalar that is not zero"
            )

    @property
    def rules(self) -> tuple[int, int, int, int]:
        """The struct Rules of IMarginConsumer."""
        return (
            self.cover_seconds,
            self.spot_move_bps,
            self.volatility_move_bps,
            self.max_snapshots_behind,
        )


def deploy_letters(
    chain: Chain,
    account: LocalAccount,
    deployment: Deployment,
    name: str,
    plan: LettersPlan,
    notify: Progress | None = None,
) -> Deployment:
    """Deploy CoveredLetters and allow its keys; it is kept among the consumers under its name.

    Raises DeploymentError where a key has no verifier of an account statement on record, before
    anything is sent, and what ``transact`` raises.
    """
    for key_id in plan.key_ids:
        verifier = deployment.verifier(key_id)
        if verifier is None or verifier.market_word_count != 0:
            raise DeploymentError(
                f"no verifier of an account statement is on record for key 0x{key_id.hex()}"
            )
    deployer = Deployer(chain, account, notify)
    letters = deployer.create(
        "CoveredLetters",
        account.address,
        deployment.address("AttestationRegistry"),
        plan.token,
        plan.underlying,
        plan.parameters_digest,
        plan.rules,
    )
    for key_id in plan.key_ids:
        deployer.send("CoveredLetters", letters.address, "setKeyAllowed", key_id, True)
    if plan.owner not in (None, account.address):
        deployer.send("CoveredLetters", letters.address, "transferOwnership", plan.owner)
        deployer.say(f"ownership offered to {plan.owner}, who has to call acceptOwnership")
    return deployment.with_consumer(name, letters)
