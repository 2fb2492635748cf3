"""The contract CoveredLetters as owners of accounts use it, and whoever asks after one."""

from eth_abi.abi import encode
from eth_hash.auto import keccak
from eth_utils.address import to_checksum_address

from node.chain.abi import Contract
from node.chain.artifacts import contract_abi
from node.chain.calls import ask, invoke
from node.chain.errors import ContractMissingError
from node.chain.interface import Chain
from node.chain.letters_account import AccountStatus, LettersAccount, LettersRules, Snapshot
from node.chain.signatures import LocalAccount
from node.chain.token import Token
from node.chain.types import Receipt

__all__ = ["CoveredLetters"]


class CoveredLetters:
    """Accounts of hidden books at an address.

    Account ids, salts and commitments are 32 bytes, amounts smallest units of the token. Every
    method may raise a ChainError; a RevertedError says what the contract says.
    """

    def __init__(self, chain: Chain, address: str) -> None:
        self.contract = Contract(chain, address, contract_abi("CoveredLetters"))
        self.chain = chain
        self.address = address

    @property
    def token(self) -> Token:
        """What collateral is paid in."""
        return Token(self.chain, to_checksum_address(ask(self.contract, "token")))

    def account_id_of(self, owner: str, salt: bytes) -> bytes:
        """The id an owner's account has or would have; ContractMissingError.

        Computed, whatever the endpoint says: who believed another's id would pay that one.
        """
        said = bytes(ask(self.contract, "accountIdOf", owner, salt))
        named = (self.chain.chain_id(), self.address, owner, salt)
        digest = keccak(encode(("uint256", "address", "address", "bytes32"), named))
        computed = bytes(1) + bytes(digest[:-1])
        if said != computed:
            raise ContractMissingError(
                f"{self.address} on {self.chain.name} says another account id, 0x{said.hex()}, than"
                f" CoveredLetters, 0x{computed.hex()}: other letters, or an endpoint that lies"
            )
        return computed

    def account(self, account_id: bytes, block_number: int | None = None) -> LettersAccount:
        """What is kept of it, as of a block (the newest); refused for an unknown one."""
        values = ask(self.contract, "accountOf", account_id, block_number=block_number)
        return LettersAccount.of((to_checksum_address(values[0]), *values[1:]))

    def is_covered(
        self, account_id: bytes, commitment: bytes, block_number: int | None = None
    ) -> bool:
        """Whether it has this book and a cover that counts."""
        asked = (account_id, commitment)
        return bool(ask(self.contract, "isCovered", *asked, block_number=block_number))

    def register(self, owner: LocalAccount, salt: bytes, commitment: bytes) -> Receipt:
        """Open an account of the sender."""
        return invoke(self.contract, owner, "register", salt, commitment)

    def update(self, owner: LocalAccount, account_id: bytes, commitment: bytes) -> Receipt:
        """Replace the book; its covers end."""
        return invoke(self.contract, owner, "update", account_id, commitment)

    def allow(self, payer: LocalAccount, amount: int) -> tuple[Receipt, ...]:
        """Let the contract take that much, as ``Token.allow``: what a deposit needs first."""
        return self.token.allow(payer, self.address, amount)

    def deposit(self, payer: LocalAccount, account_id: bytes, amount: int) -> Receipt:
        """Add collateral, to whosever account."""
        return invoke(self.contract, payer, "deposit", account_id, amount)

    def withdraw(self, owner: LocalAccount, account_id: bytes, amount: int, to: str) -> Receipt:
        """Take collateral out, down to the W of a live cover at initial level."""
        return invoke(self.contract, owner, "withdraw", account_id, amount, to)

    def offer(self, owner: LocalAccount, account_id: bytes, to: str) -> Receipt:
        """Offer the account; the zero address takes an offer back."""
        return invoke(self.contract, owner, "offerAccount", account_id, to)

    def accept(self, taker: LocalAccount, account_id: bytes) -> Receipt:
        """Take an account that was offered to the sender."""
        return invoke(self.contract, taker, "acceptAccount", account_id)

    def status(self, account_id: bytes) -> AccountStatus:
        """The account with rules and markets, everything as of the newest block."""
        block = self.chain.head()
        at = block.number
        account = self.account(account_id, at)
        oracle = self._named("oracle", "MarketOracle", at)
        registry = self._named("registry", "AttestationRegistry", at)
        underlying = ask(self.contract, "underlying", block_number=at)
        newest = None
        if ask(oracle, "latestNumber", underlying, block_number=at):
            newest = Snapshot(*ask(oracle, "latestSnapshot", underlying, block_number=at))
        held = Snapshot(*ask(oracle, "heldSnapshot", underlying, block_number=at))
        return AccountStatus(
            account=account,
            is_covered=self.is_covered(account_id, account.commitment, at),
            rules=LettersRules(*ask(self.contract, "rules", block_number=at)),
            newest=newest,
            held=held if held.number else None,
            parameters_digest=bytes(ask(self.contract, "parametersDigest", block_number=at)),
            registry=registry.address,
            max_snapshot_age_seconds=int(ask(registry, "maxSnapshotAgeSeconds", block_number=at)),
            block_unix=block.timestamp,
            chain_id=self.chain.chain_id(),
        )

    def _named(self, view: str, name: str, block_number: int) -> Contract:
        address = to_checksum_address(ask(self.contract, view, block_number=block_number))
        return Contract(self.chain, address, contract_abi(name))
