"""Parameter sets as files: the shipped ones, and a loader for any.

A file is JSON: name, about, source, licence, readings (what is our choice where the source has no
number), `parameters` with every name of `PARAMETER_RANGES`, and `rows` of
[spot factor, volatility rule, dampening]. Numbers are decimal strings in natural units (0.45, not
450000000) and must be whole in the set's units: nothing is rounded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from circuits.statements.option_marks.inputs import VOLATILITY_UNITS_PER_ONE
from circuits.statements.portfolio_margin.errors import ParametersError
from circuits.statements.portfolio_margin.parameters import (
    PARAMETER_RANGES,
    MarginParameters,
    ScenarioRow,
    VolatilityRule,
)
from circuits.statements.portfolio_margin.units import PARAMETER_ONE, SPOT_FACTOR_ONE
from circuits.statements.ranges import InputError

FOLDER = Path(__file__).with_name("parameters")
SHIPPED = ("deribit_like", "derive_like_21", "derive_like_33", "paradex_like")
"""Names of the sets in the package."""

_DECIMAL = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")
_TEXTS = ("name", "about", "source", "licence")
_MEMBERS = {*_TEXTS, "readings", "parameters", "rows"}
_UNITS_PER_ONE = {
    "units of 1e-9": PARAMETER_ONE,
    "units of 1e-4": SPOT_FACTOR_ONE,
    "units of 2e-8": VOLATILITY_UNITS_PER_ONE,
}
_RULES = {rule.name.lower(): rule for rule in VolatilityRule}


@dataclass(frozen=True, slots=True)
class ParameterSet:
    """A set with its birth certificate."""

    name: str
    about: str
    source: str
    licence: str
    readings: tuple[str, ...]
    parameters: MarginParameters


def load_shipped(name: str) -> ParameterSet:
    """A set of the package; ParametersError for a name that is not in SHIPPED."""
    if name not in SHIPPED:
        raise ParametersError(f"there is no parameter set {name!r}, expected {', '.join(SHIPPED)}")
    return load_parameter_set(FOLDER / f"{name}.json")


def load_parameter_set(path: Path) -> ParameterSet:
    """The set of a file; ParametersError, or RangeError naming the parameter."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ParametersError(f"{path}: {error}; expected a JSON file") from error
    try:
        return parse_parameter_set(document)
    except ParametersError as error:
        raise ParametersError(f"{path}: {error}") from error


def parse_parameter_set(document: object) -> ParameterSet:
    """The set of a parsed JSON document; ParametersError or RangeError."""
    if not isinstance(document, dict) or document.keys() != _MEMBERS:
        raise ParametersError(f"expected an object with {', '.join(sorted(_MEMBERS))}")
    texts = {name: document[name] for name in _TEXTS}
    readings = document["readings"]
    if not isinstance(readings, list) or not all(
        isinstance(text, str) for text in (*texts.values(), *readings)
    ):
        raise ParametersError(f"expected texts for {', '.join(_TEXTS)} and a list of readings")
    return ParameterSet(
        **texts,
        readings=tuple(readings),
        parameters=MarginParameters(
            rows=_rows(document["rows"]), **_values(document["parameters"])
        ),
    )


def _values(given: object) -> dict[str, int]:
    if not isinstance(given, Mapping):
        raise ParametersError("parameters: expected an object")
    odd = sorted(given.keys() ^ PARAMETER_RANGES.keys())
    if odd:
        raise ParametersError(f"parameters: {', '.join(odd)} missing or unknown")
    return {
        name: _whole(given[name], _UNITS_PER_ONE.get(allowed.unit, 1), name)
        for name, allowed in PARAMETER_RANGES.items()
    }


def _rows(given: object) -> tuple[ScenarioRow, ...]:
    if not isinstance(given, list):
        raise ParametersError("rows: expected a list")
    rows = []
    for index, row in enumerate(given):
        where = f"rows[{index}]"
        if not isinstance(row, list) or len(row) != 3 or row[1] not in _RULES:
            raise ParametersError(
                f"{where} is {row!r}, expected [spot factor, rule, dampening] with a rule of"
                f" {', '.join(_RULES)}"
            )
        try:
            rows.append(
                ScenarioRow(
                    _whole(row[0], SPOT_FACTOR_ONE, where),
                    _RULES[row[1]],
                    _whole(row[2], PARAMETER_ONE, where),
                )
            )
        except InputError as error:
            raise ParametersError(f"{where}: {error}") from error
    return tuple(rows)


def _whole(text: object, units_per_one: int, where: str) -> int:
    """A decimal string as a whole number of units."""
    if not isinstance(text, str) or _DECIMAL.fullmatch(text) is None:
        raise ParametersError(f"{where} is {text!r}, expected a decimal string such as '0.45'")
    value = Fraction(text) * units_per_one
    if value.denominator != 1:
        raise ParametersError(f"{where} is {text}, expected a multiple of 1/{units_per_one}")
    return int(value)
