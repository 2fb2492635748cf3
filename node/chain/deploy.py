"""Puts the contracts on a chain and wires them together.

Order: router, oracle, registry, board; then for each verifying key a verifier, its route, and, for
marks, the board's permission. The deployer owns everything until it hands ownership over, which
the new owner (a timelock, in earnest) has to accept.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from circuits.statements.option_marks import OptionMarks, market_word_count
from node.chain.abi import Contract
from node.chain.artifacts import contract_abi
from node.chain.deployer import Deployer
from node.chain.deployments import DeployedContract, DeployedVerifier, Deployment
from node.chain.errors import DeploymentError, UnsafeKeyError
from node.chain.interface import Chain
from node.chain.signatures import LocalAccount
from node.chain.types import Progress
from node.keys import KnownStatement, statement_title
from prover import DEVELOPMENT_CHAINS, VerifyingKey, key_id

__all__ = [
    "KEY_WORDS",
    "DeploymentPlan",
    "Series",
    "VerifierSpec",
    "add_verifier",
    "deploy",
    "deploy_feed",
    "refuse_unsafe_key",
]

KEY_WORDS = 24
"""Words of a verifying key, in constructor order."""

_ZERO_ADDRESS = "0x" + "00" * 20


@dataclass(frozen=True)
class VerifierSpec:
    """What a ProofVerifier is built from.

    ``word_count`` counts the statement's words with the header, ``market_word_count`` those the
    oracle signs; 0 for an account statement, which names its market by digest. ``unsafe_dev``
    marks a key whose toxic waste is known.
    """

    statement: str
    statement_id: bytes
    r1cs_digest: bytes
    key_words: Sequence[int]
    word_count: int
    market_word_count: int
    unsafe_dev: bool

    def __post_init__(self) -> None:
        if len(self.key_words) != KEY_WORDS:
            raise DeploymentError(
                f"a verifying key has {KEY_WORDS} words, received {len(self.key_words)}"
            )

    @property
    def key_id(self) -> bytes:
        """The prover's name of the key, which the contract must compute too."""
        return key_id(self.statement_id, self.r1cs_digest, tuple(self.key_words))

    @classmethod
    def of(cls, statement: KnownStatement, key: VerifyingKey) -> "VerifierSpec":
        """What the verifier of a statement's key is built from."""
        market_words = (
            market_word_count(statement.shape) if isinstance(statement, OptionMarks) else 0
        )
        return cls(
            statement=statement_title(statement),
            statement_id=key.statement.statement_id,
            r1cs_digest=key.r1cs_digest,
            key_words=key.key_words,
            word_count=key.statement.word_count,
            market_word_count=market_words,
            unsafe_dev=key.unsafe_dev,
        )


@dataclass(frozen=True)
class DeploymentPlan:
    """Parameters of a deployment.

    ``threshold`` of ``signers`` must sign a snapshot; a spot that moves more than
    ``spot_move_limit_bps`` (1e-4) is held until a second report confirms it. ``owner`` None
    leaves ownership with the deployer; ``guardian``, who may stop routes and trip the breaker but
    start nothing, is nobody for None. ``allow_unsafe_on`` names further chains where
    development keys may live.
    """

    signers: Sequence[str]
    threshold: int
    verifiers: Sequence[VerifierSpec] = ()
    spot_move_limit_bps: int = 2_000
    max_snapshot_age_seconds: int = 3_600
    max_mark_age_seconds: int = 86_400
    owner: str | None = None
    guardian: str | None = None
    allow_unsafe_on: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Series:
    """One listed option, as SeriesFeed knows it."""

    underlying: bytes
    expiry_unix: int
    strike_ticks: int
    is_put: bool


def refuse_unsafe_key(
    spec: VerifierSpec, chain_id: int, allowed: frozenset[int] = frozenset()
) -> None:
    """Raise UnsafeKeyError for a development key outside development chains."""
    if spec.unsafe_dev and chain_id not in DEVELOPMENT_CHAINS | allowed:
        raise UnsafeKeyError(
            f"the key 0x{spec.key_id.hex()} of {spec.statement} is marked unsafe-dev: anybody can "
            f"forge proofs for it. Chain {chain_id} is not a development chain; run a ceremony"
        )


def deploy(
    chain: Chain, account: LocalAccount, plan: DeploymentPlan, notify: Progress | None = None
) -> Deployment:
    """Deploy and wire everything, return the addresses.

    Raises UnsafeKeyError before anything is sent, and what ``transact`` raises.
    """
    chain_id = chain.chain_id()
    for spec in plan.verifiers:
        refuse_unsafe_key(spec, chain_id, plan.allow_unsafe_on)
    deployer = Deployer(chain, account, notify)
    contracts = _create_contracts(deployer, plan)
    deployment = Deployment(chain_id, contracts)
    for spec in plan.verifiers:
        deployment = _add_verifier(deployer, deployment, spec)
    if plan.owner not in (None, account.address):
        for name in ("VerifierRouter", "MarketOracle", "MarkBoard"):
            deployer.send(name, deployment.address(name), "transferOwnership", plan.owner)
        deployer.say(f"ownership offered to {plan.owner}, who has to call acceptOwnership")
    return deployment


def add_verifier(
    chain: Chain,
    account: LocalAccount,
    deployment: Deployment,
    spec: VerifierSpec,
    notify: Progress | None = None,
    *,
    allow_unsafe_on: frozenset[int] = frozenset(),
) -> Deployment:
    """Deploy a verifier for one more key, route it, and let the board take marks; owner only.

    Does nothing when the deployment knows the key already.
    """
    refuse_unsafe_key(spec, deployment.chain_id, allow_unsafe_on)
    if deployment.verifier(spec.key_id) is not None:
        return deployment
    return _add_verifier(Deployer(chain, account, notify), deployment, spec)


def deploy_feed(
    chain: Chain,
    account: LocalAccount,
    deployment: Deployment,
    series: Series,
    *,
    tick_exponent: int,
    description: str,
    notify: Progress | None = None,
) -> Deployment:
    """Deploy a SeriesFeed for one option; it is kept under its description."""
    arguments = (series.underlying, series.expiry_unix, series.strike_ticks, series.is_put)
    feed = Deployer(chain, account, notify).create(
        "SeriesFeed", deployment.address("MarkBoard"), arguments, tick_exponent, description
    )
    return deployment.with_feed(description, feed)


def _create_contracts(deployer: Deployer, plan: DeploymentPlan) -> dict[str, DeployedContract]:
    me, guardian = deployer.account.address, plan.guardian or _ZERO_ADDRESS
    router = deployer.create("VerifierRouter", me, guardian)
    oracle = deployer.create(
        "MarketOracle", me, guardian, list(plan.signers), plan.threshold, plan.spot_move_limit_bps
    )
    registry = deployer.create(
        "AttestationRegistry", router.address, oracle.address, plan.max_snapshot_age_seconds
    )
    board = deployer.create("MarkBoard", me, registry.address, plan.max_mark_age_seconds)
    return {
        "VerifierRouter": router,
        "MarketOracle": oracle,
        "AttestationRegistry": registry,
        "MarkBoard": board,
    }


def _add_verifier(deployer: Deployer, deployment: Deployment, spec: VerifierSpec) -> Deployment:
    created = deployer.create(
        "ProofVerifier", spec.statement_id, spec.r1cs_digest, list(spec.key_words), spec.word_count
    )
    contract = Contract(deployer.chain, created.address, contract_abi("ProofVerifier"))
    computed = contract.read_one("keyId")
    if computed != spec.key_id:
        raise DeploymentError(
            f"the verifier of {spec.statement} computed key id 0x{computed.hex()}, "
            f"expected 0x{spec.key_id.hex()}: artifacts and prover disagree"
        )
    _route(deployer, deployment, spec, created.address)
    verifier = DeployedVerifier(
        address=created.address,
        code_digest=created.code_digest,
        block=created.block,
        statement=spec.statement,
        word_count=spec.word_count,
        market_word_count=spec.market_word_count,
        unsafe_dev=spec.unsafe_dev,
    )
    return deployment.with_verifier(spec.key_id, verifier)


def _route(deployer: Deployer, deployment: Deployment, spec: VerifierSpec, verifier: str) -> None:
    """The board reads marks; who reads an account statement is for its consumer to allow."""
    router = deployment.address("VerifierRouter")
    if spec.market_word_count == 0:
        deployer.send("VerifierRouter", router, "addAccountRoute", verifier)
        return
    deployer.send("VerifierRouter", router, "addRoute", verifier, spec.market_word_count)
    board = deployment.address("MarkBoard")
    deployer.send("MarkBoard", board, "setKeyAllowed", spec.key_id, True)
