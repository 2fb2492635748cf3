"""Puts a CoveredLetters contract beside the contracts that are there already.

It reads `portfolio_margin` covered (or requirement) and breach, whose verifiers ``add_verifier``
has routed. The contract cannot see what a key's circuit takes; so here it is made sure that every
book that can be covered can also be shown in breach.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from circuits.field import BN254_FR
from circuits.statements.portfolio_margin import Kind, MarginShape
from circuits.statements.portfolio_margin.statement import PortfolioMargin
from node.chain.deployer import Deployer
from node.chain.deployments import Deployment
from node.chain.errors import BreachKeyMissingError, DeploymentError
from node.chain.interface import Chain
from node.chain.signatures import LocalAccount
from node.chain.types import Progress
from node.keys import statement_title

__all__ = ["LettersPlan", "deploy_letters", "refuse_unanswered_covers"]


@dataclass(frozen=True)
class LettersPlan:
    """What a CoveredLetters contract is made with.

    ``token`` is an ERC-20 address, ``underlying`` 12 bytes, ``parameters_digest`` the governed
    parameter set's, 32 bytes. A proven margin counts for ``cover_seconds`` from its snapshot on,
    and while spot and at-the-money volatility are within ``spot_move_bps`` and
    ``volatility_move_bps`` (1e-4) of it; a proof's snapshot is at most ``max_snapshots_behind``
    the newest. ``keys`` says by key id which statements are read. ``owner`` None leaves ownership
    with the deployer. Raises DeploymentError, and what ``refuse_unanswered_covers`` raises.
    """

    token: str
    underlying: bytes
    parameters_digest: bytes
    keys: Mapping[bytes, MarginShape] = field(default_factory=dict)
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
        refuse_unanswered_covers(self.keys.values())

    @property
    def rules(self) -> tuple[int, int, int, int]:
        """The struct Rules of IMarginConsumer."""
        return (
            self.cover_seconds,
            self.spot_move_bps,
            self.volatility_move_bps,
            self.max_snapshots_behind,
        )


def refuse_unanswered_covers(shapes: Collection[MarginShape]) -> None:
    """Raise BreachKeyMissingError unless every cover can be answered by a breach.

    A breach answers covers of its rows, form of volatilities and profile, with as many slots as
    its own or fewer: books commit to 128 legs whatever the circuit. A requirement covers too.
    DeploymentError for an `open` statement, which letters do not read.
    """
    breaches = [shape for shape in shapes if shape.kind is Kind.BREACH]
    for shape in shapes:
        if shape.kind is Kind.OPEN:
            raise DeploymentError(f"letters do not read {_title(shape)}")
        if not any(_answers(breach, shape) for breach in breaches):
            raise BreachKeyMissingError(
                f"the key of {_title(shape)} is to be allowed, but of breach none with these"
                f" rows, volatilities and profile and at least {shape.slots} legs: accounts"
                " covered with it could never be shown in breach"
            )


def _answers(breach: MarginShape, shape: MarginShape) -> bool:
    same = (breach.rows, breach.form, breach.profile) == (shape.rows, shape.form, shape.profile)
    return same and breach.slots >= shape.slots


def _title(shape: MarginShape) -> str:
    return statement_title(PortfolioMargin(shape))


def deploy_letters(
    chain: Chain,
    account: LocalAccount,
    deployment: Deployment,
    name: str,
    plan: LettersPlan,
    notify: Progress | None = None,
) -> Deployment:
    """Deploy CoveredLetters and allow its keys; it is kept among the consumers under its name.

    Raises DeploymentError where a key has no verifier of its statement on record, before anything
    is sent, and what ``transact`` raises.
    """
    for key_id, shape in plan.keys.items():
        verifier = deployment.verifier(key_id)
        if verifier is None or verifier.statement != _title(shape):
            found = "none" if verifier is None else f"one of {verifier.statement}"
            raise DeploymentError(
                f"the record has {found} as verifier for key 0x{key_id.hex()},"
                f" expected one of {_title(shape)}"
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
    for key_id in plan.keys:
        deployer.send("CoveredLetters", letters.address, "setKeyAllowed", key_id, True)
    if plan.owner not in (None, account.address):
        deployer.send("CoveredLetters", letters.address, "transferOwnership", plan.owner)
        deployer.say(f"ownership offered to {plan.owner}, who has to call acceptOwnership")
    return deployment.with_consumer(name, letters)
