"""One snapshot, several keys and headers: real proofs, and whose words count where."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from circuits.profile import R6
from circuits.statements.option_marks import OptionMarks, Shape, evaluate
from node.chain import Contract, Series, add_verifier, contract_abi, deploy_feed, error_table
from node.chain.errors import RevertedError
from node.chain.send import transact
from prover import Proof, development_toxic_waste, r1cs_digest, setup
from tests.e2e.settlement import OPERATOR, Settlement, make_key, small_market, verifier_spec

PRICES = OptionMarks(Shape(2), R6)
GREEKS = OptionMarks(Shape(2), R6, greeks=True)
MARKET = small_market()
NEAR_CALL, NEAR_PUT, FAR_CALL = 0, 2, 17
Proven = tuple[tuple[int, ...], Proof]


@dataclass
class Bench:
    """A chain where both keys have a verifier; proofs of the one snapshot under each."""

    prices: Settlement
    greeks: Settlement
    by_prices: Proven
    by_greeks: Proven

    def read(self, words: tuple[int, ...], lane: int) -> tuple[object, ...]:
        mark = self.prices.contract("MarkBoard").read_one("readMark", list(words), lane)
        return tuple(mark)


@pytest.fixture(scope="module")
def bench() -> Bench:
    prices = Settlement.deployed(PRICES, make_key(PRICES))
    key = make_key(GREEKS)
    spec = verifier_spec(key, GREEKS)
    deployment = add_verifier(prices.chain, OPERATOR, prices.deployment, spec)
    prices.deployment = deployment
    greeks = Settlement(GREEKS, key, prices.chain, deployment)
    prices.attest_market(MARKET)
    header = prices.header()
    return Bench(prices, greeks, prices.prove(MARKET, header), greeks.prove(MARKET, header))


def refused(settlement: Settlement, proven: Proven) -> str:
    with pytest.raises(RevertedError) as caught:
        settlement.attest(*proven)
    return error_table().decode(caught.value.data).name


def test_neither_key_takes_the_others_proof(bench: Bench) -> None:
    assert refused(bench.greeks, bench.by_prices) == "WordCountMismatch"
    assert refused(bench.prices, bench.by_greeks) == "WordCountMismatch"
    grafted = (bench.by_prices[0], bench.by_greeks[1])
    assert refused(bench.prices, grafted) == "ProofRejected"


def test_a_key_of_other_secrets_of_the_same_statement_is_another_key(bench: Bench) -> None:
    r1cs = PRICES.r1cs()
    waste = development_toxic_waste(b"another", r1cs_digest(r1cs.canonical_bytes()))
    impostor = replace(bench.prices, key=setup(r1cs, PRICES.description, waste))
    words, proof = impostor.prove(MARKET, impostor.header())
    assert words == bench.by_prices[0]
    assert refused(impostor, (words, proof)) == "RouteNotInStatus"
    assert refused(bench.prices, (words, proof)) == "ProofRejected"


def test_a_snapshot_signed_at_one_size_is_not_proven_at_another() -> None:
    bench = Settlement.deployed(PRICES, make_key(PRICES))
    replace(bench, statement=OptionMarks(Shape(4), R6)).attest_market(MARKET)
    assert refused(bench, bench.prove(MARKET, bench.header())) == "MarketHashMismatch"


def test_both_keys_say_the_same_and_a_feed_takes_each_snapshot_once(bench: Bench) -> None:
    bench.prices.attest(*bench.by_prices)
    bench.greeks.attest(*bench.by_greeks)
    marks = evaluate(MARKET, R6)
    for lane, option in ((NEAR_CALL, 0), (NEAR_PUT, 2), (15, 2), (FAR_CALL, 4), (31, 4)):
        mark = bench.read(bench.by_prices[0], lane)
        assert mark == bench.read(bench.by_greeks[0], lane)
        assert marks[option].price_atoms in mark
    assert bench.by_greeks[0][: len(bench.by_prices[0])] == bench.by_prices[0]
    cut = bench.by_greeks[0][:-1]
    with pytest.raises(RevertedError):
        bench.read(cut, NEAR_CALL)
    _feed_takes_each_snapshot_once(bench)


def _feed_takes_each_snapshot_once(bench: Bench) -> None:
    group, option = MARKET.groups[0], MARKET.groups[0].options[NEAR_PUT]
    underlying = MARKET.underlying_id.to_bytes(12, "big")
    series = Series(underlying, group.expiry_unix, option.strike_ticks, option.is_put)
    deployment = deploy_feed(
        bench.prices.chain,
        OPERATOR,
        bench.prices.deployment,
        series,
        tick_exponent=MARKET.tick_exponent,
        description="put",
    )
    address = deployment.feeds["put"].address
    feed = Contract(bench.prices.chain, address, contract_abi("SeriesFeed"))

    def update(words: tuple[int, ...], lane: int) -> str:
        data = feed.abi.encode_call("update", list(words), lane)
        try:
            transact(feed.chain, OPERATOR, address, data)
        except RevertedError as error:
            return error_table().decode(error.data).name
        return "taken"

    assert update(bench.by_greeks[0], NEAR_CALL) == "SeriesMismatch"
    assert update(bench.by_greeks[0], FAR_CALL) == "SeriesMismatch"
    assert update(bench.by_greeks[0], 15) == "taken"  # a padding lane shows the same series
    assert update(bench.by_prices[0], NEAR_PUT) == "SnapshotNotNewer"
    assert feed.read("latestRoundData")["answer"] == evaluate(MARKET, R6)[NEAR_PUT].price_atoms


def test_a_strangers_attestation_is_ours_too() -> None:
    """The sender chooses nothing of the words: whoever is first puts ours on the board."""
    bench = Settlement.deployed(PRICES, make_key(PRICES))
    bench.attest_market(MARKET)
    ours = bench.prove(MARKET, bench.header())
    for seconds in (-1, 1):
        valid_until = bench.header().valid_until + seconds
        theirs = bench.prove(MARKET, bench.header(valid_until=valid_until))
        assert refused(bench, theirs) == "ValidUntilMismatch"
    theirs = bench.prove(MARKET, bench.header())
    assert theirs[1] != ours[1]
    bench.attest(*theirs)
    assert refused(bench, ours) == "AlreadyAttested"
    assert bench.contract("MarkBoard").read_one("readMark", list(ours[0]), NEAR_CALL)


def test_the_board_refuses_words_of_fewer_lanes() -> None:
    """Read as 16 lanes a group, their prices would be other lanes' prices."""
    statement = OptionMarks(Shape(2, 15), R6)
    bench = Settlement.deployed(statement, make_key(statement))
    bench.attest_market(MARKET)
    assert refused(bench, bench.prove(MARKET, bench.header())) == "LanesMismatch"
