// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Words of account statements, put together field by field as the specification of
/// `portfolio_margin` lists them, without the product's constants.
library MarginWords {
    uint256 internal constant EMPTY_SLOT = (2 ** 80 - 1) * 2 ** 64 + 2 ** 63;
    uint256 internal constant NO_LINEAR = 2 ** 63 * 2 ** 126;
    uint256 internal constant NO_CASH = 2 ** 95;
    uint256 internal constant ROWS = 33;

    /// @dev Everything that the words of one statement say. `slots` is P.
    struct Claim {
        uint256 chainId;
        address registry;
        address consumer;
        uint48 sequence;
        uint40 validUntil;
        bytes32 account;
        bytes32 parameters;
        bytes32 marketDigest;
        uint40 snapshotUnix;
        uint8 level;
        uint16 slots;
        uint256 spot;
        bytes32 commitment;
        uint256 bound;
        uint256 equityBound;
        uint256[] legs;
        uint256 linear;
        uint256 cash;
    }

    function covered(Claim memory claim) internal pure returns (uint256[] memory words) {
        words = _common(claim, 9);
        words[7] = uint256(claim.commitment);
        words[8] = claim.bound;
    }

    /// @dev The number is the claim's bound.
    function requirement(Claim memory claim) internal pure returns (uint256[] memory words) {
        words = _common(claim, 9);
        words[7] = uint256(claim.commitment);
        words[8] = claim.bound;
    }

    function breach(Claim memory claim) internal pure returns (uint256[] memory words) {
        words = _common(claim, 10);
        words[7] = uint256(claim.commitment);
        words[8] = claim.bound;
        words[9] = claim.equityBound;
    }

    function open(Claim memory claim) internal pure returns (uint256[] memory words) {
        words = _common(claim, 10 + uint256(claim.slots));
        words[7] = claim.bound;
        for (uint256 i = 0; i < claim.slots; i++) {
            words[8 + i] = i < claim.legs.length ? claim.legs[i] : EMPTY_SLOT;
        }
        words[8 + claim.slots] = claim.linear;
        words[9 + claim.slots] = claim.cash;
    }

    /// @dev A leg of underlying 0, 10^6 steps of one contract, long.
    function leg(uint256 expiryUnix, uint256 strikeTicks, bool isPut)
        internal
        pure
        returns (uint256)
    {
        uint256 key = expiryUnix << 37 | strikeTicks << 1 | (isPut ? 1 : 0);
        return key << 64 | (2 ** 63 + 10 ** 6);
    }

    function _common(Claim memory claim, uint256 count)
        private
        pure
        returns (uint256[] memory words)
    {
        words = new uint256[](count);
        words[0] = claim.chainId << 160 | uint160(claim.registry);
        words[1] = uint256(uint160(claim.consumer)) << 88 | uint256(claim.sequence) << 40
            | claim.validUntil;
        words[2] = uint256(claim.account);
        words[3] = uint256(claim.parameters);
        words[4] = uint256(claim.marketDigest);
        words[5] = uint256(claim.snapshotUnix) << 40 | uint256(claim.level) << 32
            | uint256(claim.slots) << 16 | ROWS;
        words[6] = claim.spot;
    }
}
