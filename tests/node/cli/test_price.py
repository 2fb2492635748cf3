"""`proofmark price`: data on stdout, messages on stderr, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from node.cli.app import build_app
from tests.node.quoting.chains import csv_text

CHAIN = str(Path(__file__).parents[1] / "quoting" / "data" / "small_chain.csv")


def invoke(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(build_app(), arguments)
    return result.exit_code, result.stdout, result.stderr


def write(tmp_path: Path, text: str) -> str:
    path = tmp_path / "chain.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_json_is_a_list_in_the_order_of_the_file() -> None:
    code, out, err = invoke("price", "--chain", CHAIN, "--json")
    report = json.loads(out)
    assert (code, err, len(report)) == (0, "", 24)
    assert [entry["strike"] for entry in report[:2]] == ["7000", "7050"]


def test_the_table_shows_every_option() -> None:
    code, out, err = invoke("price", "--chain", CHAIN)
    assert (code, err) == (0, "")
    assert out.count("SPX") == 24


def test_an_unlisted_symbol_is_priced_with_a_message(tmp_path: Path) -> None:
    path = write(tmp_path, csv_text({"underlying": "NEW"}))
    code, out, err = invoke("price", "--chain", path, "--json")
    assert code == 0
    assert json.loads(out)[0]["inputs"]["tick"] == "0.0001"
    assert err == "NEW is not listed: tick 0.0001 taken from its median forward\n"


def test_a_bad_chain_is_refused_whole_with_exit_code_1(tmp_path: Path) -> None:
    path = write(tmp_path, csv_text({}, {"strike": "NaN", "forward": "0"}))
    code, out, err = invoke("price", "--chain", path)
    assert (code, out) == (1, "")
    assert "chain refused, 2 faults:" in err
    assert "row 3, strike: 'NaN', expected a plain decimal" in err


def test_errors_are_json_too(tmp_path: Path) -> None:
    path = write(tmp_path, csv_text({"strike": "0"}))
    code, out, err = invoke("price", "--chain", path, "--json")
    error = json.loads(err)["error"]
    assert (code, out, error["reason"]) == (1, "", "INVALID_REQUEST")
    assert error["message"] == "chain refused, 1 fault"
    (fault,) = error["faults"]
    assert (fault["row"], fault["field"], fault["value"]) == (2, "strike", "0")


@pytest.mark.parametrize("arguments", [["price"], ["price", "--chian", "x"], ["prise"]])
def test_wrong_usage_exits_with_2(arguments: list[str]) -> None:
    assert invoke(*arguments)[0] == 2


def test_a_missing_file_exits_with_1() -> None:
    code, _, err = invoke("price", "--chain", "missing.csv")
    assert code == 1
    assert "missing.csv: No such file or directory" in err
