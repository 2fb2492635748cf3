"""A real key, real contracts on the embedded chain, signed snapshots: what e2e tests start from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from circuits.profile import R14
from circuits.statements.option_marks import (
    GroupInputs,
    Header,
    Market,
    OptionInputs,
    OptionMarks,
    Shape,
    market_word_count,
    market_words,
)
from node.chain import (
    Contract,
    Deployment,
    DeploymentPlan,
    EmbeddedChain,
    VerifierSpec,
    contract_abi,
    deploy,
    development_account,
    transact,
)
from node.oracle import Domain, SignedReport
from node.oracle import submit_report as submit
from prover import (
    Proof,
    ProvingKey,
    development_toxic_waste,
    lane_numbers,
    prove,
    r1cs_digest,
    setup,
)
from tests.node.oracle.reports import ADDRESSES, SIGNERS, report_of, signed_by

SNAPSHOT_UNIX = 1_780_000_000
SHAPE = Shape(4)
OPERATOR = development_account("operator")


def small_market(snapshot_unix: int = SNAPSHOT_UNIX, volatility: int = 30_000_000) -> Market:
    """Two expiries of an underlying called BTC, five options."""
    near = (
        OptionInputs(750_000_000, volatility, False),
        OptionInputs(775_000_000, volatility, False),
        OptionInputs(775_000_000, volatility, True),
    )
    far = (
        OptionInputs(700_000_000, volatility, True),
        OptionInputs(900_000_000, volatility, False),
    )
    groups = (
        GroupInputs(775_000_000, 1 << 44, 1 << 26, SNAPSHOT_UNIX + 86_400, near),
        GroupInputs(780_000_000, 1 << 44, 1 << 26, SNAPSHOT_UNIX + 30 * 86_400, far),
    )
    underlying = int.from_bytes(bytes(range(1, 13)), "big")
    return Market(underlying, 4, snapshot_unix, groups)


def make_key(statement: OptionMarks) -> ProvingKey:
    """A development key."""
    r1cs = statement.r1cs()
    waste = development_toxic_waste(b"e2e", r1cs_digest(r1cs.canonical_bytes()))
    return setup(r1cs, statement.description, waste)


def verifier_spec(key: ProvingKey, statement: OptionMarks) -> VerifierSpec:
    """What the contract of this key is built from."""
    verifying = key.verifying_key
    return VerifierSpec(
        statement="option_marks",
        statement_id=verifying.statement.statement_id,
        r1cs_digest=verifying.r1cs_digest,
        key_words=verifying.key_words,
        word_count=verifying.statement.word_count,
        market_word_count=market_word_count(statement.shape),
        unsafe_dev=True,
    )


@dataclass
class Settlement:
    """Contracts on a fresh chain, for one statement and key."""

    statement: OptionMarks
    key: ProvingKey
    chain: EmbeddedChain
    deployment: Deployment

    @classmethod
    def deployed(cls, statement: OptionMarks, key: ProvingKey) -> Settlement:
        """A chain at the snapshot's time with everything deployed."""
        chain = EmbeddedChain(start_time=SNAPSHOT_UNIX, funded=[OPERATOR.address])
        plan = DeploymentPlan(
            signers=ADDRESSES,
            threshold=2,
            verifiers=[verifier_spec(key, statement)],
        )
        return cls(statement, key, chain, deploy(chain, OPERATOR, plan))

    @classmethod
    def of_shape(cls, greeks: bool = False) -> Settlement:
        """The product statement at its smallest shape."""
        statement = OptionMarks(SHAPE, R14, greeks)
        return cls.deployed(statement, make_key(statement))

    def contract(self, name: str) -> Contract:
        """A deployed contract by name."""
        return Contract(self.chain, self.deployment.address(name), contract_abi(name))

    def address(self, name: str) -> int:
        """Its address as a number."""
        return int(self.deployment.address(name), 16)

    def max_age(self) -> int:
        """Seconds for which a snapshot is attested."""
        return int(self.contract("AttestationRegistry").read_one("maxSnapshotAgeSeconds"))

    def header(self, sequence: int = 1, **changes: int) -> Header:
        """A header for this chain, registry and board."""
        fields = {
            "chain_id": self.chain.chain_id(),
            "registry": self.address("AttestationRegistry"),
            "consumer": self.address("MarkBoard"),
            "sequence": sequence,
            "valid_until": SNAPSHOT_UNIX + self.max_age(),
        }
        return Header(**(fields | changes))

    def report(self, market: Market, number: int, signers: int = 3) -> SignedReport:
        """A report of the market, signed."""
        domain = Domain(self.chain.chain_id(), self.deployment.address("MarketOracle"))
        words = market_words(market, self.statement.shape)
        return signed_by(report_of(words, 775_000_000, number), domain, SIGNERS[:signers])

    def attest_market(self, market: Market, number: int = 1) -> None:
        """Let the oracle accept a snapshot."""
        _, accepted = submit(self.chain, OPERATOR, self.report(market, number))
        assert accepted

    def prove(self, market: Market, header: Header) -> tuple[tuple[int, ...], Proof]:
        """Words and proof."""
        witness = self.statement.witness(header, market, numbers=lane_numbers())
        return witness.words, prove(self.key, witness, witness.words)

    def attest(self, words: tuple[int, ...], proof: Proof, key_id: bytes | None = None) -> Any:
        """Send an attestation; the receipt."""
        registry = self.contract("AttestationRegistry")
        data = registry.abi.encode_call(
            "attest", key_id or self.key.verifying_key.key_id, proof_words(proof), list(words)
        )
        return transact(self.chain, OPERATOR, registry.address, data)


def proof_words(proof: Proof) -> list[int]:
    """uint256[10]."""
    data = proof.to_bytes()
    return [int.from_bytes(data[i : i + 32], "big") for i in range(0, len(data), 32)]
