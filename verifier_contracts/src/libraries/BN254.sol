// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title BN254
/// @notice The curve's two moduli and its three precompiles (EIP-196, EIP-197).
/// @dev Gas is capped because a malformed point makes a precompile burn all that it is given. The
/// caps leave room over today's prices (150, 6,000 and 45,000 + 34,000 per pair).
library BN254 {
    /// @notice Order of the field the coordinates live in.
    uint256 internal constant BASE_MODULUS =
        21888242871839275222246405745257275088696311157297823662689037894645226208583;

    /// @notice Order of the groups: words, challenge and fingerprint live below it.
    uint256 internal constant SCALAR_MODULUS =
        21888242871839275222246405745257275088548364400416034343698204186575808495617;

    uint256 private constant ADD_GAS = 1_000;
    uint256 private constant MULTIPLY_GAS = 12_000;
    uint256 private constant PAIRING_5_GAS = 280_000;
    uint256 private constant PAIRING_4_GAS = 240_000;

    error PointAdditionFailed();
    error PointMultiplicationFailed();
    error PairingFailed();

    /// @notice (x1, y1) + (x2, y2); (0, 0) stands for infinity.
    function add(uint256 x1, uint256 y1, uint256 x2, uint256 y2)
        internal
        view
        returns (uint256 x, uint256 y)
    {
        bool success;
        assembly ("memory-safe") {
            let input := mload(0x40)
            mstore(input, x1)
            mstore(add(input, 0x20), y1)
            mstore(add(input, 0x40), x2)
            mstore(add(input, 0x60), y2)
            success := staticcall(ADD_GAS, 6, input, 0x80, input, 0x40)
            x := mload(input)
            y := mload(add(input, 0x20))
        }
        if (!success) revert PointAdditionFailed();
    }

    /// @notice scalar * (px, py).
    function multiply(uint256 px, uint256 py, uint256 scalar)
        internal
        view
        returns (uint256 x, uint256 y)
    {
        bool success;
        assembly ("memory-safe") {
            let input := mload(0x40)
            mstore(input, px)
            mstore(add(input, 0x20), py)
            mstore(add(input, 0x40), scalar)
            success := staticcall(MULTIPLY_GAS, 7, input, 0x60, input, 0x40)
            x := mload(input)
            y := mload(add(input, 0x20))
        }
        if (!success) revert PointMultiplicationFailed();
    }

    /// @notice Whether the product of five pairings is one. Reverts with PairingFailed where a
    /// coordinate is not below the base modulus, a point is off its curve or a G2 point is outside
    /// the subgroup.
    function isPairingProductOne(uint256[30] memory pairs) internal view returns (bool isOne) {
        bool success;
        assembly ("memory-safe") {
            success := staticcall(PAIRING_5_GAS, 8, pairs, 0x3c0, 0x00, 0x20)
            isOne := eq(mload(0x00), 1)
        }
        if (!success) revert PairingFailed();
    }

    /// @notice Whether four G1 and four G2 points are on their curves and in their groups (infinity
    /// is).
    function areValidPoints(uint256[24] memory pairs) internal view returns (bool areValid) {
        assembly ("memory-safe") {
            areValid := staticcall(PAIRING_4_GAS, 8, pairs, 0x300, 0x00, 0x20)
        }
    }
}
