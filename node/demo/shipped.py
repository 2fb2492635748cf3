"""A proof that ships with the repository, for machines without the native engine.

The embedded chain and the deployer's addresses are the same in every run, so an attestation made
once is one for every such run. `python node/data/make_demo_attestation.py` makes it anew; a test
says when: whenever the constraint system, the chain file or the order of deployment changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from circuits.statements.option_marks import Header, OptionMarks
from node.attestations import (
    Attestation,
    attest_market,
    decode_attestation,
    verify_attestation,
    write_attestation,
)
from node.chain import development_account, transact
from node.demo.settled import Sent, Settled, timed
from node.demo.snapshot import Snapshot, load_snapshot
from node.demo.stage import Say, Stage, attest_snapshot, deploy_contracts, open_chain
from node.keys import DEVELOPMENT_SEED
from node.quoting import evaluate_chain, greek_decimals
from prover import (
    Engine,
    VerifyingKey,
    default_engine,
    development_toxic_waste,
    r1cs_digest,
    setup,
)

ATTESTATION_FILE = "demo_attestation.json"
KEY_FILE = "demo_key.vk.json"


@dataclass(frozen=True)
class Shipped:
    """The proof and the key it is under."""

    attestation: Attestation
    key: VerifyingKey


def load_shipped() -> Shipped:
    """The shipped files."""
    data = resources.files("node") / "data"
    attestation = decode_attestation((data / ATTESTATION_FILE).read_bytes(), where=ATTESTATION_FILE)
    return Shipped(attestation, VerifyingKey.decode_json((data / KEY_FILE).read_bytes()))


def send_shipped(
    stage: Stage, snapshot: Snapshot, shipped: Shipped, engine: Engine, say: Say
) -> Settled:
    """Verify the shipped proof here, then let the contract do it."""
    marks, quote_seconds = timed(lambda: evaluate_chain(snapshot.chain))
    say(f"computed {len(marks)} marks and Greeks in {quote_seconds * 1000:.0f} ms")
    _, seconds = timed(lambda: verify_attestation(shipped.attestation, shipped.key, engine))
    say(f"the {engine.name} engine verified the shipped proof in {seconds:.1f} s")
    sent = Sent.of(shipped.attestation.key_id, shipped.attestation.words, shipped.attestation.proof)
    registry = stage.contract("AttestationRegistry")
    data = registry.abi.encode_call("attest", sent.key_id, list(sent.proof), list(sent.words))
    receipt = transact(stage.chain, development_account("relay"), registry.address, data)
    exponent = snapshot.placed.underlying.tick_exponent
    return Settled(
        sent=sent,
        block_number=receipt.block_number,
        gas_used=receipt.gas_used,
        states=("PROVED", "SUBMITTED", "CONFIRMED"),
        deltas=tuple(greek_decimals(mark.greeks, exponent)["delta"] for mark in marks),
        quote_seconds=quote_seconds,
        proving_seconds=0.0,
    )


def make_shipped(folder: Path, say: Say) -> None:
    """Prove the shipped snapshot for the addresses that every embedded run has."""
    snapshot = load_snapshot()
    statement = OptionMarks(snapshot.shape)
    r1cs = statement.r1cs()
    waste = development_toxic_waste(DEVELOPMENT_SEED, r1cs_digest(r1cs.canonical_bytes()))
    key = setup(r1cs, statement.description, waste)
    chain, snapshot = open_chain(None, snapshot, say)
    stage = deploy_contracts(chain, statement, key.verifying_key, say)
    market = snapshot.placed.market
    max_age = stage.contract("AttestationRegistry").read_one("maxSnapshotAgeSeconds")
    header = Header(
        chain_id=chain.chain_id(),
        registry=int(stage.deployment.address("AttestationRegistry"), 16),
        consumer=int(stage.deployment.address("MarkBoard"), 16),
        sequence=attest_snapshot(stage, snapshot),
        valid_until=market.snapshot_unix + int(max_age),
    )
    attestation, _ = attest_market(statement, header, market, key, default_engine())
    write_attestation(folder / ATTESTATION_FILE, attestation)
    (folder / KEY_FILE).write_text(key.verifying_key.to_json(), encoding="utf-8")
