"""Refusals that hold nothing of a book, not even in the chain of exceptions behind them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from circuits.statements.portfolio_margin import InputError
from node.margin.errors import MarginError

_Value = TypeVar("_Value")


def quietly(compute: Callable[[], _Value], refusal: Callable[[str], MarginError]) -> _Value:
    """What `compute` returns; where the model refuses, `refusal` of its error's class name.

    The model's messages name legs. The refusal is raised when they are gone: `from None` inside the
    handler would keep them in `__context__`, and the model's frames in the traceback.
    """
    try:
        return compute()
    except InputError as error:
        kind = type(error).__name__
    raise refusal(kind)
