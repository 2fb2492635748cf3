"""Hidden books on the real contracts: an account for each, and everything that is said of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from circuits.statements.header import Header
from circuits.statements.packing import pack
from circuits.statements.portfolio_margin import Kind
from circuits.statements.portfolio_margin.statement import PortfolioMargin
from node.attestations import Attestation
from node.chain import (
    Contract,
    DeploymentPlan,
    EmbeddedChain,
    LettersPlan,
    VerifierSpec,
    contract_abi,
    deploy,
    deploy_letters,
    development_account,
    transact,
)
from node.chain.deployer import Deployer
from node.chain.errors import RevertedError
from node.chain.signatures import LocalAccount
from node.demo.margin.stage import SNAPSHOT_SECONDS, MarginStage
from node.margin import AccountReference, BookOpening, MarginRequest
from node.words import split_words
from prover import ProvingKey
from tests.circuits.statements.margin.statements import MARKET, PARAMETERS
from tests.node.oracle.reports import publish, report_of
from tests.privacy.books import LEGS, OWNER, attested, hidden_opening

DEPLOYER = development_account("deployer")
STRANGER = development_account("owner", 1)
COPIES = 2
"""Accounts with the same book: what differs between them is chance."""


@dataclass(frozen=True)
class Account:
    """One hidden book on chain, and what was sent about it."""

    book: str
    salt: bytes
    opened: BookOpening
    attestation: Attestation
    calldata: bytes
    gas: int
    registering_gas: int

    @property
    def account_id(self) -> bytes:
        return self.opened.opening.account_id.to_bytes(32, "big")

    @property
    def commitment(self) -> bytes:
        return self.opened.commitment().to_bytes(32, "big")


@dataclass
class Stage:
    """Contracts, and accounts that all went through the same steps."""

    margins: MarginStage
    key: ProvingKey
    accounts: list[Account] = field(default_factory=list)

    @property
    def letters(self) -> Contract:
        return self.margins.contracts["CoveredLetters"]

    @property
    def registry(self) -> Contract:
        return self.margins.contracts["AttestationRegistry"]

    def open(self, book: str, number: int) -> Account:
        """Register an account, prove that it is covered, attest that."""
        salt = number.to_bytes(32, "big")
        account_id = self.letters.read_one("accountIdOf", OWNER.address, salt)
        group = int(self.letters.address, 16)
        reference = AccountReference(group, int.from_bytes(account_id, "big"))
        opened = hidden_opening(book, 1, reference)
        commitment = opened.commitment().to_bytes(32, "big")
        registering = self._send(self.letters, "register", salt, commitment)[1]
        made = attested(MarginRequest(Kind.COVERED, self.header(opened)), opened, self.key)
        calldata, gas = self._send(self.registry, "attest", *attest_arguments(made))
        account = Account(book, salt, opened, made, calldata, gas, registering)
        self.accounts.append(account)
        return account

    def header(self, opened: BookOpening, sequence: int = 1) -> Header:
        """As the registry wants it."""
        return Header(
            chain_id=self.margins.chain.chain_id(),
            registry=int(self.registry.address, 16),
            consumer=opened.opening.group,
            sequence=sequence,
            valid_until=MARKET.snapshot_unix + SNAPSHOT_SECONDS,
        )

    def refusal(
        self, contract: Contract, function: str, *arguments: Any, sender: LocalAccount = STRANGER
    ) -> bytes:
        """The data of a revert."""
        data = contract.abi.encode_call(function, *arguments)
        try:
            transact(self.margins.chain, sender, contract.address, data)
        except RevertedError as error:
            return bytes(error.data)
        raise AssertionError(f"{function} was taken")

    def _send(self, contract: Contract, function: str, *arguments: Any) -> tuple[bytes, int]:
        data = contract.abi.encode_call(function, *arguments)
        return data, transact(self.margins.chain, OWNER, contract.address, data).gas_used


def attest_arguments(made: Attestation) -> tuple[bytes, list[int], list[int]]:
    """Of AttestationRegistry.attest."""
    return made.key_id, list(split_words(made.proof)), list(made.words)


def open_stage(statement: PortfolioMargin, key: ProvingKey) -> Stage:
    """Every book twice, each under an account of its own."""
    funded = [each.address for each in (DEPLOYER, OWNER, STRANGER)]
    chain = EmbeddedChain(start_time=MARKET.snapshot_unix, funded=funded)
    spec = VerifierSpec.of(statement, key.verifying_key)
    plan = DeploymentPlan(
        signers=[development_account("signer", index).address for index in range(3)],
        threshold=2,
        verifiers=[spec],
        max_snapshot_age_seconds=SNAPSHOT_SECONDS,
    )
    deployment = deploy(chain, DEPLOYER, plan)
    deployer = Deployer(chain, DEPLOYER, lambda _: None)
    letters = LettersPlan(
        token=deployer.create("TestToken").address,
        underlying=MARKET.underlying_id.to_bytes(12, "big"),
        parameters_digest=PARAMETERS.digest().to_bytes(32, "big"),
    )
    deployment = deploy_letters(chain, DEPLOYER, deployment, "letters", letters)
    addresses = {
        "AttestationRegistry": deployment.address("AttestationRegistry"),
        "CoveredLetters": deployment.consumers["letters"].address,
    }
    # no plan: it would ask for a breach key as well, which nothing here uses
    allowed = (addresses["CoveredLetters"], "setKeyAllowed", spec.key_id, True)
    deployer.send("CoveredLetters", *allowed)
    contracts = {name: Contract(chain, at, contract_abi(name)) for name, at in addresses.items()}
    stage = Stage(MarginStage(chain, deployment, contracts), key)
    head = (MARKET.underlying_id, MARKET.tick_exponent, MARKET.snapshot_unix, 0)
    report = report_of(
        [pack((96, 8, 40, 32), head)],
        MARKET.spot_ticks,
        volatility=MARKET.at_the_money_volatility,
        digest=MARKET.digest(),
    )
    assert publish(chain, deployment, DEPLOYER, report)
    for number in range(COPIES * len(LEGS)):
        stage.open(list(LEGS)[number % len(LEGS)], number)
    return stage
