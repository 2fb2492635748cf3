"""Parameter sets: digests hold everything, files are read exactly or refused by name."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits.statements.portfolio_margin import (
    PRODUCT_ROWS,
    SHIPPED,
    MarginParameters,
    ParametersError,
    RangeError,
    ScenarioRow,
    VolatilityRule,
    load_parameter_set,
    load_shipped,
)
from circuits.statements.portfolio_margin.parameter_sets import FOLDER, parse_parameter_set
from circuits.statements.portfolio_margin.parameters import (
    PARAMETER_ELEMENTS,
    PARAMETER_RANGES,
    parameter_bias,
    parameter_bits,
)

SET = load_shipped("derive_like_33").parameters
DOCUMENT = json.loads((FOLDER / "derive_like_33.json").read_text(encoding="utf-8"))


def with_value(name: str, value: int) -> MarginParameters:
    changes: dict[str, Any] = {name: value}
    return replace(SET, **changes)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_sets_say_where_they_come_from(name: str) -> None:
    found = load_shipped(name)
    assert found.name == name
    assert found.about
    assert found.source
    assert "facts only" in found.licence
    assert found.readings


def test_shipped_sets_have_their_rows() -> None:
    rows = {name: len(load_shipped(name).parameters.rows) for name in SHIPPED}
    assert rows == dict(zip(SHIPPED, (35, 21, 33, 24), strict=True))
    assert all(count <= PRODUCT_ROWS[-1] for count in rows.values())


def test_every_file_of_the_folder_is_listed() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.json")) == sorted(SHIPPED)


@pytest.mark.parametrize("name", list(PARAMETER_RANGES))
def test_the_digest_holds_every_parameter(name: str) -> None:
    value = getattr(SET, name)
    allowed = PARAMETER_RANGES[name]
    other = value + 1 if value < allowed.high else value - 1
    assert with_value(name, other).digest() != SET.digest()


@pytest.mark.parametrize("name", list(PARAMETER_RANGES))
def test_a_parameter_fills_its_field_and_no_more(name: str) -> None:
    allowed, bias, width = PARAMETER_RANGES[name], parameter_bias(name), parameter_bits(name)
    assert 0 <= allowed.low + bias <= allowed.high + bias < 1 << width
    assert allowed.high + bias >= 1 << (width - 1)
    for value in (allowed.low - 1, allowed.high + 1):
        with pytest.raises(RangeError) as caught:
            with_value(name, value)
        assert caught.value.field == name


def test_elements_hold_248_bits() -> None:
    assert [name for names in PARAMETER_ELEMENTS for name in names] == list(PARAMETER_RANGES)
    assert all(8 + sum(map(parameter_bits, names)) <= 252 for names in PARAMETER_ELEMENTS)
    assert all(element < 1 << 248 for element in SET.padded(36).elements())


def test_rows_duplicated_missing_reordered_or_changed_change_the_digest() -> None:
    rows = SET.rows
    variants = [
        rows,
        rows[:-1],
        rows[1:],
        (*rows, rows[-1]),
        (rows[0], *rows),
        rows[::-1],
        (rows[1], rows[0], *rows[2:]),
        (replace(rows[0], spot_factor=11_801), *rows[1:]),
        (replace(rows[0], rule=VolatilityRule.NONE), *rows[1:]),
        (replace(rows[0], dampening=1), *rows[1:]),
    ]
    digests = {replace(SET, rows=each).digest() for each in variants}
    assert len(digests) == len(variants)


@given(st.integers(1, 36), st.integers(1, 36))
def test_padding_repeats_the_last_row(have: int, want: int) -> None:
    rows = (SET.rows * 2)[:have]
    own = replace(SET, rows=rows)
    if want < have:
        with pytest.raises(ParametersError, match=f"has {have} rows, expected it to fit {want}"):
            own.padded(want)
        return
    padded = own.padded(want)
    assert padded.rows == rows + rows[-1:] * (want - have)
    assert (padded.digest() == own.digest()) == (want == have)


def test_refused_rows() -> None:
    with pytest.raises(RangeError, match="rows is 0"):
        replace(SET, rows=())
    with pytest.raises(RangeError, match="rows is 37"):
        replace(SET, rows=(SET.rows * 2)[:37])
    with pytest.raises(ParametersError, match="skew rows leave spot alone"):
        ScenarioRow(10_001, VolatilityRule.LINEAR)
    with pytest.raises(RangeError, match="spot_factor is 0"):
        ScenarioRow(0, VolatilityRule.UP)
    with pytest.raises(RangeError, match="dampening"):
        ScenarioRow(10_000, VolatilityRule.UP, 1 << 34)


def changed(path: tuple[Any, ...], value: Any) -> Any:
    document = json.loads(json.dumps(DOCUMENT))
    place = document
    for step in path[:-1]:
        place = place[step]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return document


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("rows",), None, "expected an object with about, licence"),
        (("extra",), "1", "expected an object with"),
        (("about",), 3, "expected texts for name"),
        (("readings",), "none", "a list of readings"),
        (("parameters",), [], "parameters: expected an object"),
        (("parameters", "range_up"), None, "range_up missing or unknown"),
        (("parameters", "range_upp"), "1", "range_upp missing or unknown"),
        (("parameters", "range_up"), 0.5, "range_up is 0.5, expected a decimal string"),
        (("parameters", "range_up"), "1/2", "range_up is '1/2', expected a decimal string"),
        (("parameters", "range_up"), "1e-1", "expected a decimal string"),
        (("parameters", "range_up"), "0.0000000001", "expected a multiple of 1/1000000000"),
        (("parameters", "forward_contingency_up"), "1.04501", "expected a multiple of 1/10000"),
        (("rows",), {}, "rows: expected a list"),
        (("rows", 2), ["1", "up"], "rows\\[2\\] is"),
        (("rows", 2), ["1", "sideways", "1"], "with a rule of none, up, down, linear, absolute"),
        (
            ("rows", 2),
            ["1.1", "absolute", "1"],
            "rows\\[2\\]: a absolute row has spot",
        ),
        (("rows", 2), ["-1", "up", "1"], "rows\\[2\\]: spot_factor is -10000"),
    ],
)
def test_malformed_documents_are_refused(path: tuple[Any, ...], value: Any, message: str) -> None:
    with pytest.raises(ParametersError, match=message):
        parse_parameter_set(changed(path, value))


def test_a_parameter_out_of_range_is_refused_by_name() -> None:
    with pytest.raises(RangeError, match="range_up is 18000000000"):
        parse_parameter_set(changed(("parameters", "range_up"), "18"))


def test_files_that_are_no_sets_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ParametersError, match="there is no parameter set 'x', expected deribit"):
        load_shipped("x")
    with pytest.raises(ParametersError, match="expected a JSON file"):
        load_parameter_set(tmp_path / "missing.json")
    for text in ("{", "[]", "1"):
        (tmp_path / "set.json").write_text(text)
        with pytest.raises(ParametersError, match=r"set\.json"):
            load_parameter_set(tmp_path / "set.json")


def test_a_file_gives_the_shipped_set(tmp_path: Path) -> None:
    (tmp_path / "own.json").write_text(json.dumps(DOCUMENT))
    own: MarginParameters = load_parameter_set(tmp_path / "own.json").parameters
    assert own == SET
