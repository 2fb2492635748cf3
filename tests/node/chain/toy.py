"""A registry that believes every proof, compiled once; source and compiler are in the JSON."""

import json
from pathlib import Path
from typing import Any

from eth_account.signers.local import LocalAccount

from node.chain import Abi, Chain, Contract, ErrorTable, transact

START = 1_779_321_600  # 2026-05-21T00:00:00Z

_ARTIFACT = json.loads((Path(__file__).parent / "toy_registry.json").read_text())
TOY_ABI = Abi(_ARTIFACT["abi"], "ToyRegistry")
TOY_ERRORS = ErrorTable(_ARTIFACT["abi"])


def deploy_toy(chain: Chain, account: LocalAccount) -> Contract:
    receipt = transact(chain, account, None, bytes.fromhex(_ARTIFACT["bytecode"][2:]))
    assert receipt.contract_address is not None
    return Contract(chain, receipt.contract_address, TOY_ABI)


def toy_words(
    registry: str, *, sequence: int = 1, consumer: int = 0xC0, chain_id: int = 131277322940537
) -> list[int]:
    subject = 0xABCDEF
    valid_until = START + 3_600
    return [
        chain_id << 160 | int(registry, 16),
        consumer << 88 | sequence << 40 | valid_until,
        subject,
        subject << 80,
    ]


def send(chain: Chain, account: LocalAccount, toy: Contract, name: str, *arguments: Any) -> None:
    transact(chain, account, toy.address, toy.abi.encode_call(name, *arguments))
