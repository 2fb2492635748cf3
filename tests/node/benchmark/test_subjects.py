"""What is measured: full inputs of a seed, proven with every second in a phase."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from circuits.statements.portfolio_margin import check_admissible, load_shipped
from node.benchmark import (
    COLD,
    WARM,
    Margins,
    Marks,
    Repeats,
    Subject,
    in_own_process,
    make_key,
    measure_what_if,
    medians_of,
    prove_subject,
)
from node.benchmark.books import closing_trade, full_book, full_market
from node.benchmark.engine import REST, TOTAL, WITNESS
from node.benchmark.margins import PARAMETERS
from node.margin import Valuer
from prover import default_engine

needs_native = pytest.mark.skipif(
    default_engine().name != "native", reason="the native engine is not built"
)


@needs_native
@pytest.mark.parametrize("subject", [Marks(16), Margins(16)], ids=["marks", "margins"])
def test_a_subject_is_proven_and_every_second_has_a_phase(tmp_path: Path, subject: Subject) -> None:
    path = tmp_path / "key.pk"
    setup = in_own_process(False, make_key, subject, path)
    assert setup.key_bytes == path.stat().st_size
    assert setup.constraints <= setup.h_query_points
    figures = in_own_process(False, prove_subject, subject, path, Repeats(2, 2), 2)
    assert (len(figures.runs), len(figures.verify)) == (2, 4)
    assert figures.engine == "native"
    phases = {"commit", "quotient", "msm_a", "msm_b1", "msm_b2", "msm_l", "msm_h", "combine"}
    for run in figures.runs:
        assert phases | {WITNESS, REST, TOTAL} <= set(run)
        claimed = sum(span.wall_s for name, span in run.items() if name != TOTAL)
        assert claimed == pytest.approx(run[TOTAL].wall_s)
        assert run[REST].wall_s < run[TOTAL].wall_s / 4


@pytest.mark.parametrize("subject", [Marks(32), Margins(16)], ids=["marks", "margins"])
def test_a_seed_says_what_is_proven(subject: Subject) -> None:
    again = pickle.loads(pickle.dumps(subject))
    assert {again, subject} == {subject}
    words = [each.witness_of(seed)().words for each, seed in ((subject, 0), (again, 0), (again, 1))]
    assert words[0] == words[1] != words[2]


def test_books_and_markets_are_full() -> None:
    parameters = load_shipped(PARAMETERS).parameters
    for seed in range(10):
        market = full_market(seed)
        check_admissible(market, parameters)
        assert len(market.slices) == 16
        for legs in (16, 32, 128):
            book = full_book(seed, market, legs, parameters.underlying)
            assert len(book.legs) == legs
            assert len({leg.expiry_unix for leg in book.legs}) == 16
            assert min(map(abs, (book.linear.perpetual, book.linear.collateral_2))) > 0
        valuer = Valuer(market, parameters)
        found = valuer.what_if(book, closing_trade(seed, book))
        assert found.before.initial > 0
        assert any(
            one.profit != other.profit
            for one, other in zip(found.before.rows, found.after.rows, strict=True)
        )


@needs_native
def test_a_kept_sheet_saves_half_of_a_what_if() -> None:
    runs = in_own_process(False, measure_what_if, 16, Repeats(3, 3))
    medians = medians_of(runs)
    assert (len(runs), set(medians)) == (3, {WARM, COLD})
    assert 0 < medians[WARM].cpu_s < 0.8 * medians[COLD].cpu_s


@pytest.mark.parametrize("capacity", [0, 8, 17, -16])
def test_capacities_are_whole_groups(capacity: int) -> None:
    with pytest.raises(ValueError, match="multiple of 16"):
        Marks(capacity)


@pytest.mark.parametrize("slots", [0, 15, 64, 256])
def test_slots_are_those_of_the_circuits_in_use(slots: int) -> None:
    with pytest.raises(ValueError, match="expected one of 16, 32, 128"):
        Margins(slots)
