"""Keystores as owners and operators have them."""

from __future__ import annotations

from pathlib import Path

from node.chain import write_keystore
from node.chain.signatures import LocalAccount


def wallet(directory: Path, account: LocalAccount) -> tuple[object, ...]:
    """Options that name a keystore of an account, made in a directory."""
    keystore, password = directory / "key.json", directory / "password"
    password.touch(mode=0o600)
    password.write_text("open sesame\n")
    write_keystore(account, keystore, password)
    return ("--keystore", keystore, "--password-file", password)
