"""The language circuits are written in: lanes, three value types, one arithmetic, its readings."""

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.assumptions import Assumption
from circuits.edsl.builder import CircuitBuilder
from circuits.edsl.evaluation import IntegerArithmetic, Liar, WitnessArithmetic
from circuits.edsl.lanes import Lanes
from circuits.edsl.lookups import RowTable
from circuits.edsl.numbers import IntegerArray, LaneVector, Numbers
from circuits.edsl.python_numbers import PythonNumbers, integer_array
from circuits.edsl.values import CircuitError, FieldElement, Integer, Quotient, as_integer

__all__ = [
    "Arithmetic",
    "Assumption",
    "CircuitBuilder",
    "CircuitError",
    "FieldElement",
    "Integer",
    "IntegerArithmetic",
    "IntegerArray",
    "LaneVector",
    "Lanes",
    "Liar",
    "Numbers",
    "PythonNumbers",
    "Quotient",
    "RowTable",
    "WitnessArithmetic",
    "as_integer",
    "integer_array",
]
