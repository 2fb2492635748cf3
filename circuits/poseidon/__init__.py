"""Poseidon over the scalar field of BN254 (1, 2, 15 or 16 inputs), with circomlib's round numbers.

The plain-integer hash is the reference for the gadget; both read the same constants.
"""

from circuits.poseidon.constants import PoseidonConstants, load_constants
from circuits.poseidon.permutation import permute, poseidon

__all__ = ["PoseidonConstants", "load_constants", "permute", "poseidon"]
