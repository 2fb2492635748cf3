"""Segment tables: the files are what the generator writes and as accurate as they say."""

import json
from collections.abc import Iterator

import pytest
from mpmath import mp, mpf

from circuits.functions import generate_tables as generator
from circuits.functions.tables import (
    TABLES_DIRECTORY,
    load_table,
    parse_table,
    taylor_coefficients,
)

NAMES = [
    (function, profile)
    for profile in ("R14", "R6")
    for function in ("normal_cdf", "ln", "exp", "normal_lite")
]


@pytest.fixture(autouse=True)
def _precision() -> Iterator[None]:
    with mp.workdps(generator.DIGITS):
        yield


@pytest.mark.parametrize(
    ("function", "profile", "rows", "value_error", "slope_error"),
    [
        ("normal_cdf", "R14", 4432, 6.0e-14, 4.1e-10),
        ("ln", "R14", 4096, 4.8e-13, 3.8e-9),
        ("normal_cdf", "R6", 277, 1.2e-7, 1.7e-6),
        ("ln", "R6", 256, 4.9e-7, 1.4e-5),
        ("exp", "R14", 513, 9.8e-13, 3.8e-10),
        ("exp", "R6", 65, 4.0e-6, 5.5e-6),
        ("normal_lite", "R14", 4736, 1.4e-10, 6.1e-7),
        ("normal_lite", "R6", 296, 5.3e-7, 1.5e-4),
    ],
)
def test_size_and_stated_errors(
    function: str, profile: str, rows: int, value_error: float, slope_error: float
) -> None:
    table = load_table(function, profile)
    assert len(table.rows) == rows
    assert table.value_error <= value_error
    assert table.slope_error <= slope_error
    assert table.degree == {"exp": 4, "normal_lite": 2}.get(function, 3)


@pytest.mark.parametrize("recipe", generator.RECIPES, ids=lambda r: f"{r.function}-{r.profile}")
def test_rows_are_the_generators(recipe: generator.Recipe) -> None:
    table = load_table(recipe.function, recipe.profile)
    if recipe.profile == "R6":
        name = f"{table.name}.json"
        assert generator.table_text(recipe) == (TABLES_DIRECTORY / name).read_text()
        return
    segments = list(generator.DOMAINS[recipe.function].segments(recipe))
    for index in range(0, len(segments), 97):
        assert generator.fit(segments[index], recipe) == table.rows[index]


@pytest.mark.parametrize(("function", "profile"), NAMES)
def test_errors_between_the_measured_places(function: str, profile: str) -> None:
    """Places the generator did not look at, by a formula written apart from its own."""
    table = load_table(function, profile)
    width = 1 << table.limb_bits
    for row in range(0, len(table.rows), 37):
        u = (row * 7919) % width
        y = table.taylor(row, u)
        fine = mpf(row % 11) / 11 - (mpf(1) / 2 if function == "exp" else 0)
        at = (u + fine) / width
        if table.octaves:
            octave, segment = divmod(row, 1 << table.segment_bits)
            exact = mp.ln(mpf(2) ** octave * (1 + (segment + at) / (1 << table.segment_bits)))
        else:
            exact_function = mp.exp if function == "exp" else mp.ncdf
            exact = exact_function((table.first_segment + row + at) / (1 << table.segment_bits))
        value = (y[0] + y[1] * fine) / mpf(2) ** table.fraction_bits
        assert abs(value - exact) <= table.value_error


@pytest.mark.parametrize("function", ["normal_cdf", "normal_lite"])
@pytest.mark.parametrize("profile", ["R14", "R6"])
def test_normal_cdf_saturates_exactly(profile: str, function: str) -> None:
    table = load_table(function, profile)
    one, zeros = 1 << table.fraction_bits, (0,) * table.degree
    assert table.rows[0] == (0, *zeros)
    ones_from = (16 << table.segment_bits) - 1
    assert all(row == (one, *zeros) for row in table.rows[ones_from:])


@pytest.mark.parametrize("profile", ["R14", "R6"])
def test_ln_of_powers_of_two_fits_the_octaves(profile: str) -> None:
    table = load_table("ln", profile)
    octave = 1 << table.segment_bits
    for i in range(16):
        base = table.rows[0]
        row = table.rows[i * octave]
        assert row[1:] == base[1:]
        shift = mpf(row[0] - base[0]) / mpf(2) ** table.fraction_bits
        assert abs(shift - i * mp.ln(2)) <= mpf(2) ** (1 - table.fraction_bits)


def test_taylor_coefficients_shift_the_polynomial() -> None:
    polynomial = (7, -3, 11, 5)
    shifted = taylor_coefficients(polynomial, 13)

    def value(coefficients: tuple[int, ...], x: int) -> int:
        return sum(c * x**k for k, c in enumerate(coefficients))

    assert all(value(shifted, x) == value(polynomial, 13 + x) for x in range(-4, 5))


def test_taylor_refuses_what_is_outside() -> None:
    table = load_table("ln", "R6")
    assert table.taylor(0, 64)[0] > 0
    with pytest.raises(IndexError, match="ln_r6: expected row in"):
        table.taylor(256, 0)
    with pytest.raises(IndexError, match="ln_r6: expected u in"):
        table.taylor(0, 65)


def test_damaged_files_are_refused() -> None:
    data = json.loads((TABLES_DIRECTORY / "ln_r6.json").read_text())
    with pytest.raises(ValueError, match="expected 256 rows, received 255"):
        parse_table(json.dumps(data | {"rows": data["rows"][1:]}))
    with pytest.raises(ValueError, match="row 255: expected 4 coefficients, received 3"):
        parse_table(json.dumps(data | {"rows": [*data["rows"][:-1], ["1", "2", "3"]]}))
    with pytest.raises(ValueError, match="tag 1 is not that of ln"):
        parse_table(json.dumps(data | {"tag": 1}))
    with pytest.raises(ValueError, match="no table of sine in profile R6"):
        load_table("sine", "R6")
