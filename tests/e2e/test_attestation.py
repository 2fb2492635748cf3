"""A real proof of real words through the real contracts, and everything they must refuse."""

from __future__ import annotations

import pytest

from circuits.statements.option_marks import Market, evaluate
from node.chain import error_table
from node.chain.errors import RevertedError
from prover import Proof
from tests.e2e.settlement import SHAPE, SNAPSHOT_UNIX, Settlement, small_market

#: Position of priceAtoms in the board's Mark.
PRICE_ATOMS = 6


@pytest.fixture(scope="module")
def template() -> Settlement:
    return Settlement.of_shape()


@pytest.fixture
def settlement(template: Settlement) -> Settlement:
    return Settlement.deployed(template.statement, template.key)


def refused(settlement: Settlement, words: tuple[int, ...], proof: Proof) -> str:
    with pytest.raises(RevertedError) as caught:
        settlement.attest(words, proof)
    return str(error_table().decode(caught.value.data))


def test_a_proven_market_reaches_the_board(settlement: Settlement) -> None:
    market = small_market()
    settlement.attest_market(market)
    words, proof = settlement.prove(market, settlement.header())
    settlement.attest(words, proof)
    board = settlement.contract("MarkBoard")
    marks = evaluate(market)
    prices = [board.read_one("readMark", list(words), lane)[PRICE_ATOMS] for lane in (0, 1, 2, 16)]
    assert prices == [marks[index].price_atoms for index in (0, 1, 2, 3)]


def test_a_second_attestation_of_the_same_words_is_refused(settlement: Settlement) -> None:
    market = small_market()
    settlement.attest_market(market)
    words, proof = settlement.prove(market, settlement.header())
    settlement.attest(words, proof)
    again, another_proof = settlement.prove(market, settlement.header())
    assert again == words
    assert another_proof != proof
    assert "AlreadyAttested" in refused(settlement, words, another_proof)


def test_unsigned_volatilities_are_refused(settlement: Settlement) -> None:
    settlement.attest_market(small_market())
    words, proof = settlement.prove(small_market(volatility=31_000_000), settlement.header())
    assert "Market" in refused(settlement, words, proof)


@pytest.mark.parametrize(
    "changes",
    [
        {"chain_id": 1},
        {"registry": 5},
        {"consumer": 5},
        {"sequence": 2},
        {"sequence": (1 << 48) - 1},
        {"valid_until": SNAPSHOT_UNIX - 1},
        {"valid_until": SNAPSHOT_UNIX + 100_000},
    ],
)
def test_a_header_for_elsewhere_is_refused(settlement: Settlement, changes: dict[str, int]) -> None:
    market: Market = small_market()
    settlement.attest_market(market)
    words, proof = settlement.prove(market, settlement.header(**changes))
    assert refused(settlement, words, proof)


def test_altered_words_are_refused(settlement: Settlement) -> None:
    market = small_market()
    settlement.attest_market(market)
    words, proof = settlement.prove(market, settlement.header())
    first_price = len(words) - SHAPE.capacity // 4
    for position in (first_price, len(words) - 1):
        forged = list(words)
        forged[position] ^= 1
        assert "ProofRejected" in refused(settlement, tuple(forged), proof)
