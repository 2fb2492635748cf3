"""One attestation to the registry from a key of one's own, without a node between.

For who is in a hurry or trusts no relay: there is no outbox, nothing is sent again, and the gas is
the sender's.
"""

from eth_utils.address import to_checksum_address

from circuits.statements.header import unpack_header
from circuits.statements.ranges import InputError
from node.attestations import Attestation, InvalidAttestationError
from node.chain import Chain, Contract, Receipt, contract_abi, error_table, invoke
from node.chain.errors import ContractMissingError, RevertedError, WrongChainIdError
from node.chain.signatures import LocalAccount
from node.relay.attestation import ALREADY, attested
from node.words import split_words

__all__ = ["attest_directly"]

_GAS, _GAS_PER_WORD = 1_000_000, 2_000
"""About twice what a registry takes, with its consumer: the words, a stranger's, name both."""


def attest_directly(
    chain: Chain, account: LocalAccount, attestation: Attestation
) -> Receipt | None:
    """Send words and proof to the registry that the words name; None where it has them already.

    Raises InvalidAttestationError for words without a header, WrongChainIdError,
    ContractMissingError where the address is no registry's, and what ``invoke`` raises:
    GasCeilingError for more gas than a registry ever takes.
    """
    try:
        header = unpack_header(attestation.words)
    except (InputError, IndexError) as error:
        raise InvalidAttestationError(f"the words say nothing, {error}") from error
    if header.chain_id != chain.chain_id():
        raise WrongChainIdError(header.chain_id, chain.chain_id(), chain.name)
    address = to_checksum_address(f"0x{header.registry:040x}")
    registry = Contract(chain, address, contract_abi("AttestationRegistry"))
    if not chain.code_at(address):
        raise ContractMissingError(
            f"{chain.name} has no contract at {address}, the words' registry"
        )
    arguments = (attestation.key_id, split_words(attestation.proof), attestation.words)
    ceiling = _GAS + _GAS_PER_WORD * len(attestation.words)
    try:
        receipt = invoke(registry, account, "attest", *arguments, gas_ceiling=ceiling)
    except RevertedError as error:
        if error_table().decode(error.data).name == ALREADY:
            return None
        raise
    if not attested(receipt, address, attestation.key_id):
        raise ContractMissingError(f"what is at {address} is no AttestationRegistry")
    return receipt
