"""CoveredLetters on the embedded chain: what is deployed, and which sets of keys are refused."""

from dataclasses import replace
from pathlib import Path

import pytest
from eth_hash.auto import keccak

from circuits.statements.portfolio_margin import Kind, MarginShape, VolatilityForm
from circuits.statements.portfolio_margin.statement import PortfolioMargin
from node.chain import (
    Contract,
    Deployment,
    DeploymentPlan,
    DeploymentsFile,
    EmbeddedChain,
    LettersPlan,
    VerifierSpec,
    add_verifier,
    contract_abi,
    deploy,
    deploy_letters,
    development_account,
    refuse_unanswered_covers,
)
from node.chain.errors import BreachKeyMissingError, DeploymentError
from node.keys import statement_title
from tests.node.chain.synthetic import UNDERLYING, verifier_spec
from tests.node.chain.toy import START

DEPLOYER = development_account("deployer")
SIGNERS = tuple(development_account("signer", i).address for i in range(3))
COVERED, BREACH = MarginShape(Kind.COVERED, 32, 33), MarginShape(Kind.BREACH, 32, 33)
NARROW = replace(BREACH, slots=16)
DIGEST = b"\0" * 31 + b"\7"


@pytest.fixture(scope="module")
def chain() -> EmbeddedChain:
    return EmbeddedChain(start_time=START, funded=[DEPLOYER.address])


@pytest.fixture(scope="module")
def deployment(chain: EmbeddedChain) -> Deployment:
    plan = DeploymentPlan(signers=SIGNERS, threshold=2, verifiers=(verifier_spec(),))
    return deploy(chain, DEPLOYER, plan)


def margin_spec(shape: MarginShape) -> VerifierSpec:
    return replace(
        verifier_spec(),
        statement=statement_title(PortfolioMargin(shape)),
        statement_id=keccak(shape.description.parameters),
        word_count=shape.word_count,
        market_word_count=0,
    )


def test_letters_are_deployed_beside_the_board(
    chain: EmbeddedChain, deployment: Deployment, tmp_path: Path
) -> None:
    spec, breach = margin_spec(COVERED), margin_spec(BREACH)
    grown = add_verifier(chain, DEPLOYER, deployment, spec)
    grown = add_verifier(chain, DEPLOYER, grown, breach)
    router = Contract(chain, deployment.address("VerifierRouter"), contract_abi("VerifierRouter"))
    (route,) = router.read("activeRoute", spec.key_id).values()
    assert route[1:3] == (9, 0)
    board = Contract(chain, deployment.address("MarkBoard"), contract_abi("MarkBoard"))
    assert spec.key_id not in board.read_one("allowedKeys")

    token, keys = deployment.address("MarkBoard"), {spec.key_id: COVERED, breach.key_id: BREACH}
    plan = LettersPlan(token, UNDERLYING, DIGEST, keys, owner=SIGNERS[0])
    grown = deploy_letters(chain, DEPLOYER, grown, "BTC letters", plan)
    grown.check(chain)
    address = grown.consumers["BTC letters"].address
    letters = Contract(chain, address, contract_abi("CoveredLetters"))
    assert letters.read_one("allowedKeys") == (spec.key_id, breach.key_id)
    assert letters.read_one("parametersDigest") == DIGEST
    assert letters.read_one("rules") == plan.rules
    assert letters.read_one("pendingOwner") == SIGNERS[0].lower()
    file = DeploymentsFile(tmp_path / "deployments.json")
    file.save(grown)
    assert file.load(grown.chain_id) == grown


def test_letters_want_verifiers_of_their_statements_on_record(
    chain: EmbeddedChain, deployment: Deployment
) -> None:
    token = deployment.address("MarkBoard")
    grown = add_verifier(chain, DEPLOYER, deployment, margin_spec(NARROW))
    before = chain.head().number
    for key_id, found in (
        (b"\2" * 32, "none"),
        (verifier_spec().key_id, "option_marks"),
        (margin_spec(NARROW).key_id, "portfolio_margin breach, 16 slots"),
    ):
        plan = LettersPlan(token, UNDERLYING, DIGEST, {key_id: BREACH})
        with pytest.raises(DeploymentError, match=rf"{found}.*expected one of .* breach, 32"):
            deploy_letters(chain, DEPLOYER, grown, "BTC letters", plan)
    assert chain.head().number == before
    for digest in (b"", bytes(32), b"\xff" * 32):
        with pytest.raises(DeploymentError, match="parameters digest"):
            LettersPlan(token, UNDERLYING, digest)


ANSWERED = {
    "the same": [COVERED, BREACH],
    "a wider breach": [COVERED, replace(BREACH, slots=128)],
    "a breach alone": [BREACH],
    "nothing yet": [],
    "a requirement": [replace(COVERED, kind=Kind.REQUIREMENT), BREACH],
    "both forms": [
        COVERED,
        BREACH,
        *(replace(each, form=VolatilityForm.SERIES) for each in (COVERED, BREACH)),
    ],
}
UNANSWERED = {
    "none": [COVERED],
    "fewer slots": [COVERED, NARROW],
    "other rows": [COVERED, replace(BREACH, rows=32)],
    "another form": [COVERED, replace(BREACH, form=VolatilityForm.SERIES)],
    "one of two": [COVERED, replace(COVERED, slots=128), BREACH],
    "a requirement": [replace(COVERED, kind=Kind.REQUIREMENT)],
}


@pytest.mark.parametrize("shapes", ANSWERED.values(), ids=ANSWERED)
def test_covers_that_a_breach_answers_are_allowed(shapes: list[MarginShape]) -> None:
    refuse_unanswered_covers(shapes)


@pytest.mark.parametrize("shapes", UNANSWERED.values(), ids=UNANSWERED)
def test_covers_that_no_breach_answers_are_refused(shapes: list[MarginShape]) -> None:
    keys = {bytes([index]) * 32: shape for index, shape in enumerate(shapes)}
    with pytest.raises(BreachKeyMissingError, match="could never be shown in breach"):
        LettersPlan(SIGNERS[0], UNDERLYING, DIGEST, keys)


def test_letters_do_not_read_open_books() -> None:
    with pytest.raises(DeploymentError, match="do not read portfolio_margin open"):
        refuse_unanswered_covers([replace(COVERED, kind=Kind.OPEN), BREACH])
