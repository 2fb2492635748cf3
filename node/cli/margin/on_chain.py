"""What the commands of an account share: the contract, the key, the opening, the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from node.cli.margin.inputs import account_number, consumer_address, hexadecimal, owner_vault
from node.cli.options import checksummed_address, settings_in
from node.cli.output import print_report
from node.margin import AccountReference

if TYPE_CHECKING:
    from node.chain import CoveredLetters, Receipt
    from node.chain.signatures import LocalAccount
    from node.margin import BookOpening


def letters_at(rpc: str, consumer: str, chain_id: int | None = None) -> CoveredLetters:
    """The contract that --consumer names; RpcUnavailableError, WrongChainIdError.

    Without a chain id the endpoint says for which chain transactions are signed: who signs none
    names none.
    """
    from node.chain import CoveredLetters, RpcChain  # noqa: PLC0415

    address = checksummed_address(f"0x{consumer_address(consumer):040x}")
    return CoveredLetters(RpcChain(rpc, expected_chain_id=chain_id), address)


def signer(keystore: Path, password_file: Path) -> LocalAccount:
    """Who sends; KeystoreError."""
    from node.chain import load_keystore  # noqa: PLC0415

    return load_keystore(keystore, password_file)


def newest_opening(
    letters: CoveredLetters, owner: LocalAccount, account: bytes, data_directory: Path | None
) -> BookOpening:
    """The account's latest opening in the sender's vault; VaultError, SealError."""
    vault = owner_vault(settings_in(data_directory).data_directory, owner)
    group = int(letters.address, 16)
    return vault.newest(AccountReference(group, int.from_bytes(account, "big")))


def commitment_bytes(opened: BookOpening) -> bytes:
    """As contracts take it."""
    return opened.commitment().to_bytes(32, "big")


def commitment_report(opened: BookOpening) -> dict[str, object]:
    """What is said of an opening: what the chain sees, and its number in the vault."""
    return {"commitment": f"0x{opened.commitment():064x}", "update": opened.update}


def salt_bytes(text: str) -> bytes:
    """The option --salt; a wrong one is a usage error."""
    return hexadecimal(text, (1 << 256) - 1, "--salt").to_bytes(32, "big")


def account_bytes(text: str) -> bytes:
    """The option --account; a wrong one is a usage error."""
    return account_number(text).to_bytes(32, "big")


def print_sent(
    account: bytes, receipts: Sequence[Receipt], more: Mapping[str, object], as_json: bool
) -> None:
    """An account, what was done, and the last transaction; gas is that of all."""
    last = receipts[-1]
    report = {
        "account": f"0x{account.hex()}",
        **more,
        "transaction": f"0x{last.tx_hash.hex()}",
        "block": last.block_number,
        "gas": sum(each.gas_used for each in receipts),
    }
    print_report(report, as_json)
