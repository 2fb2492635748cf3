// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title BasisPoints
/// @notice Moves against limits of 1e-4.
library BasisPoints {
    uint256 internal constant ONE = 10_000;

    /// @notice |value - base| <= base * limit / 10^4.
    /// @dev No overflow for values below 2^184 and limits up to 10^4.
    function isMoveWithin(uint256 value, uint256 base, uint256 limitBps)
        internal
        pure
        returns (bool)
    {
        uint256 move = value > base ? value - base : base - value;
        return move * ONE <= base * limitBps;
    }
}
