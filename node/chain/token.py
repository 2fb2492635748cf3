"""ERC-20 tokens: what an account holds, and who may move it."""

from typing import Any

from node.chain.abi import Abi, Contract
from node.chain.calls import ask, invoke
from node.chain.errors import TokenBalanceError
from node.chain.interface import Chain
from node.chain.signatures import LocalAccount
from node.chain.types import Receipt

__all__ = ["Token"]


def _function(name: str, inputs: tuple[str, ...], output: str) -> dict[str, Any]:
    return {
        "type": "function",
        "name": name,
        "inputs": [{"name": "", "type": each} for each in inputs],
        "outputs": [{"name": "", "type": output}],
    }


_ERC20 = Abi(
    (
        _function("decimals", (), "uint8"),
        _function("balanceOf", ("address",), "uint256"),
        _function("allowance", ("address", "address"), "uint256"),
        _function("approve", ("address", "uint256"), "bool"),
    ),
    "ERC20",
)
"""From EIP-20; of a token nothing else is asked."""


class Token:
    """A token at an address. Amounts are its smallest units."""

    def __init__(self, chain: Chain, address: str) -> None:
        self.address = address
        self._contract = Contract(chain, address, _ERC20)

    def decimals(self) -> int:
        """Its units are 10^-decimals of a token; RevertedError or ContractMissingError for none."""
        return int(ask(self._contract, "decimals"))

    def balance_of(self, holder: str) -> int:
        """What an address holds."""
        return int(ask(self._contract, "balanceOf", holder))

    def allowance(self, holder: str, spender: str) -> int:
        """What a spender may still take from a holder."""
        return int(ask(self._contract, "allowance", holder, spender))

    def allow(self, account: LocalAccount, spender: str, amount: int) -> tuple[Receipt, ...]:
        """Let a spender take that much; sends nothing where it may already.

        Raises TokenBalanceError before anything is sent, and what ``invoke`` raises.
        """
        held = self.balance_of(account.address)
        if held < amount:
            raise TokenBalanceError(
                f"{account.address} holds {held} of token {self.address}, expected {amount} or more"
            )
        allowed = self.allowance(account.address, spender)
        if allowed >= amount:
            return ()
        # some tokens change an allowance from zero only (Tether's)
        steps = (0, amount) if allowed else (amount,)
        return tuple(invoke(self._contract, account, "approve", spender, each) for each in steps)
