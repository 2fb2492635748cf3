"""The owner of the demonstration: a vault, keys of its own, and proofs made in this process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from circuits.statements.header import Header
from circuits.statements.portfolio_margin import Kind, Level
from circuits.statements.portfolio_margin.statement import PortfolioMargin
from node.attestations import Attestation
from node.chain import VerifierSpec
from node.demo.margin.report import Proving
from node.demo.margin.stage import RELAY, SNAPSHOT_SECONDS, MarginStage
from node.demo.settled import timed
from node.demo.stage import Say
from node.keys import KeyStore
from node.margin import BookOpening, MarginRequest, Valuer, margin_statement, prove_margin
from node.relay.direct import attest_directly
from prover import Engine, ProvingKey

SLOTS = {Kind.COVERED: 32, Kind.BREACH: 32, Kind.OPEN: 16}
"""The smallest circuits that fit; 128 slots would hide more, and take about twice as long."""


@dataclass(frozen=True)
class DemoKey:
    """A key, what it is of, and how long making it took (little where the store had it)."""

    statement: PortfolioMargin
    key: ProvingKey
    constraints: int
    seconds: float

    @property
    def spec(self) -> VerifierSpec:
        """What its verifier is built from."""
        return VerifierSpec.of(self.statement, self.key.verifying_key)


def demo_keys(store: KeyStore, valuer: Valuer, engine: Engine, say: Say) -> dict[Kind, DemoKey]:
    """The three keys, made where they are missing."""
    found = {}
    for kind, slots in SLOTS.items():
        statement = margin_statement(kind, valuer.market, valuer.parameters, slots)
        say(f"key of {kind.value}, {slots} slots, {len(valuer.parameters.rows)} rows")
        constraints = statement.r1cs().row_count
        key, seconds = timed(
            lambda each=statement: store.ensure_development_key(each, say, engine)  # type: ignore[misc]
        )
        found[kind] = DemoKey(statement, key, constraints, seconds)
    return found


@dataclass
class Prover:
    """Proves claims, brings them to the registry, and keeps the times."""

    stage: MarginStage
    keys: Mapping[Kind, DemoKey]
    engine: Engine
    say: Say
    provings: list[Proving] = field(default_factory=list)

    def attest(
        self,
        kind: Kind,
        opened: BookOpening,
        valuer: Valuer,
        *,
        sequence: int,
        level: Level = Level.MAINTENANCE,
        collateral: int = 0,
    ) -> Attestation:
        """Prove in this process, send words and proof from the relay's key."""
        registry = self.stage.contracts["AttestationRegistry"]
        header = Header(
            chain_id=self.stage.chain.chain_id(),
            registry=int(registry.address, 16),
            consumer=opened.opening.group,
            sequence=sequence,
            valid_until=valuer.market.snapshot_unix + SNAPSHOT_SECONDS,
        )
        own = self.keys[kind]
        slots = SLOTS[kind]
        request = MarginRequest(kind, header, level, collateral)
        made, times = prove_margin(request, opened, valuer, own.key, self.engine, slots=slots)
        claim = f"{kind.value}, {level.name.lower()} margin"
        self.say(f"proved {claim} in {times.witness + times.proof:.1f} s; sending it")
        self.provings.append(
            Proving(
                claim=claim,
                slots=slots,
                constraints=own.constraints,
                key_seconds=round(own.seconds, 2),
                witness_seconds=round(times.witness, 3),
                proof_seconds=round(times.proof, 3),
                proof_bytes=len(made.proof),
                words=len(made.words),
            )
        )
        receipt = attest_directly(self.stage.chain, RELAY, made)
        self.stage.done(f"attest {claim}", [] if receipt is None else [receipt])
        return made
