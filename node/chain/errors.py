"""What can go wrong between the node and an EVM chain.

NodeError
└── ChainError
    ├── RpcUnavailableError        nobody answers, or the answer is not JSON-RPC; retry later
    ├── RpcRejectedError           the endpoint refused, for a reason outside the closed set below
    ├── WrongChainIdError          the endpoint serves another chain
    ├── ContractMissingError       no code, or other code, at an address we need
    ├── ClockError                 the chain's clock cannot be set (that way)
    ├── RevertedError              a call or transaction reverted; carries the raw data
    ├── GasCeilingError            a call would use more gas than its kind ever needs
    ├── TransactionRefusedError    the pool did not take a signed transaction
    │   ├── AlreadyKnownError      it has it already: as good as sent
    │   ├── NonceTooLowError       the nonce is used up
    │   ├── NonceGapError          an earlier nonce is missing
    │   ├── UnderpricedError       fee too low, also for a replacement
    │   └── InsufficientFundsError the sender cannot pay
    ├── TransactionTimeoutError    no receipt within the time allowed
    ├── TokenBalanceError          an account holds less of a token than it is to pay
    ├── KeystoreError              keystore or password file missing, readable by others, wrong
    ├── ArtifactError              a contract artifact is missing or malformed
    └── DeploymentError            the deployments file or a deployment is not usable
        ├── UnsafeKeyError         a development key on a chain that is not a development chain
        └── BreachKeyMissingError  letters could be covered that nobody could show in breach
"""

from node.errors import NodeError, Reason

__all__ = [
    "AlreadyKnownError",
    "ArtifactError",
    "BreachKeyMissingError",
    "ChainError",
    "ClockError",
    "ContractMissingError",
    "DeploymentError",
    "GasCeilingError",
    "InsufficientFundsError",
    "KeystoreError",
    "NonceGapError",
    "NonceTooLowError",
    "RevertedError",
    "RpcRejectedError",
    "RpcUnavailableError",
    "TokenBalanceError",
    "TransactionRefusedError",
    "TransactionTimeoutError",
    "UnderpricedError",
    "UnsafeKeyError",
    "WrongChainIdError",
]


class ChainError(NodeError):
    """Any failure of the chain room."""


class RpcUnavailableError(ChainError):
    """Nobody answers at the endpoint, or what answers does not speak JSON-RPC."""

    reason = Reason.CHAIN_UNAVAILABLE


class RpcRejectedError(ChainError):
    """The endpoint answered with an error that fits no other class."""


class WrongChainIdError(ChainError):
    """The endpoint serves another chain than the one configured."""

    reason = Reason.WRONG_CHAIN_ID

    def __init__(self, expected: int, received: int, where: str) -> None:
        super().__init__(
            f"{where} serves chain id {received}, expected {expected}: "
            "point --rpc at the right chain or change the configured chain id"
        )
        self.expected = expected
        self.received = received


class ContractMissingError(ChainError):
    """No contract, or another contract, lives at an address that should hold ours."""

    reason = Reason.CONTRACT_MISSING


class ClockError(ChainError):
    """The chain's clock cannot be set, or not to that time."""

    reason = Reason.UNSUPPORTED


class RevertedError(ChainError):
    """A call or transaction reverted.

    ``data`` holds the raw revert bytes (selector and arguments); decode it with ``ErrorTable``.
    ``sentence`` is what they say, where somebody has decoded them.
    """

    reason = Reason.REVERTED

    def __init__(self, data: bytes, where: str = "call", sentence: str | None = None) -> None:
        raw = "0x" + data.hex() if data else "no data"
        super().__init__(
            f"{where} reverted{f' with {raw}' if sentence is None else f': {sentence}'}"
        )
        self.data = data


class GasCeilingError(ChainError):
    """A transaction would use more gas than its kind ever needs: nothing was sent."""

    reason = Reason.CONTRACT_MISSING


class TransactionRefusedError(ChainError):
    """The transaction pool did not take a signed transaction."""


class AlreadyKnownError(TransactionRefusedError):
    """The pool has this very transaction already."""


class NonceTooLowError(TransactionRefusedError):
    """The nonce was used by a mined transaction."""


class NonceGapError(TransactionRefusedError):
    """The nonce is ahead of the account's next one and the endpoint keeps no queue."""


class UnderpricedError(TransactionRefusedError):
    """The fee is below what the pool or a replacement needs."""


class InsufficientFundsError(TransactionRefusedError):
    """The sender's balance does not cover value plus gas limit times maximal fee."""

    reason = Reason.INSUFFICIENT_FUNDS


class TransactionTimeoutError(ChainError):
    """No receipt arrived within the time allowed."""

    reason = Reason.CHAIN_UNAVAILABLE


class TokenBalanceError(ChainError):
    """An account holds less of a token than it is to pay."""

    reason = Reason.INSUFFICIENT_FUNDS

    @property
    def help(self) -> str:
        """The catalogue's way out is about a chain's coin."""
        return "Send the token to that address first, or pay a smaller amount."


class KeystoreError(ChainError):
    """A keystore or password file is missing, readable by others, malformed or does not open."""

    reason = Reason.CONFIG_INVALID


class ArtifactError(ChainError):
    """A contract artifact is missing or malformed."""


class DeploymentError(ChainError):
    """A deployments file cannot be used, or a deployment did not do what it should."""

    reason = Reason.CONTRACT_MISSING


class UnsafeKeyError(DeploymentError):
    """A development verifying key was about to be deployed on a public chain."""

    reason = Reason.KEY_INVALID


class BreachKeyMissingError(DeploymentError):
    """Letters were about to take covers of a shape that no allowed breach key can answer."""

    reason = Reason.CONFIG_INVALID
