"""The whole benchmark at its smallest, and that it times proofs and nothing else."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from circuits.field import BN254_FR, unpack_scalars
from node.benchmark import Repeats
from prover import InvalidProof, default_engine
from tests.benchmarks import plain, rival
from tests.benchmarks.__main__ import main
from tests.benchmarks.bars import BARS
from tests.benchmarks.cases import Record
from tests.benchmarks.systems import Dense
from tests.prover.interop import snarkjs

needs_native = pytest.mark.skipif(
    default_engine().name != "native", reason="the native engine is not built"
)
needs_snarkjs = pytest.mark.skipif(
    snarkjs.why_missing() is not None, reason=str(snarkjs.why_missing())
)


@needs_native
def test_the_smallest_benchmark(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sizes = ("--options", "16", "--margins", "16", "--dense", "14", "--runs", "1")
    main([*sizes, "--no-plot", "--out", str(tmp_path)])
    document = json.loads((tmp_path / "bench.json").read_text())
    assert set(document) >= {"started", "seconds", "plan", "machine", "versions", "records"}
    assert document["machine"]["cores"] >= 1
    assert len(document["versions"]["commit"].rstrip("+")) == 40
    with_snarkjs = document["plan"]["with_snarkjs"]
    assert with_snarkjs is (snarkjs.why_missing() is None)
    kinds = [(record["system"], record["protocol"]) for record in document["records"]]
    assert kinds == [
        ("option_marks", "committed round"),
        ("portfolio_margin", "committed round"),
        ("portfolio_margin", "committed round"),
        ("what-if", "unproven"),
        *[("option_marks", "plain Groth16")] * with_snarkjs,
        ("dense", "plain Groth16"),
    ]
    _, fast, portable, what_if, *_ = document["records"]
    assert [record["portable"] for record in (fast, portable)] == [False, True]
    assert what_if["runs"][0] == what_if["medians"]
    for record in document["records"]:
        if record is not what_if:
            _assert_shape(record, with_snarkjs)
    assert {path.name for path in tmp_path.iterdir()} == {"bench.json"}
    printed = capsys.readouterr().out
    assert "option_marks, with the committed round" in printed
    (bar,) = [line for line in printed.splitlines() if "16 hidden legs, witness" in line]
    assert "not run" not in bar
    assert printed.count("not run") == len(BARS) - 2


def _assert_shape(record: Record, with_snarkjs: bool) -> None:
    proving = record["proving"]
    assert record["constraints"] <= record["setup"]["h_query_points"]
    assert len(proving["runs"]) == 1
    assert proving["runs"][0] == proving["medians"]
    assert proving["peak_memory_bytes"] > 10_000_000
    for span in (proving["open"], proving["load"], proving["verify_median"]):
        assert 0 < span["wall_s"] < 60
    if with_snarkjs and record["protocol"] == "plain Groth16":
        assert record["snarkjs"]["medians"]["total"]["cpu_s"] > 0
        assert record["command"]["peak_memory_bytes"] > 10_000_000


def test_the_dense_system_is_dense_and_satisfied() -> None:
    system, assignment = Dense(62).build()
    values = unpack_scalars(assignment)
    assert system.constraint_count == 62
    assert len(values) == system.wire_count
    assert sum(value.bit_length() > 240 for value in values) == len(values) - 1
    for first, second, third in zip(values[1:], values[2:], values[3:], strict=False):
        assert first * second % BN254_FR.modulus == third


@needs_native
@needs_snarkjs
def test_a_proof_of_something_else_is_no_time(tmp_path: Path) -> None:
    plain.make_files(Dense(6), tmp_path)
    assert rival.measure_snarkjs(tmp_path, Repeats(1, 1)) is not None
    public = json.loads((tmp_path / plain.PUBLIC).read_text())
    (tmp_path / plain.PUBLIC).write_text(json.dumps([str(int(public[0]) ^ 1)]))
    with pytest.raises(RuntimeError, match="other public wires"):
        rival.measure_snarkjs(tmp_path, Repeats(1, 1))


@needs_native
@needs_snarkjs
def test_a_proof_under_another_key_is_no_time(tmp_path: Path) -> None:
    plain.make_files(Dense(6), tmp_path)
    key = json.loads((tmp_path / plain.VERIFYING_KEY).read_text())
    key["IC"].reverse()
    (tmp_path / plain.VERIFYING_KEY).write_text(json.dumps(key))
    with pytest.raises(InvalidProof):
        rival.measure_snarkjs(tmp_path, Repeats(1, 1))
    with pytest.raises(RuntimeError, match="Invalid proof"):
        rival.measure_our_command(tmp_path, Repeats(1, 1))


def test_a_process_that_fails_or_takes_too_long_is_no_time(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="failed with 3"):
        rival.timed_process((sys.executable, "-c", "raise SystemExit(3)"), tmp_path)
    slow = (sys.executable, "-c", "import time; time.sleep(60)")
    with pytest.raises(rival.TooSlowError):
        rival.timed_process(slow, tmp_path, longest_seconds=0.3)
    span, peak = rival.timed_process((sys.executable, "-c", "sum(range(10**6))"), tmp_path)
    assert 0 < span.cpu_s < span.wall_s + 1
    assert peak > 1_000_000
