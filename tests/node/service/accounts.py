"""Statements about accounts on the real contracts, proven in the exponent: no circuit, no book."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from circuits.statements.portfolio_margin import Kind, MarginShape
from node.chain import (
    DeploymentPlan,
    EmbeddedChain,
    RpcChain,
    VerifierSpec,
    deploy,
    development_account,
    error_table,
    transact,
)
from node.relay import Relay, RelayPolicy
from node.store import Store
from node.values import AttestationBytes
from node.words import join_words
from prover import StatementIdentity, VerifyingKey
from prover.curve import G1Point, G2Point
from tests.node.chain import synthetic
from tests.node.chain.toy import START
from tests.node.oracle.reports import ADDRESSES, publish, report_of

OPERATOR = development_account("operator")
RELAY = development_account("relay")
SPOT = 7_800_000
VOLATILITY = 18_000_000
DIGEST = 4_711
MAX_AGE_SECONDS = DeploymentPlan(signers=[], threshold=0).max_snapshot_age_seconds
SHAPE = MarginShape(Kind.COVERED, slots=16, rows=33)

#: Contracts in bytes: one takes whatever it is told, one refuses everything.
TAKES = bytes.fromhex("6001600c60003960016000f300")
REFUSES = bytes.fromhex("6005600c60003960056000f360006000fd")


def account_key() -> VerifyingKey:
    """A key of a statement about accounts whose secrets the tests know."""
    return VerifyingKey(
        statement=StatementIdentity.of(SHAPE.description),
        r1cs_digest=bytes(32),
        unsafe_dev=True,
        alpha_g1=G1Point(*synthetic.g1(synthetic.ALPHA)),
        beta_g2=G2Point(*synthetic.g2(synthetic.BETA)),
        gamma_g2=G2Point(*synthetic.g2(synthetic.GAMMA)),
        delta_1_g2=G2Point(*synthetic.g2(synthetic.DELTA_1)),
        delta_2_g2=G2Point(*synthetic.g2(synthetic.DELTA_2)),
        gamma_abc_g1=tuple(G1Point(*synthetic.g1(each)) for each in synthetic.GAMMA_ABC),
    )


KEY = account_key()


def keep_key(directory: Path, key: VerifyingKey = KEY) -> None:
    """Put the verifying key where a key store finds it."""
    directory.mkdir(exist_ok=True)
    key.save(directory / f"{key.key_id.hex()}.vk.json")


@dataclass(frozen=True)
class Cover:
    """What one attestation says."""

    chain_id: int
    registry: int
    consumer: int
    account: int
    sequence: int = 1
    digest: int = DIGEST
    commitment: int = 1_234_567_890_123_456_789
    valid_until: int = START + MAX_AGE_SECONDS
    parameters: int = 99
    level: int = 1
    collateral: int = 987_654_321
    snapshot_unix: int = START
    spot: int = SPOT

    def words(self) -> tuple[int, ...]:
        return (
            self.chain_id << 160 | self.registry,
            self.consumer << 88 | self.sequence << 40 | self.valid_until,
            self.account,
            self.parameters,
            self.digest,
            self.snapshot_unix << 40 | self.level << 32 | SHAPE.slots << 16 | SHAPE.rows,
            self.spot,
            self.commitment,
            self.collateral,
        )

    def attestation(self, key: VerifyingKey = KEY) -> AttestationBytes:
        words = self.words()
        proof = synthetic.prove(words, key.key_id)
        return AttestationBytes(key.key_id, join_words(words), proof)


class Accounts:
    """Contracts with one account statement's route, and two consumers."""

    def __init__(self, chain: EmbeddedChain | RpcChain | None = None) -> None:
        funded = [OPERATOR.address, RELAY.address]
        self.chain = chain or EmbeddedChain(start_time=START, funded=funded)
        spec = VerifierSpec(
            statement="portfolio_margin synthetic",
            statement_id=KEY.statement.statement_id,
            r1cs_digest=KEY.r1cs_digest,
            key_words=KEY.key_words,
            word_count=SHAPE.word_count,
            market_word_count=0,
            unsafe_dev=True,
        )
        plan = DeploymentPlan(signers=ADDRESSES, threshold=2, verifiers=[spec])
        self.deployment = deploy(self.chain, OPERATOR, plan)
        self.taker, self.refuser = self._consumer(TAKES), self._consumer(REFUSES)
        self._snapshots = 0

    def publish(
        self,
        digest: int,
        after: int = 0,
        *,
        spot: int = SPOT,
        volatility: int = VOLATILITY,
        accepted: bool = True,
    ) -> None:
        """A snapshot whose margin listing has that digest; not accepted where it is to be held."""
        self._snapshots += 1
        words = synthetic.SyntheticMarket(START + after).market_words()
        report = report_of(words, spot, self._snapshots, volatility=volatility, digest=digest)
        assert publish(self.chain, self.deployment, OPERATOR, report) is accepted

    def cover(self, account: int, **changes: int) -> Cover:
        registry = int(self.deployment.address("AttestationRegistry"), 16)
        said = Cover(self.chain.chain_id(), registry, int.from_bytes(self.taker, "big"), account)
        return replace(said, **changes)

    def relay(self, store: Store) -> Relay:
        return Relay(
            store,
            self.chain,
            registry=self.deployment.address("AttestationRegistry"),
            errors=error_table(),
            account=RELAY,
            policy=RelayPolicy.development(),
        )

    def mine(self, blocks: int = 3) -> None:
        for _ in range(blocks):
            transact(self.chain, OPERATOR, OPERATOR.address, b"")

    def _consumer(self, code: bytes) -> bytes:
        address = transact(self.chain, OPERATOR, None, code).contract_address
        assert address is not None
        return bytes.fromhex(address[2:])
