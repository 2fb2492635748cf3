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
    DisagreementError,
    Domain,
    MarginListing,
    MarketView,
    OracleSigner,
    ReportError,
    SignaturesError,
    SignedReport,
    SnapshotReport,
    build_report,
    collect,
    find_margin_snapshot,
    find_snapshot,
    market_hash,
    next_number,
    recover,
    signable,
    submit_report,
)
from tests.node.chain.synthetic import UNDERLYING, SyntheticMarket
from tests.node.chain.toy import START

DEPLOYER = development_account("deployer")
ACCOUNTS = [development_account("signer", i) for i in range(3)]
SIGNERS = [OracleSigner(account) for account in ACCOUNTS]
ADDRESSES = [signer.address for signer in SIGNERS]
WORDS = SyntheticMarket(START).market_words()
SPOT = 7_800_000
MARGIN = MarginListing((7).to_bytes(32, "big"), SPOT, 25_000_000)


@pytest.fixture(scope="module")
def chain() -> EmbeddedChain:
    return EmbeddedChain(start_time=START, funded=[DEPLOYER.address])


@pytest.fixture
def domain(chain: EmbeddedChain) -> Domain:
    plan = DeploymentPlan(signers=ADDRESSES, threshold=2)
    return Domain(chain.chain_id(), deploy(chain, DEPLOYER, plan).address("MarketOracle"))


def make_report(
    number: int = 1, unix: int = START, spot: int = SPOT, margin: MarginListing | None = None
) -> SnapshotReport:
    return build_report(
        underlying=UNDERLYING,
        number=number,
        snapshot_unix=unix,
        market_words=SyntheticMarket(unix).market_words(),
        spots=[spot],
        margin=margin,
    )


def sign(
    report: SnapshotReport, domain: Domain, count: int = 3, margin: MarginListing | None = None
) -> SignedReport:
    words = SyntheticMarket(report.snapshot_unix).market_words()
    view = MarketView(words, report.spot, report.number, margin)
    signatures = [signer.sign(report, domain, view) for signer in SIGNERS[:count]]
    return collect(report, domain, signatures, signers=ADDRESSES, threshold=count)


def test_the_contract_computes_the_same_digest(chain: EmbeddedChain, domain: Domain) -> None:
    contract = Contract(chain, domain.oracle, contract_abi("MarketOracle"))
    report = make_report(margin=MARGIN)
    message = signable(report, domain)
    assert contract.read_one("snapshotDigest", report.arguments()) == _digest(message)


def _digest(message: object) -> bytes:
    from eth_account.messages import _hash_eip191_message

    return bytes(_hash_eip191_message(message))  # type: ignore[arg-type]


def test_a_signed_report_is_accepted_once(chain: EmbeddedChain, domain: Domain) -> None:
    assert next_number(chain, domain, UNDERLYING) == 1
    oracle = Contract(chain, domain.oracle, contract_abi("MarketOracle"))
    assert oracle.read_one("threshold") == 2
    signed = sign(make_report(), domain, count=2)
    assert find_snapshot(chain, domain, signed.report.market_hash) is None
    _, accepted = submit_report(chain, DEPLOYER, signed)
    assert accepted
    assert find_snapshot(chain, domain, signed.report.market_hash) == signed.report
    assert next_number(chain, domain, UNDERLYING) == 2
    with pytest.raises(RevertedError) as caught:
        submit_report(chain, DEPLOYER, signed)
    assert error_table().decode(caught.value.data).name == "SnapshotTimeNotIncreasing"


def test_a_margin_listing_is_found_by_its_digest(chain: EmbeddedChain, domain: Domain) -> None:
    assert find_margin_snapshot(chain, domain, MARGIN.digest) is None
    report = make_report(margin=MARGIN)
    assert submit_report(chain, DEPLOYER, sign(report, domain, margin=MARGIN))[1]
    found = find_margin_snapshot(chain, domain, MARGIN.digest)
    assert found == report == find_snapshot(chain, domain, report.market_hash)
    assert found.at_the_money_volatility == MARGIN.at_the_money_volatility


def test_a_jump_is_held_until_confirmed(chain: EmbeddedChain, domain: Domain) -> None:
    assert submit_report(chain, DEPLOYER, sign(make_report(1, START), domain))[1]
    jump = make_report(2, START + 1, 2 * SPOT)
    assert not submit_report(chain, DEPLOYER, sign(jump, domain))[1]
    assert next_number(chain, domain, UNDERLYING) == 3  # the held one's number is used up
    again = make_report(3, START + 2, 2 * SPOT)
    assert submit_report(chain, DEPLOYER, sign(again, domain))[1]


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
    signed = sign(report, domain)
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


def test_collector_sorts_and_names_signers(domain: Domain) -> None:
    signed = sign(make_report(), domain)
    assert list(signed.signers) == sorted(ADDRESSES, key=lambda a: int(a, 16))
    recovered = [recover(signed.report, domain, each) for each in signed.signatures]
    assert tuple(recovered) == signed.signers
    assert all(len(each) == 65 for each in signed.signatures)


def test_collector_refuses_what_the_contract_would(domain: Domain) -> None:
    report = make_report()
    view = MarketView(WORDS, SPOT, number=1)
    good = [signer.sign(report, domain, view) for signer in SIGNERS]
    elsewhere = SIGNERS[0].sign(report, Domain(domain.chain_id + 1, domain.oracle), view)

    def collected(signatures: list[bytes], threshold: int = 2) -> SignedReport:
        return collect(report, domain, signatures, signers=ADDRESSES, threshold=threshold)

    with pytest.raises(SignaturesError, match="1 signatures, the oracle wants 2"):
        collected(good[:1])
    with pytest.raises(SignaturesError, match="signed twice"):
        collected([good[0], good[0]])
    with pytest.raises(SignaturesError, match="no signer"):
        collected([elsewhere, good[1]])
    for malformed in (b"", bytes(64), bytes(65), b"\xff" * 65):
        with pytest.raises(SignaturesError):
            collected([malformed])


def test_signers_compare_with_their_own_view(domain: Domain) -> None:
    report = make_report()
    signer = OracleSigner(ACCOUNTS[0], spot_tolerance_bps=50)
    other = SyntheticMarket(START + 1).market_words()
    with pytest.raises(DisagreementError, match="sees market"):
        signer.sign(report, domain, MarketView(other, SPOT, number=1))
    with pytest.raises(DisagreementError, match=r"more than 0\.5 % apart"):
        signer.sign(report, domain, MarketView(WORDS, SPOT * 1_006 // 1_000, number=1))
    assert signer.sign(report, domain, MarketView(WORDS, SPOT * 1_004 // 1_000, number=1))


@pytest.mark.parametrize(
    "lie",
    [
        {"number": (1 << 48) - 1},  # would end this underlying's numbering for good
        {"underlying": b"\x01" * 12},  # would take the number and the market hash from another
        {"snapshot_unix": START + 1},  # no attestation could name it
    ],
)
def test_signers_sign_no_field_they_did_not_see(domain: Domain, lie: dict[str, object]) -> None:
    report = replace(make_report(), **lie)  # type: ignore[arg-type]
    with pytest.raises(DisagreementError, match=next(iter(lie)).replace("_", " ")):
        OracleSigner(ACCOUNTS[0]).sign(report, domain, MarketView(WORDS, SPOT, number=1))


@pytest.mark.parametrize(
    ("lie", "name"),
    [
        ({"market_digest": bytes(32)}, "market digest"),
        ({"market_digest": (8).to_bytes(32, "big")}, "market digest"),
        ({"spot": SPOT + 1}, "listed spot"),  # within tolerance, but not what the digest holds
        ({"at_the_money_volatility": 24_999_999}, "at-the-money volatility"),
    ],
)
def test_signers_sign_the_listing_exactly(
    domain: Domain, lie: dict[str, object], name: str
) -> None:
    signer, view = OracleSigner(ACCOUNTS[0]), MarketView(WORDS, SPOT, 1, MARGIN)
    assert signer.sign(make_report(margin=MARGIN), domain, view)
    with pytest.raises(DisagreementError, match=f"sees {name}"):
        signer.sign(replace(make_report(margin=MARGIN), **lie), domain, view)  # type: ignore[arg-type]
    with pytest.raises(DisagreementError, match="sees market digest"):
        signer.sign(make_report(margin=MARGIN), domain, MarketView(WORDS, SPOT, 1))


def test_a_listing_carries_the_median_spot() -> None:
    with pytest.raises(ReportError, match=f"has spot {SPOT}, expected the median {SPOT + 1}"):
        make_report(spot=SPOT + 1, margin=MARGIN)


def test_median_of_sources() -> None:
    report = build_report(
        underlying=UNDERLYING,
        number=1,
        snapshot_unix=START,
        market_words=WORDS,
        spots=[9, 1, 5, 4],
    )
    assert report.spot == 4
    assert report.market_hash == market_hash(WORDS)


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
        replace(make_report(margin=MARGIN), **{field: value})  # type: ignore[arg-type]
    with pytest.raises(ReportError, match="no source"):
        build_report(
            underlying=UNDERLYING, number=1, snapshot_unix=START, market_words=WORDS, spots=[]
        )
