"""Letters on the real contracts with statements proven in the exponent: no circuit, no book."""

from __future__ import annotations

from node.attestations import Attestation
from node.chain import (
    Contract,
    CoveredLetters,
    EmbeddedChain,
    LettersPlan,
    RpcChain,
    contract_abi,
    deploy_letters,
)
from node.chain.deployer import Deployer
from node.relay.direct import attest_directly
from node.words import split_words
from prover import StatementIdentity
from tests.node.chain.synthetic import UNDERLYING
from tests.node.service.accounts import KEY, OPERATOR, RELAY, SHAPE, Accounts, Cover

PARAMETERS_DIGEST = 99
SALT = bytes(31) + b"\1"
COMMITMENT = (1_234_567_890_123_456_789).to_bytes(32, "big")
MAINTENANCE, INITIAL = 1, 2
PLAYED = 10**12
"""Tokens of the operator, who owns the accounts."""


class LettersStage(Accounts):
    """Letters whose one key is known to the tests, and play money."""

    def __init__(
        self,
        chain: EmbeddedChain | RpcChain | None = None,
        parameters_digest: int = PARAMETERS_DIGEST,
    ) -> None:
        super().__init__(chain)
        deployer = Deployer(self.chain, OPERATOR, None)
        token = deployer.create("TestToken").address
        deployer.send("TestToken", token, "mint", OPERATOR.address, PLAYED)
        digest = parameters_digest.to_bytes(32, "big")
        plan = LettersPlan(token, UNDERLYING, digest)
        self.deployment = deploy_letters(self.chain, OPERATOR, self.deployment, "letters", plan)
        self.letters = CoveredLetters(self.chain, self.deployment.consumers["letters"].address)
        # no plan with keys: it would ask for a breach key as well, which nothing here uses
        allowed = (self.letters.address, "setKeyAllowed", KEY.key_id, True)
        deployer.send("CoveredLetters", *allowed)

    @property
    def token(self) -> Contract:
        return Contract(self.chain, self.letters.token.address, contract_abi("TestToken"))

    def open(self, collateral: int, salt: bytes = SALT) -> bytes:
        """An account of the operator with that much in it."""
        account = self.letters.account_id_of(OPERATOR.address, salt)
        self.letters.register(OPERATOR, salt, COMMITMENT)
        self.letters.allow(OPERATOR, collateral)
        self.letters.deposit(OPERATOR, account, collateral)
        return account

    def statement(self, account: bytes, **changes: int) -> Cover:
        """A `covered` of that account."""
        consumer = int(self.letters.address, 16)
        return self.cover(int.from_bytes(account, "big"), **{"consumer": consumer, **changes})

    def attest(self, said: Cover) -> None:
        """Bring it on chain."""
        assert attest_directly(self.chain, RELAY, attestation_of(said)) is not None


def attestation_of(said: Cover) -> Attestation:
    """As a file holds it."""
    made = said.attestation()
    words = split_words(made.words)
    return Attestation(made.key_id, StatementIdentity.of(SHAPE.description), words, made.proof)
