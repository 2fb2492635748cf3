"""What `proofmark deploy` does: keys, contracts, the record of addresses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from circuits.statements.option_marks import OptionMarks
from node.chain import (
    Chain,
    Deployment,
    DeploymentPlan,
    DeploymentsFile,
    VerifierSpec,
    add_verifier,
    deploy,
    development_account,
    refuse_unsafe_key,
)
from node.chain.errors import DeploymentError
from node.chain.signatures import LocalAccount
from node.keys import KeyNotFoundError, KeyStore, KnownStatement, statement_title
from prover import DEVELOPMENT_CHAINS, Engine

_DEVELOPMENT_SIGNERS = 3


@dataclass(frozen=True)
class DeployRequest:
    """What to deploy. Without signers, development signers are taken on development chains.

    `afresh` leaves contracts on record alone and makes new ones.
    """

    statements: Sequence[OptionMarks]
    signers: Sequence[str]
    threshold: int | None
    owner: str | None
    guardian: str | None
    afresh: bool


def deploy_contracts(
    chain: Chain,
    account: LocalAccount,
    request: DeployRequest,
    store: KeyStore,
    record: DeploymentsFile,
    engine: Engine,
    notify: Callable[[str], None],
) -> Deployment:
    """Deploy everything, or what the record lacks, and write the record.

    Raises before anything is sent: UnsafeKeyError and KeyNotFoundError for keys that may not be
    used on this chain, DeploymentError for signers, ContractMissingError for a record that is
    not true.
    """
    chain_id = chain.chain_id()
    specs = [
        verifier_spec(statement, store, chain_id, engine, notify)
        for statement in request.statements
    ]
    known = None if request.afresh else record.load(chain_id)
    if known is None:
        plan = _plan(request, specs, chain_id)
        deployment = deploy(chain, account, plan, notify)
        record.save(deployment)
        return deployment
    _refuse_unused_options(request, record)
    known.check(chain)
    for spec in specs:
        if known.verifier(spec.key_id) is not None:
            notify(f"key 0x{spec.key_id.hex()} has its verifier already")
        known = add_verifier(chain, account, known, spec, notify)
        record.save(known)
    return known


def _refuse_unused_options(request: DeployRequest, record: DeploymentsFile) -> None:
    """Roles are given when contracts are made; on a later run they would be silently lost."""
    given = {
        "--signer": request.signers,
        "--threshold": request.threshold,
        "--owner": request.owner,
        "--guardian": request.guardian,
    }
    unused = ", ".join(option for option, value in given.items() if value)
    if unused:
        raise DeploymentError(
            f"{record.path} has this chain's contracts already, and {unused} only count when they "
            "are made: leave them out to add verifiers, or make new contracts with --afresh"
        )


def deployment_report(deployment: Deployment) -> dict[str, Any]:
    """Addresses as plain data."""
    return {
        "chain_id": deployment.chain_id,
        "contracts": {name: each.address for name, each in deployment.contracts.items()},
        "verifiers": {
            key_id: {
                "address": verifier.address,
                "statement": verifier.statement,
                "unsafe_dev": verifier.unsafe_dev,
            }
            for key_id, verifier in deployment.verifiers.items()
        },
    }


def verifier_spec(
    statement: KnownStatement,
    store: KeyStore,
    chain_id: int,
    engine: Engine,
    notify: Callable[[str], None],
) -> VerifierSpec:
    """The verifier of the store's key; development chains may have one made.

    KeyNotFoundError and UnsafeKeyError elsewhere.
    """
    if chain_id in DEVELOPMENT_CHAINS:
        key = store.ensure_development_key(statement, notify, engine).verifying_key
        return VerifierSpec.of(statement, key)
    entry = store.find(statement)
    if entry is None:
        raise KeyNotFoundError(
            f"no key of {statement_title(statement)} in {store.directory}; chain {chain_id} is not"
            " a development chain, so none is made: import a ceremony's key"
        )
    spec = VerifierSpec.of(statement, entry.verifying_key)
    refuse_unsafe_key(spec, chain_id)
    return spec


def _plan(request: DeployRequest, specs: Sequence[VerifierSpec], chain_id: int) -> DeploymentPlan:
    signers, threshold = list(request.signers), request.threshold
    if not signers:
        if chain_id not in DEVELOPMENT_CHAINS:
            raise DeploymentError(
                f"chain {chain_id} is not a development chain: name the oracle's signers with"
                " --signer, and how many must sign with --threshold"
            )
        signers = [development_account("signer", i).address for i in range(_DEVELOPMENT_SIGNERS)]
    if threshold is None:
        threshold = len(signers) // 2 + 1
    if not 0 < threshold <= len(signers) or len(set(signers)) != len(signers):
        raise DeploymentError(
            f"threshold {threshold} of {len(set(signers))} signers, expected distinct signers and"
            " a threshold from 1 to their number"
        )
    return DeploymentPlan(
        signers=signers,
        threshold=threshold,
        verifiers=specs,
        owner=request.owner,
        guardian=request.guardian,
    )
