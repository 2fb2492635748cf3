"""One account that creates contracts and sends calls, saying what it does."""

from typing import Any

from node.chain.abi import Contract
from node.chain.artifacts import contract_abi, creation_code
from node.chain.calls import invoke, refusals_in_words
from node.chain.deployments import DeployedContract
from node.chain.errors import DeploymentError
from node.chain.interface import Chain
from node.chain.send import transact
from node.chain.signatures import LocalAccount
from node.chain.types import Progress

__all__ = ["Deployer"]


class Deployer:
    """Creates contracts and sends calls from one account, saying what it does."""

    def __init__(self, chain: Chain, account: LocalAccount, notify: Progress | None) -> None:
        self.chain = chain
        self.account = account
        self._notify = notify

    def say(self, line: str) -> None:
        """Tell whoever listens."""
        if self._notify is not None:
            self._notify(line)

    def create(self, name: str, *arguments: Any) -> DeployedContract:
        """Create a contract from its artifact; DeploymentError, and what ``transact`` raises."""
        with refusals_in_words(f"creation of {name}"):
            receipt = transact(self.chain, self.account, None, creation_code(name, *arguments))
        if receipt.contract_address is None:
            raise DeploymentError(f"{name}: the receipt names no contract address")
        self.say(f"{name} at {receipt.contract_address}, {receipt.gas_used:,} gas")
        return DeployedContract.at(self.chain, receipt.contract_address, receipt.block_number)

    def send(self, name: str, address: str, function: str, *arguments: Any) -> None:
        """Call a contract; what ``invoke`` raises."""
        invoke(
            Contract(self.chain, address, contract_abi(name)), self.account, function, *arguments
        )
