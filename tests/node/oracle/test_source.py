"""Sources and views as bytes: what is not believed, and what is no view."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from circuits.statements.portfolio_margin import load_shipped
from node.oracle import (
    CheckedSource,
    FileSource,
    Marks,
    OracleView,
    SourceError,
    SourcePolicy,
    ViewError,
    decode_view,
    encode_view,
    sign_view,
    signer_of,
)
from node.oracle.view_codec import LARGEST_VIEW
from tests.node.oracle.committee import (
    ACCOUNTS,
    ADDRESSES,
    DOMAIN,
    NOW,
    POLICY,
    FixedSource,
    demo_chain,
    demo_margin,
    moved_chain,
    moved_margin,
)

DATA = resources.files("node") / "data"


def checked(source: FixedSource, now: int = NOW, previous: Marks | None = None) -> CheckedSource:
    return CheckedSource(source, POLICY, lambda: now, previous)


def moved(bps: int, seconds: int) -> FixedSource:
    return FixedSource(
        moved_chain(demo_chain(), bps, seconds), moved_margin(demo_margin(), bps, seconds)
    )


@pytest.fixture
def files(tmp_path: Path) -> FileSource:
    chain, margin = tmp_path / "chain.csv", tmp_path / "margin.json"
    chain.write_text((DATA / "btc_chain_20260521.csv").read_text(encoding="utf-8"))
    margin.write_text((DATA / "btc_margin_svi_20260521.json").read_text(encoding="utf-8"))
    return FileSource(chain, margin)


def test_files_are_read_as_one_instant(files: FileSource) -> None:
    view = CheckedSource(files, POLICY, lambda: NOW).read(3)
    assert (view.snapshot_unix, view.next_number) == (NOW, 3)
    assert view.margin == demo_margin()
    assert FileSource(files.chain, None).read()[1] is None
    assert FileSource(None, files.margin).read()[0] is None


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda files: files.chain.write_text("no,chain\n"), "column"),
        (lambda files: files.chain.unlink(), "No such file"),
        (lambda files: files.margin.write_text('{"spot": 1e5}'), "underlying"),
        (lambda files: files.margin.write_text("{"), "expected a JSON document"),
        (lambda files: _edit(files, "b", "-1"), "expiries"),
        (lambda files: _edit(files, "a", "-9"), "least variance"),
        (lambda files: _edit(files, "valuation_utc", "2026-05-21T10:04:11Z"), "snapshot_unix is"),
    ],
)
def test_files_that_are_no_market(
    files: FileSource, spoil: Callable[[FileSource], object], message: str
) -> None:
    spoil(files)
    with pytest.raises(SourceError, match=message):
        CheckedSource(files, POLICY, lambda: NOW).read(3)


def _edit(files: FileSource, name: str, value: str) -> None:
    assert files.margin is not None
    document = json.loads(files.margin.read_text())
    place = document if name in document else document["expiries"][0]["svi"]
    place[name] = value
    files.margin.write_text(json.dumps(document))


def test_a_stale_file_and_one_from_the_future() -> None:
    source = moved(0, 0)
    assert checked(source, NOW + 120).read(1)
    assert checked(source, NOW - 2).read(1)
    with pytest.raises(SourceError, match="stale: 121 s old"):
        checked(source, NOW + 121).read(1)
    with pytest.raises(SourceError, match="3 s in the future"):
        checked(source, NOW - 3).read(1)


def test_time_never_runs_back() -> None:
    source = moved(0, 10)
    reader = checked(source, NOW + 10)
    assert reader.read(1) == reader.read(1)
    source.chain, source.margin = moved(0, 9).read()
    with pytest.raises(SourceError, match="time ran back"):
        reader.read(1)
    signed = Marks(NOW + 20, demo_margin().spot_ticks, 18_000_000)
    with pytest.raises(SourceError, match="time ran back"):
        checked(moved(0, 10), NOW + 20, signed).read(1)


def test_a_jump_is_believed_when_a_later_reading_repeats_it() -> None:
    source = moved(0, 0)
    reader = CheckedSource(source, SourcePolicy(), lambda: NOW + 30)
    reader.read(1)
    source.chain, source.margin = moved(2_100, 10).read()
    for _ in range(2):
        with pytest.raises(SourceError, match="implausible"):
            reader.read(1)
    source.chain, source.margin = moved(4_800, 11).read()
    with pytest.raises(SourceError, match="implausible"):
        reader.read(1)
    source.chain, source.margin = moved(4_810, 12).read()
    assert reader.read(1).spot_ticks > 1.4 * demo_margin().spot_ticks


def test_a_jump_of_volatility_is_implausible_too() -> None:
    margin = demo_margin()
    before = Marks(NOW - 1, margin.spot_ticks, margin.at_the_money_volatility // 2)
    with pytest.raises(SourceError, match="implausible"):
        checked(moved(0, 0), NOW, before).read(1)


def test_margins_must_be_provable_by_every_parameter_set() -> None:
    parameters = load_shipped("derive_like_33").parameters
    far = replace(parameters, range_up=17_000_000_000)
    policy = SourcePolicy(parameters=[parameters, far])
    with pytest.raises(SourceError, match="margins would not be provable"):
        CheckedSource(moved(0, 0), policy, lambda: NOW).read(1)


@pytest.mark.parametrize("form", ["svi", "series"])
def test_a_view_survives_its_bytes(form: str) -> None:
    for chain, margin in (
        (demo_chain(), demo_margin(form)),
        (demo_chain(), None),
        (None, demo_margin(form)),
    ):
        view = OracleView(chain, margin, 9)
        signed = sign_view(view, ACCOUNTS[2], DOMAIN)
        assert signer_of(signed, DOMAIN) == ADDRESSES[2]
        assert decode_view(signed.content) == view
        assert len(signed.content) < LARGEST_VIEW


def _document(**changes: Any) -> bytes:
    document = json.loads(encode_view(OracleView(demo_chain(), demo_margin(), 9)))
    document |= changes
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b"\xff",
        b" " * (LARGEST_VIEW + 1),
        _document(version=2),
        _document(extra=1),
        _document(next_number=True),
        _document(next_number=9.0),
        _document(next_number="9"),
        _document(next_number=1 << 48),
        _document(chain=[]),
        _document(chain={}),
        _document(chain=[1, 2, 3, [[1]]]),
        _document(margin=[[], [], []]),
        _document(margin=[[1.5]]),
        _document(chain=None, margin=None),
        _document().replace(b",", b", ", 1),
        _document(next_number=9).replace(b":9,", b":09,"),
    ],
)
def test_what_is_no_view(content: bytes) -> None:
    with pytest.raises(ViewError):
        decode_view(content)


@pytest.mark.parametrize("signature", [b"", bytes(64), bytes(65), b"\xff" * 65])
def test_a_malformed_signature_is_nobodys(signature: bytes) -> None:
    signed = sign_view(OracleView(demo_chain(), None, 9), ACCOUNTS[0], DOMAIN)
    with pytest.raises(ViewError, match="signature"):
        signer_of(replace(signed, signature=signature), DOMAIN)
