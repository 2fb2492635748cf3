"""The one door to eth-account: accounts that sign, and what they sign."""

from prover.recursion import recursion_limit_kept

with recursion_limit_kept():
    from eth_account import Account
    from eth_account.messages import SignableMessage, encode_typed_data
    from eth_account.signers.local import LocalAccount

__all__ = ["Account", "LocalAccount", "SignableMessage", "encode_typed_data"]
