"""Reports, signatures, and the contract that takes them."""

from dataclasses import replace

import pytest

from node.chain import (
    Contract,
    DeploymentPlan,
    EmbeddedChain,
    contract_abi,
    deploy,
    development_account,
    error_table,
)
from node.chain.errors import RevertedError
from node.oracle import (
    Domain,
    ReportError,
    SignaturesError,
    SnapshotReport,
    find_margin_snapshot,
    find_snapshot,
    next_number,
    recover,
    signable,
    submit_report,
)
from tests.node.chain.synthetic import UNDERLYING, SyntheticMarket
from tests.node.chain.toy import START
from tests.node.oracle.reports import ADDRESSES, SIGNERS, report_of, signed_by

DEPLOYER = development_account("deployer")
SPOT = 7_800_000
LISTED = {"volatility": 25_000_000, "digest": 7}


@pytest.fixture(scope="module")
def chain() -> EmbeddedChain:
    return EmbeddedChain(start_time=START, funded=[DEPLOYER.address])


@pytest.fixture
def domain(chain: EmbeddedChain) -> Domain:
    plan = DeploymentPlan(signers=ADDRESSES, threshold=2)
    return Domain(chain.chain_id(), deploy(chain, DEPLOYER, plan).address("MarketOracle"))


def make_report(
    number: int = 1, unix: int = START, spot: int = SPOT, **listed: int
) -> SnapshotReport:
    return report_of(SyntheticMarket(unix).market_words(), spot, number, **listed)


def test_the_contract_computes_the_same_digest(chain: EmbeddedChain, domain: Domain) -> None:
    contract = Contract(chain, domain.oracle, contract_abi("MarketOracle"))
    report = make_report(**LISTED)
    message = signable(report, domain)
    assert contract.read_one("snapshotDigest", report.arguments()) == _digest(message)


def _digest(message: object) -> bytes:
    from eth_account.messages import _hash_eip191_message

    return bytes(_hash_eip191_message(message))  # type: ignore[arg-type]


def test_a_signed_report_is_accepted_once(chain: EmbeddedChain, domain: Domain) -> None:
    assert next_number(chain, domain, UNDERLYING) == 1
    oracle = Contract(chain, domain.oracle, contract_abi("MarketOracle"))
    assert oracle.read_one("threshold") == 2
    signed = signed_by(make_report(), domain, SIGNERS[:2])
    assert find_snapshot(chain, domain, signed.report.market_hash) is None
    _, accepted = submit_report(chain, DEPLOYER, signed)
    assert accepted
    assert find_snapshot(chain, domain, signed.report.market_hash) == signed.report
    assert next_number(chain, domain, UNDERLYING) == 2
    with pytest.raises(RevertedError) as caught:
        submit_report(chain, DEPLOYER, signed)
    assert error_table().decode(caught.value.data).name == "SnapshotTimeNotIncreasing"


def test_a_margin_listing_is_found_by_its_digest(chain: EmbeddedChain, domain: Domain) -> None:
    digest = LISTED["digest"].to_bytes(32, "big")
    assert find_margin_snapshot(chain, domain, digest) is None
    report = make_report(**LISTED)
    assert submit_report(chain, DEPLOYER, signed_by(report, domain))[1]
    found = find_margin_snapshot(chain, domain, digest)
    assert found == report == find_snapshot(chain, domain, report.market_hash)
    assert found.at_the_money_volatility == LISTED["volatility"]


def test_a_jump_is_held_until_confirmed(chain: EmbeddedChain, domain: Domain) -> None:
    assert submit_report(chain, DEPLOYER, signed_by(make_report(1, START), domain))[1]
    jump = make_report(2, START + 1, 2 * SPOT)
    assert not submit_report(chain, DEPLOYER, signed_by(jump, domain))[1]
    assert next_number(chain, domain, UNDERLYING) == 3  # the held one's number is used up
    again = make_report(3, START + 2, 2 * SPOT)
    assert submit_report(chain, DEPLOYER, signed_by(again, domain))[1]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("too few", "TooFewSignatures"),
        ("unsorted", "SignersNotAscending"),
        ("doubled", "SignersNotAscending"),
        ("foreign", "UnknownSigner"),
        ("future", "SnapshotInFuture"),
    ],
)
def test_the_contract_refuses(
    chain: EmbeddedChain, domain: Domain, change: str, reason: str
) -> None:
    report = make_report(unix=START + 10**6) if change == "future" else make_report()
    signed = signed_by(report, domain)
    first, *rest = signed.signatures
    message = signable(report, domain)
    stranger = bytes(development_account("stranger").sign_message(message).signature)
    signatures = {
        "too few": (first,),
        "unsorted": signed.signatures[::-1],
        "doubled": (first, first, *rest),
        "foreign": (stranger, stranger),
        "future": signed.signatures,
    }[change]
    with pytest.raises(RevertedError) as caught:
        submit_report(chain, DEPLOYER, replace(signed, signatures=signatures))
    assert error_table().decode(caught.value.data).name == reason


def test_a_signature_names_its_signer_for_this_contract_alone(domain: Domain) -> None:
    signed = signed_by(make_report(), domain)
    recovered = [recover(signed.report, domain, each) for each in signed.signatures]
    assert tuple(recovered) == signed.signers
    elsewhere = replace(domain, chain_id=domain.chain_id + 1)
    assert recover(signed.report, elsewhere, signed.signatures[0]) not in ADDRESSES


@pytest.mark.parametrize("malformed", [b"", bytes(64), bytes(65), b"\xff" * 65])
def test_malformed_signatures_are_nobodys(domain: Domain, malformed: bytes) -> None:
    with pytest.raises(SignaturesError):
        recover(make_report(), domain, malformed)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("underlying", b"BTC"),
        ("number", 0),
        ("number", 1 << 48),
        ("snapshot_unix", 1 << 40),
        ("market_hash", b""),
        ("spot", 0),
        ("spot", 1 << 184),
        ("at_the_money_volatility", 0),
        ("at_the_money_volatility", 1 << 28),
        ("market_digest", b""),
        ("market_digest", b"\xff" * 32),
    ],
)
def test_reports_out_of_range(field: str, value: object) -> None:
    named = {"at_the_money_volatility": "at-the-money volatility"}.get(field)
    with pytest.raises(ReportError, match=named or f"{field}|{field.replace('_', ' ')}"):
        replace(make_report(**LISTED), **{field: value})  # type: ignore[arg-type]
