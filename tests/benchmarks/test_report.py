"""Bars, tables and the picture, from a document."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks import peers
from tests.benchmarks.bars import BARS, headline, verdicts
from tests.benchmarks.cases import Record
from tests.benchmarks.plot import draw
from tests.benchmarks.report import bars_table, number, report


def test_bars_are_measured_on_the_product_alone(document: Record) -> None:
    found = {verdict.bar.name: verdict for verdict in verdicts(document["records"])}
    values = {name: verdict.value for name, verdict in found.items()}
    assert values["1,024 options, witness and proof"] == 0.5
    assert values["1,024 options, witness by proof alone"] == pytest.approx(100 / 9)
    assert values["1,024 options, opening and loading the key"] == 0.04
    assert values["16,384 options"] == 2_048
    assert values["16 hidden legs, witness and proof"] == 0.2
    assert values["128 hidden legs, without IFMA"] == 1.3
    assert values["128 legs, what-if beside a kept sheet"] == 30
    assert values["131,000 dense constraints, CPU of snarkjs / ours"] == 20
    assert {verdict.word for verdict in found.values()} == {"reached"}


def test_the_headline_is_the_faster_way_without_tricks(document: Record) -> None:
    found = headline(document["records"], 16_384)
    assert found is not None
    assert (found["proofs"], found["portable"]) == (4, False)


def test_a_bar_can_be_missed_from_either_side(document: Record) -> None:
    for record in document["records"]:
        if "proving" not in record:
            continue
        medians = record["proving"]["medians"]["total"]
        medians["wall_s"], medians["cpu_s"] = 100, 100
    words = {verdict.bar.name: verdict.word for verdict in verdicts(document["records"])}
    assert words["1,024 options, witness and proof"] == "MISSED"
    assert words["16,384 options"] == "MISSED"
    assert words["128 hidden legs, without IFMA"] == "MISSED"
    assert words["128 legs, what-if beside a kept sheet"] == "reached"
    assert words["131,000 dense constraints, CPU of snarkjs / ours"] == "MISSED"
    assert "MISSED" in bars_table(verdicts(document["records"]))


def test_without_records_nothing_is_claimed() -> None:
    assert {verdict.word for verdict in verdicts([])} == {"not run"}
    assert bars_table(verdicts([])).count("not run") == len(BARS)


def test_the_report_has_a_line_for_every_record_and_bar(document: Record) -> None:
    lines = report(document).splitlines()
    assert sum(line.lstrip().startswith("16,384  ") for line in lines) == 3
    (several,) = [line for line in lines if "4 proofs, no IFMA" in line]
    assert "16,400" not in several
    assert "16,384" in several
    assert sum(line.lstrip().startswith("128  ") for line in lines) == 3
    (what_if,) = [line for line in lines if line.split() == ["128", "30.0", "60.0"]]
    assert what_if
    (dense,) = [line for line in lines if line.lstrip().startswith("131,000  dense ")]
    assert "20.0x" in dense
    assert sum("reached" in line for line in lines) == len(BARS)


def test_phases_that_an_engine_merged_get_a_column(document: Record) -> None:
    medians = document["records"][0]["proving"]["medians"]
    medians["msm_a+msm_b1"] = medians.pop("msm_a")
    assert "a+b1" in report(document)


@pytest.mark.parametrize(
    ("value", "text"),
    [(1234.5, "1,234"), (99.94, "99.9"), (0.36689, "0.367"), (0.0, "0.00"), (12.0, "12.0")],
)
def test_numbers_have_three_digits(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize("tool", [*peers.OPTIONS, *peers.DENSE], ids=lambda tool: tool.name)
def test_quoted_figures_are_well_formed(tool: peers.Peer) -> None:
    sizes = [point.size for point in tool.points]
    assert sizes == sorted(set(sizes))
    assert tool.version
    for point in tool.points:
        assert min(point.size, point.wall_s, point.cpu_s, point.peak_mib) > 0
        assert point.cpu_s <= 2.5 * point.wall_s, "two cores"
        assert point.per_second == point.size / point.wall_s


def test_the_quoted_figures_are_those_of_the_best_tool() -> None:
    best = max(point.per_second for tool in peers.OPTIONS for point in tool.points)
    assert best == pytest.approx(70, abs=0.5)


@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_the_picture_is_drawn_and_says_what_is_quoted(
    document: Record, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"bench{suffix}"
    draw(document, path)
    content = path.read_bytes()
    assert len(content) > 10_000
    if suffix == ".svg":
        for words in (b"UltraHonk, quoted", b"Quoted, not measured in this run", b"several proofs"):
            assert words in content
