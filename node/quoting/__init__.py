"""Quoting: the only place where decimals become integers, and integers decimals again."""

from node.quoting.at_the_money import (
    at_the_money_volatility,
    curve_volatilities,
    with_ruled_volatility,
)
from node.quoting.book import BookRules, RawHolding, parse_book, quantise_book, read_book
from node.quoting.chain import (
    PRICING,
    PROVING,
    Chain,
    ChainRules,
    QuotedOption,
    RawOption,
    proving_rules,
)
from node.quoting.chain_csv import parse_chain, read_chain
from node.quoting.decimals import parse_decimal, scaled_to_decimal
from node.quoting.errors import (
    BookRefusedError,
    ChainFileError,
    ChainRefusedError,
    Fault,
    MarginFileError,
    MarketRefusedError,
    QuoteError,
    RefusedError,
)
from node.quoting.greek_units import GREEK_UNITS
from node.quoting.grouping import PlacedMarket, market_of, markets_of
from node.quoting.instants import format_instant, parse_instant
from node.quoting.margin_market import QuotedMarket, parse_margin_market, read_margin_market
from node.quoting.quantise import quantise_chain
from node.quoting.report import (
    evaluate_chain,
    greek_decimals,
    price_decimal,
    price_report,
    printed_inputs,
)
from node.quoting.rounding import rate_from_discount
from node.quoting.underlyings import Underlying, load_underlyings, underlying_id

__all__ = [
    "GREEK_UNITS",
    "PRICING",
    "PROVING",
    "BookRefusedError",
    "BookRules",
    "Chain",
    "ChainFileError",
    "ChainRefusedError",
    "ChainRules",
    "Fault",
    "MarginFileError",
    "MarketRefusedError",
    "PlacedMarket",
    "QuoteError",
    "QuotedMarket",
    "QuotedOption",
    "RawHolding",
    "RawOption",
    "RefusedError",
    "Underlying",
    "at_the_money_volatility",
    "curve_volatilities",
    "evaluate_chain",
    "format_instant",
    "greek_decimals",
    "load_underlyings",
    "market_of",
    "markets_of",
    "parse_book",
    "parse_chain",
    "parse_decimal",
    "parse_instant",
    "parse_margin_market",
    "price_decimal",
    "price_report",
    "printed_inputs",
    "proving_rules",
    "quantise_book",
    "quantise_chain",
    "rate_from_discount",
    "read_book",
    "read_chain",
    "read_margin_market",
    "scaled_to_decimal",
    "underlying_id",
    "with_ruled_volatility",
]
