"""The statement `portfolio_margin`: scenario margins of hidden or public books.

This is its data: books, markets and parameters as integers, their packing into field elements,
commitment and digests, the public words, and what is refused.
"""

from circuits.statements.header import Header
from circuits.statements.packing import WordError
from circuits.statements.portfolio_margin.admission import (
    check_admissible,
    check_provable,
    unprovable_legs,
)
from circuits.statements.portfolio_margin.book import Book, Leg, LinearHoldings
from circuits.statements.portfolio_margin.commitment import Opening, commit
from circuits.statements.portfolio_margin.errors import (
    BookError,
    MarginMarketError,
    Mismatch,
    ParametersError,
    SliceError,
    UnprovableError,
)
from circuits.statements.portfolio_margin.market import (
    ListedVolatility,
    MarginMarket,
    Slice,
    VolatilityForm,
)
from circuits.statements.portfolio_margin.parameter_sets import (
    SHIPPED,
    ParameterSet,
    load_parameter_set,
    load_shipped,
)
from circuits.statements.portfolio_margin.parameters import (
    PRODUCT_ROWS,
    MarginParameters,
    ScenarioRow,
    VolatilityRule,
)
from circuits.statements.portfolio_margin.scan_risk import scan_risk, span_weights
from circuits.statements.portfolio_margin.svi import Svi
from circuits.statements.portfolio_margin.words import (
    Breach,
    Claim,
    Covered,
    Kind,
    Level,
    MarginShape,
    Open,
    Requirement,
    Scene,
    decode_words,
    encode_words,
)
from circuits.statements.ranges import InputError, RangeError

__all__ = [
    "PRODUCT_ROWS",
    "SHIPPED",
    "Book",
    "BookError",
    "Breach",
    "Claim",
    "Covered",
    "Header",
    "InputError",
    "Kind",
    "Leg",
    "Level",
    "LinearHoldings",
    "ListedVolatility",
    "MarginMarket",
    "MarginMarketError",
    "MarginParameters",
    "MarginShape",
    "Mismatch",
    "Open",
    "Opening",
    "ParameterSet",
    "ParametersError",
    "RangeError",
    "Requirement",
    "ScenarioRow",
    "Scene",
    "Slice",
    "SliceError",
    "Svi",
    "UnprovableError",
    "VolatilityForm",
    "VolatilityRule",
    "WordError",
    "check_admissible",
    "check_provable",
    "commit",
    "decode_words",
    "encode_words",
    "load_parameter_set",
    "load_shipped",
    "scan_risk",
    "span_weights",
    "unprovable_legs",
]
