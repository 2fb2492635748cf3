"""Calls of contracts that end in the contract's own words where it refuses.

``Contract.read`` and ``transact`` give raw revert data; what is done for people goes through here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from node.chain.abi import Contract
from node.chain.artifacts import error_table
from node.chain.errors import RevertedError
from node.chain.send import transact
from node.chain.signatures import LocalAccount
from node.chain.types import Receipt

__all__ = ["ask", "invoke", "refusals_in_words"]


def invoke(
    contract: Contract,
    account: LocalAccount,
    function: str,
    *arguments: Any,
    gas_ceiling: int | None = None,
) -> Receipt:
    """Call a function by a transaction.

    RevertedError says what the contract says; what else ``transact`` raises.
    """
    data = contract.abi.encode_call(function, *arguments)
    with refusals_in_words(_where(contract, function)):
        return transact(contract.chain, account, contract.address, data, gas_ceiling=gas_ceiling)


def ask(contract: Contract, function: str, *arguments: Any, block_number: int | None = None) -> Any:
    """The one value of a view function; RevertedError says what the contract says."""
    with refusals_in_words(_where(contract, function)):
        return contract.read_one(function, *arguments, block_number=block_number)


@contextmanager
def refusals_in_words(where: str) -> Iterator[None]:
    """Put into words what a contract answers by a revert."""
    try:
        yield
    except RevertedError as error:
        sentence = error_table().decode(error.data).sentence
        raise RevertedError(error.data, where, sentence) from error


def _where(contract: Contract, function: str) -> str:
    return f"{contract.abi.contract}.{function} at {contract.address}"
