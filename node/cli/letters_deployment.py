"""What `proofmark deploy-letters` does: keys, their verifiers, the contract, its record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from circuits.statements.portfolio_margin import MarginShape
from circuits.statements.portfolio_margin.statement import PortfolioMargin
from node.chain import (
    Chain,
    Deployment,
    DeploymentsFile,
    LettersPlan,
    Token,
    add_verifier,
    deploy_letters,
    refuse_unanswered_covers,
)
from node.chain.errors import DeploymentError
from node.chain.signatures import LocalAccount
from node.cli.deployment import verifier_spec
from node.keys import KeyStore, statement_title
from prover import Engine


@dataclass(frozen=True)
class LettersRequest:
    """What to deploy under which name: a plan without keys, and the shapes to find keys of.

    `afresh` lets it take the name of letters on record. The parameters behind the plan's digest
    count `collateral_unit` cash atoms, of 10^-atom_digits of the quote currency, for a unit of the
    token.
    """

    name: str
    plan: LettersPlan
    shapes: Sequence[MarginShape]
    afresh: bool
    collateral_unit: int
    atom_digits: int


def deploy_beside(
    chain: Chain,
    account: LocalAccount,
    request: LettersRequest,
    store: KeyStore,
    record: DeploymentsFile,
    engine: Engine,
    notify: Callable[[str], None],
) -> dict[str, Any]:
    """Deploy verifiers that are missing and the letters, write the record, and report.

    Raises before anything is sent: BreachKeyMissingError, DeploymentError for a chain without
    contracts on record, a name that is taken, a token that is none or whose units are worth
    something else than the parameters say, and what `verifier_spec` raises.
    """
    refuse_unanswered_covers(request.shapes)
    known = record.recorded(chain)
    _refuse_taken_name(request, known)
    _refuse_other_units(request, Token(chain, request.plan.token))
    specs = {
        shape: verifier_spec(PortfolioMargin(shape), store, known.chain_id, engine, notify)
        for shape in request.shapes
    }
    for spec in specs.values():
        known = add_verifier(chain, account, known, spec, notify)
        record.save(known)
    keys = {spec.key_id: shape for shape, spec in specs.items()}
    plan = replace(request.plan, keys=keys)
    known = deploy_letters(chain, account, known, request.name, plan, notify)
    record.save(known)
    return _report(known, request, plan)


def _refuse_taken_name(request: LettersRequest, known: Deployment) -> None:
    taken = known.consumers.get(request.name)
    if taken is not None and not request.afresh:
        raise DeploymentError(
            f"{request.name!r} are on record at {taken.address}: choose another --name, or give"
            " this one to new letters with --afresh (accounts of the old ones stay there)"
        )


def _refuse_other_units(request: LettersRequest, token: Token) -> None:
    """The contract sees units alone: a token of 18 decimals would be worth 10^12 of one of 6."""
    decimals = token.decimals()
    worth = Fraction(10) ** (request.atom_digits - decimals)
    if worth != request.collateral_unit:
        raise DeploymentError(
            f"the parameters count a unit of the token as {request.collateral_unit} cash atoms of"
            f" 1e-{request.atom_digits} quote currency; of token {token.address}, with {decimals}"
            f" decimals, it is {worth}: name --parameters made for this token and underlying"
        )


def _report(known: Deployment, request: LettersRequest, plan: LettersPlan) -> dict[str, Any]:
    keys = {
        f"0x{key_id.hex()}": statement_title(PortfolioMargin(shape))
        for key_id, shape in plan.keys.items()
    }
    return {
        "chain_id": known.chain_id,
        "name": request.name,
        "consumer": known.consumers[request.name].address,
        "registry": known.address("AttestationRegistry"),
        "token": plan.token,
        "parameters_digest": f"0x{plan.parameters_digest.hex()}",
        "keys": keys,
    }
