"""Refusals that hold nothing of a book, not even in the chain of exceptions behind them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from circuits.statements.portfolio_margin import InputError, UnprovableError
from node.margin.errors import MarginError

_Value = TypeVar("_Value")


def quietly(compute: Callable[[], _Value], refusal: Callable[[str], MarginError]) -> _Value:
    """What `compute` returns; where the model refuses, `refusal` of the kind of its error.

    The model's messages name legs. The refusal is raised when they are gone: `from None` inside the
    handler would keep them in `__context__`, and the model's frames in the traceback.
    """
    try:
        return compute()
    except InputError as error:
        kind = _kind(error)
    raise refusal(kind)


def _kind(error: InputError) -> str:
    if isinstance(error, UnprovableError) and error.mismatch is not None:
        return f"a leg {error.mismatch}"
    return type(error).__name__
