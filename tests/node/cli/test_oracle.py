"""`proofmark oracle view` and `proofmark config show`; usage faults of the roles."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest

from node.quoting import format_instant
from tests.node.cli.running import error_of, invoke, invoke_json
from tests.node.oracle.committee import NOW, demo_margin

DATA = resources.files("node") / "data"


@pytest.fixture
def margin(tmp_path: Path) -> Path:
    path = tmp_path / "margin.json"
    name = "btc_margin_svi_20260521.json"
    path.write_text((DATA / name).read_text(encoding="utf-8"), encoding="utf-8")
    return path


def test_view_shows_what_the_contract_would_keep(margin: Path, tmp_path: Path) -> None:
    command = ("oracle", "view", "--margin", margin, "--data-directory", tmp_path)
    error = error_of(*command)
    assert error["reason"] == "SOURCE_UNUSABLE"
    as_of = ("--as-of", format_instant(NOW))
    shown = invoke_json(*command, *as_of)
    assert (shown["spot"], shown["snapshot_utc"]) == ("77596.75", "2026-05-21T10:04:10Z")
    assert shown["market_digest"] == f"0x{demo_margin().digest():064x}"
    assert shown["at_the_money_volatility"] == demo_margin().at_the_money_volatility
    code, out, _ = invoke(*command, *as_of)
    assert code == 0
    assert "spot_ticks" in out


def test_usage_faults(margin: Path, tmp_path: Path) -> None:
    assert invoke("oracle", "view")[0] == 2
    assert invoke("oracle", "view", "--margin", margin, "--as-of", "yesterday")[0] == 2
    key = ("--keystore", margin, "--password-file", margin, "--rpc", "http://127.0.0.1:1")
    code, _, err = invoke("oracle", "sign", "--underlying", "XYZ", "--margin", margin, *key)
    assert (code, "is not listed" in err) == (2, True)
    assert invoke("oracle", "sign", "--underlying", "BTC", *key)[0] == 2
    assert invoke("oracle", "lead", "--underlying", "BTC", *key)[0] == 2
    lead = ("oracle", "lead", "--underlying", "BTC", "--peer", "192.0.2.1:1", *key)
    certificate, private = ("--tls-certificate", margin), ("--tls-key", margin)
    for more in (certificate, private, (*certificate, *private)):
        assert invoke(*lead, *more)[0] == 2
    sign = ("oracle", "sign", "--underlying", "BTC", "--margin", margin, *key)
    for more in (certificate, private, ("--tls-callers", margin)):
        assert invoke(*sign, *more)[0] == 2
    own = ("--data-directory", tmp_path)
    error = error_of("oracle", "sign", "--underlying", "BTC", "--margin", margin, *key, *own)
    assert error["reason"] == "CHAIN_UNAVAILABLE"


def test_config_show_prints_every_setting(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        f'relay_consumers = ["0x{"0c" * 20}"]\noracle_price_tolerance_bps = 25\n', encoding="utf-8"
    )
    values = invoke_json("config", "show", "--data-directory", tmp_path)
    assert values["relay_consumers"] == [f"0x{'0c' * 20}"]
    assert values["oracle_price_tolerance_bps"] == 25
    assert values["oracle_parameter_sets"] == ["derive_like_33"]
    code, out, _ = invoke("config", "show", "--data-directory", tmp_path)
    assert code == 0
    for name in values:
        assert f"{name} = " in out
    (tmp_path / "config.toml").write_text('relay_consumers = ["0x12"]\n', encoding="utf-8")
    error = error_of("config", "show", "--data-directory", tmp_path)
    assert "40 hexadecimal digits" in error["message"]
