"""No check of the statement is forgotten: each has a twin that leaves it out, or a reason.

A site is a constraint's path. Reasons name what stands for the twin.
"""

from __future__ import annotations

from circuits.r1cs import WireClass
from circuits.statements.portfolio_margin import Kind, MarginShape, VolatilityForm
from circuits.templates import Constraint
from tests.circuits.judge import matches
from tests.circuits.statements.margin.lies import SLOTS
from tests.circuits.statements.margin.statements import ROWS, circuit
from tests.soundness.margin.test_twins import FORGERIES

SHAPES = (
    *(MarginShape(kind, SLOTS, ROWS) for kind in Kind),
    MarginShape(Kind.COVERED, 2, ROWS, VolatilityForm.SERIES),
)
REASONS: dict[str, tuple[str, ...]] = {
    # all witnesses of a gadget are enumerated over a tiny prime
    "gadget `sign`: test_selection.py, test_a_sign_without_its_check_is_free": (
        "*/at_least_zero",
        "*/distance/lookup",
    ),
    "gadget `half_even_quotient`: test_half_even_division_…; twin: a static factor rounded": (
        "*/odd",
        "*/half/lookup",
        "*/below/lookup",
        "*/above/lookup",
    ),
    "gadget `nearest_square_root`: test_square_root_…; twins: a root too small, too large": (
        "slice/root_time*",
        "leg/svi/y",
        "leg/svi/y_lower/lookup",
        "leg/svi/sigma_upper/lookup",
    ),
    "gadget `nearest`: test_rounding_to_nearest_…; twin: a variance rounded up": (
        "*_remainder/lookup",
        "slice/*exp_value/lookup",
        "leg/svi/variance/lookup",
        "leg/skew/absolute_factor/lookup",
    ),
    "gadget `nearest_positive_part`: test_the_positive_part_…; twins of option_marks' price": (
        "leg/skew/linear_factor_*",
    ),
    "gadget `is_zero`: test_is_zero_has_one_answer; twins: empty slots, same strike": (
        "leg/slice/is_first*",
        "contingencies/flat_or_inverse",
        "words/no_step_or_inverse",
    ),
    "a bit, as the flag of -2 and the rule of bits that are none": (
        "row/rule[*]",
        "parameters/risk_cancelling_1",
        "parameters/im_scales_contingencies",
    ),
    # functions and the challenge round have tests and twins of their own
    "a logarithm: twins `kappa cancellation` of test_statement_twins.py": ("*/ln/*",),
    "exp and N: test_functions.py, twin `coordinate outside its limb` of test_statement_twins.py": (
        "slice/*exp/*",
        "leg/row[*]/*/coordinate/lookup",
    ),
    "the answer to a query of several entries: test_lookup_twins.py, test_group_sum_twins.py": (
        "*/taylor[*]",
        "*/index",
        "*/horner",
        "/by_slice/*",
    ),
    "a row of a table: test_lookup_twins.py": ("*_r14/row", "range/row"),
    "a row of wires: test_group_sum_twins.py": (
        "leg/*_level/fraction",
        "slice/time/fraction",
        "slice/skew/fraction",
        "slice/curve/fraction",
        "series/listed/fraction",
    ),
    "Poseidon: test_poseidon_over_lanes_is_poseidon": ("*/poseidon/round[*]",),
    "the challenge round: test_lookup_twins.py": ("challenge/*", "fingerprint/*", "balance"),
    # other places of a check that has a twin
    "another place of a digest's step; twins: rows of the parameters, a market's last slice": (
        "words/sponge_inputs/step[*][*]",
    ),
    "a packed field; twin: mm factor": ("parameters/*/lookup",),
    "a packed field; twin: collateral price": ("head/*/lookup",),
    "a packed field; twins: rate, b": (
        "slice/seconds/lookup",
        "slice/forward_*_ticks/lookup",
        "slice/discount/lookup",
        "slice/confidence/lookup",
        "slice/a/lookup",
        "slice/m/lookup",
        "slice/s/lookup",
        "slice/rho/lookup",
    ),
    "a packed field; twin: a listed volatility": (
        "series/strike_ticks/lookup",
        "series/slice_index/lookup",
    ),
    "a number shown or committed; twins: another group, more collateral": (
        "words/valid_until/lookup",
        "words/consumer/lookup",
        "words/salt/lookup",
        "words/steps/lookup",
        "words/requirement/lookup",
        "words/equity_bound/lookup",
    ),
    "another level; twins: a deviation cut too high, a limb of it": ("leg/*_cut/*/lookup",),
    "another row; twins: another value of N, the mark at another level": (
        "leg/row[*]/*/row/lookup",
        "leg/row[*]/level/fraction",
    ),
    "another row; twins: a value rounded far up, a short value": ("slice/value[*]/*/lookup",),
    # checks that others imply
    "the lookup of a leg's expiry, and its underlying's equality, leave one value": (
        "leg/fields/expiry/lookup",
        "leg/fields/underlying/lookup",
    ),
    "a slice called inactive makes its legs unprovable, no margin false": ("slice/repeats",),
    "a division by 0 has no quotient: slack = 2 n leaves [0, 0]": (
        "slice/static/loss/discount_from_1/lookup",
    ),
    "no level is offered for a rule above 4": ("row/rule_is_at_most_4",),
    "the remainder leaves one quotient, and its width keeps the interval honest": (
        "margin/floor/quotient/lookup",
    ),
}


def _is_definition(constraint: Constraint) -> bool:
    """A product and the committed wire that is whatever the product is."""
    classes = {term.wire.wire_class for side in (constraint.a, constraint.b) for term in side}
    (own, *others) = constraint.c or [None]
    return (
        own is not None
        and not others
        and own.coefficient == 1
        and own.wire.wire_class is WireClass.COMMITTED
        and WireClass.PRIVATE not in classes
    )


def _sites() -> set[str]:
    """Of all kinds and both forms; a limb's top bits belong to the limb."""
    return {
        constraint.path
        for shape in SHAPES
        for block in circuit(shape).blocks
        for constraint in block.constraints
        if not _is_definition(constraint) and not constraint.path.endswith("_top/lookup")
    }


def test_every_check_has_a_twin_or_a_reason() -> None:
    tried = {s for s in _sites() if any(f.without.has_row(s) for f in FORGERIES.values())}
    rest = _sites() - tried
    unexplained = {s for s in rest if not any(matches(s, each) for each in REASONS.values())}
    assert unexplained == set()
    for patterns in REASONS.values():
        for pattern in patterns:
            assert any(matches(site, (pattern,)) for site in rest), f"{pattern} explains nothing"
