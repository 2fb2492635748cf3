"""The chain of the margin demonstration: contracts, play money, signers, and who sends what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from circuits.statements.packing import pack
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
from node.demo.stage import SIGNERS, THRESHOLD, Say
from node.oracle import (
    Domain,
    MarginListing,
    MarketView,
    OracleSigner,
    build_report,
    collect,
    next_number,
    submit_report,
)

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
        signers=[development_account("signer", index).address for index in range(SIGNERS)],
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


def attest_margin_market(stage: MarginStage, market: MarginMarket) -> int:
    """Three signers sign a snapshot's margin listing, the oracle takes it; its number.

    This snapshot lists no marks: its market words are a head alone.
    """
    domain = Domain(stage.chain.chain_id(), stage.deployment.address("MarketOracle"))
    underlying = market.underlying_id.to_bytes(12, "big")
    head = (market.underlying_id, market.tick_exponent, market.snapshot_unix, 0)
    words = (pack((96, 8, 40, 32), head),)
    listing = MarginListing(
        market.digest().to_bytes(32, "big"), market.spot_ticks, market.at_the_money_volatility
    )
    report = build_report(
        underlying=underlying,
        number=next_number(stage.chain, domain, underlying),
        snapshot_unix=market.snapshot_unix,
        market_words=words,
        spots=[market.spot_ticks] * SIGNERS,
        margin=listing,
    )
    signers = [OracleSigner(development_account("signer", index)) for index in range(SIGNERS)]
    view = MarketView(words, market.spot_ticks, report.number, listing)
    signed = collect(
        report,
        domain,
        [signer.sign(report, domain, view) for signer in signers],
        signers=[signer.address for signer in signers],
        threshold=THRESHOLD,
    )
    receipt, accepted = submit_report(stage.chain, DEPLOYER, signed)
    outcome = "accepted" if accepted else "held"
    stage.steps.append(Step(f"signers attest snapshot {report.number}", outcome, receipt.gas_used))
    return report.number
