"""The chain of the margin demonstration: contracts, play money, signers, and who sends what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from circuits.statements.portfolio_margin import (
    Kind,
    MarginMarket,
    MarginParameters,
    MarginShape,
)
from node.chain import (
    Contract,
    CoveredLetters,
    Deployment,
    DeploymentPlan,
    EmbeddedChain,
    LettersPlan,
    Receipt,
    VerifierSpec,
    contract_abi,
    deploy,
    deploy_letters,
    development_account,
    error_table,
    invoke,
)
from node.chain.artifacts import CONTRACTS
from node.chain.deployer import Deployer
from node.chain.errors import RevertedError
from node.chain.signatures import LocalAccount
from node.demo.margin.report import Step
from node.demo.signers import SIGNERS, THRESHOLD, KnownMarket, attest
from node.demo.stage import Say

LETTERS = "BTC letters"
SNAPSHOT_SECONDS = 3_600
"""How long a snapshot may be attested; the header of a statement ends with it."""

DEPLOYER = development_account("deployer")
OWNER = development_account("owner")
RELAY = development_account("relay")
TRADER = development_account("trader")


@dataclass
class MarginStage:
    """Contracts by name, and a record of everything that was sent or refused."""

    chain: EmbeddedChain
    deployment: Deployment
    contracts: Mapping[str, Contract]
    steps: list[Step] = field(default_factory=list)

    @property
    def letters(self) -> CoveredLetters:
        """The letters, as their users call them."""
        return CoveredLetters(self.chain, self.contracts["CoveredLetters"].address)

    def done(self, what: str, receipts: Iterable[Receipt]) -> None:
        """Record what was sent, and its gas."""
        self.steps.append(Step(what, "done", sum(each.gas_used for each in receipts)))

    def send(self, account: LocalAccount, name: str, function: str, *arguments: Any) -> Receipt:
        """Send a transaction to a contract."""
        return invoke(self.contracts[name], account, function, *arguments)

    def refused(self, what: str, send: Callable[[], Receipt]) -> str:
        """Try what must be refused; records and returns the contract's reason."""
        try:
            send()
        except RevertedError as error:
            reason = error_table((*CONTRACTS, "OptionDesk")).decode(error.data).sentence
            self.steps.append(Step(what, f"refused: {reason}"))
            return reason
        raise AssertionError(f"accepted, expected a refusal: {what}")

    def note(self, what: str, outcome: str) -> None:
        """Record what was read."""
        self.steps.append(Step(what, outcome))


def open_stage(
    market: MarginMarket,
    parameters: MarginParameters,
    specs: Mapping[MarginShape, VerifierSpec],
    say: Say,
) -> MarginStage:
    """Deploy the system, letters for hidden books, the example desk for open ones, a token."""
    funded = [each.address for each in (DEPLOYER, OWNER, RELAY, TRADER)]
    chain = EmbeddedChain(start_time=market.snapshot_unix, funded=funded, notify=say)
    plan = DeploymentPlan(
        signers=[account.address for account in SIGNERS],
        threshold=THRESHOLD,
        verifiers=list(specs.values()),
        max_snapshot_age_seconds=SNAPSHOT_SECONDS,
    )
    deployment = deploy(chain, DEPLOYER, plan, say)
    deployer = Deployer(chain, DEPLOYER, say)
    token = deployer.create("TestToken")
    underlying = market.underlying_id.to_bytes(12, "big")
    digest = parameters.digest().to_bytes(32, "big")
    letters = LettersPlan(
        token=token.address,
        underlying=underlying,
        parameters_digest=digest,
        keys={spec.key_id: shape for shape, spec in specs.items() if shape.kind is not Kind.OPEN},
    )
    deployment = deploy_letters(chain, DEPLOYER, deployment, LETTERS, letters, say)
    registry = deployment.address("AttestationRegistry")
    arguments = (DEPLOYER.address, registry, underlying, digest, letters.rules)
    desk = deployer.create("OptionDesk", *arguments)
    (opening,) = (spec for shape, spec in specs.items() if shape.kind is Kind.OPEN)
    deployer.send("OptionDesk", desk.address, "setKeyAllowed", opening.key_id, True)
    addresses = {
        "AttestationRegistry": registry,
        "CoveredLetters": deployment.consumers[LETTERS].address,
        "OptionDesk": desk.address,
        "TestToken": token.address,
    }
    contracts = {name: Contract(chain, at, contract_abi(name)) for name, at in addresses.items()}
    return MarginStage(chain, deployment, contracts)


def attest_margin_market(stage: MarginStage, market: MarginMarket) -> None:
    """The signers sign a snapshot's margin listing, the oracle contract takes it."""
    found = attest(stage.chain, stage.deployment, DEPLOYER, KnownMarket(margin=market))
    outcome = "accepted" if found.accepted else "held"
    what = f"signers attest snapshot {found.number}"
    stage.steps.append(Step(what, outcome, found.receipt.gas_used))
