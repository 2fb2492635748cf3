"""`proofmark margin`: tables, files, faults and exit codes; what may be printed and what not."""

from __future__ import annotations

import json
import threading
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import structlog

from node.cli.margin import serve as serving
from tests.node.cli.running import error_of, invoke, invoke_json
from tests.node.margin.books import BOOK, FALLEN, MARKET

ACCOUNT = ("--consumer", "0xc0ffee", "--account", "0xacc0")


@pytest.fixture
def trade(tmp_path: Path) -> Path:
    path = tmp_path / "trade.csv"
    path.write_text("kind,expiry_utc,strike,amount\nperpetual,,,1\n", encoding="utf-8")
    return path


def test_show_prints_every_row_and_marks_one() -> None:
    code, out, err = invoke("margin", "show", "--portfolio", BOOK, "--market", MARKET)
    assert (code, err) == (0, "")
    assert out.count("◀ worst") == 1
    assert "profit, USD" in out
    assert "healthy is 0 or more" in out
    assert "15,824.00" in out
    assert "40,030.40" in out


def test_show_json_is_exact() -> None:
    report = invoke_json("margin", "show", "--portfolio", BOOK, "--market", MARKET)
    assert (report["legs"], len(report["rows"])) == (32, 33)
    assert report["maintenance_margin"] == "40030.4017173575"
    (worst,) = [row for row in report["rows"] if row["worst"]]
    assert worst["profit"] == report["worst"]
    assert Decimal(report["worst"]) == min(Decimal(row["profit"]) for row in report["rows"])


def test_show_uses_the_shipped_market_and_says_so() -> None:
    code, _, err = invoke("margin", "show", "--portfolio", BOOK)
    assert (code, "shipped snapshot" in err) == (0, True)


@pytest.mark.parametrize("parameters", ["deribit_like", "paradex_like", "derive_like_21"])
def test_show_knows_every_set(parameters: str) -> None:
    report = invoke_json(
        "margin", "show", "--portfolio", BOOK, "--market", MARKET, "--parameters", parameters
    )
    assert report["parameters"] == parameters


@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_show_draws(tmp_path: Path, suffix: str) -> None:
    pytest.importorskip("matplotlib")
    path = tmp_path / f"book.{suffix}"
    code, _, err = invoke("margin", "show", "--portfolio", BOOK, "--market", MARKET, "--plot", path)
    assert (code, f"drew {path}" in err) == (0, True)
    assert path.stat().st_size > 10_000


def test_show_lists_every_fault_of_a_book(tmp_path: Path) -> None:
    path = tmp_path / "book.csv"
    path.write_text("kind,expiry_utc,strike,amount\ncall,x,1,0\nbond,,,1\n", encoding="utf-8")
    error = error_of("margin", "show", "--portfolio", path, "--market", MARKET)
    assert error["reason"] == "INVALID_REQUEST"
    assert {(fault["row"], fault["field"]) for fault in error["faults"]} >= {
        (2, "expiry_utc"),
        (2, "amount"),
        (3, "kind"),
    }


def test_unknown_sets_and_files_are_refused() -> None:
    for more in (("--parameters", "nobody_like"), ("--market", "missing.json")):
        error = error_of("margin", "show", "--portfolio", BOOK, *more)
        assert error["message"]


def test_what_if_shows_both_sides(trade: Path) -> None:
    command = ("margin", "what-if", "--portfolio", BOOK, "--trade", trade, "--market", MARKET)
    report = invoke_json(*command)
    before, after = (Decimal(report[side]["equity"]) for side in ("before", "after"))
    assert after - before == Decimal("77596.75")
    code, out, _ = invoke(*command)
    assert (code, "+77,596.75" in out) == (0, True)


def commit(data: Path, *more: object) -> Any:
    code, out, err = invoke(
        "margin", "commit", "--portfolio", BOOK, *ACCOUNT, "--data-directory", data, *more, "--json"
    )
    assert (code, err) == (0, "")
    return json.loads(out)


def test_the_development_owner_is_named(tmp_path: Path) -> None:
    assert commit(tmp_path)["development_owner"] is True
    code, _, err = invoke(
        "margin", "commit", "--portfolio", BOOK, *ACCOUNT, "--data-directory", tmp_path
    )
    assert (code, "everybody knows" in err) == (0, True)


def test_commitments_differ(tmp_path: Path) -> None:
    one, other = commit(tmp_path), commit(tmp_path)
    assert (one["update"], other["update"]) == (1, 2)
    assert one["commitment"] != other["commitment"]
    assert len({path.stat().st_size for path in tmp_path.glob("vault/*/*.sealed")}) == 1


def test_an_update_number_is_not_used_again(tmp_path: Path) -> None:
    commit(tmp_path, "--update", 7)
    code, out, err = invoke(
        "margin",
        "commit",
        "--portfolio",
        BOOK,
        *ACCOUNT,
        "--data-directory",
        tmp_path,
        "--update",
        7,
    )
    assert (code, out) == (1, "")
    assert "not above 7" in err


@pytest.mark.slow
def test_prove_and_verify(tmp_path: Path) -> None:
    commit(tmp_path)
    out = tmp_path / "covered.json"
    where = ("--data-directory", tmp_path)
    code, text, err = invoke(
        *("margin", "prove", "covered", *ACCOUNT, "--market", MARKET, "--slots", 32),
        *("--level", "initial", "--out", out, *where),
    )
    assert code == 0, err
    assert "making the development key" in err
    report = invoke_json("verify", out, *where)
    assert (report["claim"], report["level"], report["collateral"]) == ("covered", "initial", 0)
    assert report["market_compared"] is False
    for name in ("legs", "strike", "profit"):
        assert name not in report
    fallen = ("--market", FALLEN, "--slots", 32, "--out", out, *where)
    code, text, err = invoke("margin", "prove", "covered", *ACCOUNT, *fallen)
    assert (code, text) == (1, "")
    assert "does not hold" in err


def test_what_does_not_hold_is_refused_before_a_key_is_made(tmp_path: Path) -> None:
    commit(tmp_path)
    command = ("margin", "prove", "breach", *ACCOUNT, "--market", MARKET, "--out", tmp_path / "x")
    for more, said in (("--collateral", 0), "does not hold"), ((), "there is no breach"):
        error = error_of(*command, "--data-directory", tmp_path, *more)
        assert said in error["message"]
        assert "margin show" in error["help"]
    assert not list(tmp_path.glob("keys/*"))


def test_an_account_without_a_book_is_told_to_commit_one(tmp_path: Path) -> None:
    error = error_of(
        *("margin", "prove", "covered", *ACCOUNT, "--market", MARKET, "--out", tmp_path / "x"),
        *("--data-directory", tmp_path),
    )
    assert "margin commit" in error["help"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("prove", "covered", "--consumer", "12", "--account", "0x1", "--out", "x"),
        ("prove", "covered", *ACCOUNT, "--out", "x", "--slots", "48"),
        ("prove", "covered", *ACCOUNT, "--out", "x", "--level", "some"),
        ("commit", "--portfolio", BOOK, "--consumer", "0x1", "--account", "0x" + "f" * 64),
        ("commit", "--portfolio", BOOK, *ACCOUNT, "--keystore", "only"),
    ],
)
def test_wrong_usage_exits_with_2(arguments: tuple[object, ...], tmp_path: Path) -> None:
    assert invoke("margin", *arguments, "--data-directory", tmp_path)[0] == 2


def test_a_server_tells_programs_in_json_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(tmp_path)
    stopped = threading.Event()
    stopped.set()
    monkeypatch.setattr(serving, "stop_on_signals", lambda: stopped)
    asked = ("margin", "serve", *ACCOUNT, "--chain-id", 1, "--market", MARKET)
    told = ("--address", "127.0.0.1:0", "--data-directory", tmp_path)
    try:
        code, out, err = invoke(*asked, *told, "--json")
        assert (code, out) == (0, "")
        warned, served, *_ = map(json.loads, err.splitlines())
        assert "development owner's key" in warned["event"]
        assert served["address"].startswith("127.0.0.1:")
    finally:
        structlog.reset_defaults()
