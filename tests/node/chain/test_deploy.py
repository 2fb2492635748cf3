"""The real contracts on the embedded chain: deployment, its record, and its refusals."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from node.chain import (
    Contract,
    Deployment,
    DeploymentPlan,
    DeploymentsFile,
    EmbeddedChain,
    Series,
    add_verifier,
    contract_abi,
    deploy,
    deploy_feed,
    development_account,
    error_table,
    refuse_unsafe_key,
)
from node.chain.errors import (
    ContractMissingError,
    DeploymentError,
    RevertedError,
    UnsafeKeyError,
)
from tests.node.chain.synthetic import UNDERLYING, verifier_spec
from tests.node.chain.toy import START

DEPLOYER = development_account("deployer")
SIGNERS = tuple(development_account("signer", i).address for i in range(3))
PLAN = DeploymentPlan(signers=SIGNERS, threshold=2, verifiers=(verifier_spec(),))


@pytest.fixture(scope="module")
def chain() -> EmbeddedChain:
    return EmbeddedChain(start_time=START, funded=[DEPLOYER.address])


@pytest.fixture(scope="module")
def deployment(chain: EmbeddedChain) -> Deployment:
    return deploy(chain, DEPLOYER, PLAN)


def test_everything_is_wired(chain: EmbeddedChain, deployment: Deployment) -> None:
    deployment.check(chain)
    spec = verifier_spec()
    router = Contract(chain, deployment.address("VerifierRouter"), contract_abi("VerifierRouter"))
    verifier = deployment.verifier(spec.key_id)
    assert verifier is not None
    (route,) = router.read("activeRoute", spec.key_id).values()
    assert route[:3] == (verifier.address.lower(), spec.word_count, spec.market_word_count)
    board = Contract(chain, deployment.address("MarkBoard"), contract_abi("MarkBoard"))
    assert board.read_one("allowedKeys") == (spec.key_id,)
    oracle = Contract(chain, deployment.address("MarketOracle"), contract_abi("MarketOracle"))
    assert oracle.read_one("signerCount") == 3
    assert oracle.read_one("threshold") == 2


def test_a_known_verifier_is_not_deployed_again(
    chain: EmbeddedChain, deployment: Deployment
) -> None:
    before = chain.head().number
    assert add_verifier(chain, DEPLOYER, deployment, verifier_spec()) is deployment
    assert chain.head().number == before


def test_a_feed_reverts_in_words_before_its_first_mark(
    chain: EmbeddedChain, deployment: Deployment
) -> None:
    series = Series(UNDERLYING, START + 86_400, 190_000_000, False)
    grown = deploy_feed(
        chain, DEPLOYER, deployment, series, tick_exponent=2, description="BTC test call"
    )
    grown.check(chain)
    feed = Contract(chain, grown.feeds["BTC test call"].address, contract_abi("SeriesFeed"))
    assert feed.read_one("decimals") == 7
    with pytest.raises(RevertedError) as caught:
        feed.read("latestRoundData")
    assert error_table().decode(caught.value.data).sentence == "round unknown (round id 0)"


def test_records_without_consumers_are_read(tmp_path: Path, deployment: Deployment) -> None:
    path = tmp_path / "deployments.json"
    DeploymentsFile(path).save(deployment)
    document = json.loads(path.read_text())
    del document["chains"][str(deployment.chain_id)]["consumers"]
    path.write_text(json.dumps(document))
    assert DeploymentsFile(path).load(deployment.chain_id) == deployment


def test_file_round_trip_keeps_other_chains(tmp_path: Path, deployment: Deployment) -> None:
    file = DeploymentsFile(tmp_path / "state" / "deployments.json")
    assert file.load(deployment.chain_id) is None
    file.save(deployment)
    file.save(replace(deployment, chain_id=5))
    assert file.load(deployment.chain_id) == deployment
    assert file.load(6) is None


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"format": "other", "chains": {}}', '{"format": 1}', "[" * 100_000],
)
def test_malformed_files_are_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "deployments.json"
    path.write_text(text)
    with pytest.raises(DeploymentError, match="deployments"):
        DeploymentsFile(path).load(1)


def test_malformed_entries_are_named(tmp_path: Path, deployment: Deployment) -> None:
    path = tmp_path / "deployments.json"
    DeploymentsFile(path).save(deployment)
    document = json.loads(path.read_text())
    entry = document["chains"][str(deployment.chain_id)]
    entry["contracts"]["MarkBoard"]["address"] = "0x12"
    path.write_text(json.dumps(document))
    with pytest.raises(DeploymentError, match="checksummed"):
        DeploymentsFile(path).load(deployment.chain_id)
    del entry["contracts"]["MarkBoard"]
    path.write_text(json.dumps(document))
    with pytest.raises(DeploymentError, match="without MarkBoard"):
        DeploymentsFile(path).load(deployment.chain_id)


def test_a_fresh_chain_has_nothing_of_it(deployment: Deployment) -> None:
    fresh = EmbeddedChain(start_time=START)
    with pytest.raises(ContractMissingError, match=r"AttestationRegistry at 0x.*no code"):
        deployment.check(fresh)
    with pytest.raises(DeploymentError, match="of chain 5"):
        replace(deployment, chain_id=5).check(fresh)


def test_other_code_at_an_address_is_noticed(chain: EmbeddedChain, deployment: Deployment) -> None:
    board = replace(deployment.contracts["MarkBoard"], address=deployment.address("MarketOracle"))
    swapped = replace(deployment, contracts={**deployment.contracts, "MarkBoard": board})
    with pytest.raises(ContractMissingError, match=r"MarkBoard at 0x.*other code"):
        swapped.check(chain)


def test_development_keys_stay_on_development_chains() -> None:
    spec = verifier_spec()
    with pytest.raises(UnsafeKeyError, match="Chain 1 is not a development chain"):
        refuse_unsafe_key(spec, 1)
    refuse_unsafe_key(spec, 1, frozenset({1}))
    refuse_unsafe_key(verifier_spec(unsafe_dev=False), 1)
    for development in (1337, 31337, 131277322940537):
        refuse_unsafe_key(spec, development)


def test_unsafe_key_is_refused_before_anything_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    public = EmbeddedChain(start_time=START, funded=[DEPLOYER.address])
    monkeypatch.setattr(public, "chain_id", lambda: 1)
    with pytest.raises(UnsafeKeyError):
        deploy(public, DEPLOYER, PLAN)
    assert public.head().number == 0


def test_ownership_is_offered(chain: EmbeddedChain) -> None:
    lines: list[str] = []
    heir = SIGNERS[0]
    plan = DeploymentPlan(signers=SIGNERS, threshold=2, owner=heir)
    deployment = deploy(chain, DEPLOYER, plan, lines.append)
    for name in ("VerifierRouter", "MarketOracle", "MarkBoard"):
        contract = Contract(chain, deployment.address(name), contract_abi(name))
        assert contract.read_one("pendingOwner") == heir.lower()
    assert any("acceptOwnership" in line for line in lines)


def test_a_key_has_twenty_four_words() -> None:
    with pytest.raises(DeploymentError, match="24 words, received 23"):
        replace(verifier_spec(), key_words=verifier_spec().key_words[:-1])
