"""py-evm at Prague rules with the BN254 precompiles computed natively.

py-evm's own pairing runs in Python, about 0.2 s a pair; pyrevm answers the same question in
microseconds. Only addresses 6, 7 and 8 (EIP-196, EIP-197, gas as of EIP-1108) are replaced, so
semantics and gas stay py-evm's.
"""

from collections.abc import Callable
from typing import Any

from eth.exceptions import VMError
from eth.vm.forks.prague import PragueVM
from eth.vm.forks.prague.computation import PragueComputation
from eth.vm.forks.prague.state import PragueState

__all__ = ["native_bn254_available", "prague_vm"]

_CALLER = "0x" + "11" * 20
_GAS: dict[int, Callable[[int], int]] = {
    6: lambda _size: 150,
    7: lambda _size: 6_000,
    8: lambda size: 45_000 + 34_000 * (size // 192),
}


def native_bn254_available() -> bool:
    """Whether pyrevm can be imported on this machine."""
    try:
        import pyrevm  # noqa: F401, PLC0415  (optional dependency, probed on purpose)
    except ImportError:
        return False
    return True


def prague_vm() -> Any:
    """A Prague VM class for eth-tester: with native BN254 where possible, else py-evm's own."""
    return _native_vm() if native_bn254_available() else PragueVM


def _native_vm() -> Any:
    from pyrevm import EVM  # noqa: PLC0415  (optional dependency)

    evm = EVM(spec_id="CANCUN")
    precompiles = dict(PragueComputation._precompiles)
    for number, gas in _GAS.items():
        precompiles[number.to_bytes(20, "big")] = _precompile(evm, number, gas)
    computation = type("NativeComputation", (PragueComputation,), {"_precompiles": precompiles})
    state = type("NativeState", (PragueState,), {"computation_class": computation})
    return type("NativePragueVM", (PragueVM,), {"_state_class": state})


def _precompile(evm: Any, number: int, gas: Callable[[int], int]) -> Callable[[Any], Any]:
    address = "0x" + number.to_bytes(20, "big").hex()

    def run(computation: Any) -> Any:
        data = bytes(computation.msg.data_as_bytes)
        computation.consume_gas(gas(len(data)), reason=f"BN254 precompile {number}")
        try:
            computation.output = bytes(evm.message_call(_CALLER, address, calldata=data))
        except RuntimeError as error:  # pyrevm's only exception: the precompile failed
            raise VMError(f"BN254 precompile {number}: malformed input") from error
        return computation

    return run
