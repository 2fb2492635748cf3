// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Words of an `option_marks` statement, put together field by field (see
/// circuits/docs/option_marks.md).
library MarketWords {
    uint256 internal constant FIRST_PRICE = 1_000_000;
    uint256 internal constant STRIKE = 500_000_000;
    uint256 internal constant FORWARD = 700_000_000;
    uint256 internal constant VOLATILITY = 30_000_000;
    uint256 internal constant EXPIRY_DELAY = 86_400;

    struct Header {
        uint256 chainId;
        address registry;
        address consumer;
        uint48 sequence;
        uint40 validUntil;
    }

    function wordCount(uint256 groups) internal pure returns (uint256) {
        return 3 + marketWordCount(groups) + 4 * groups;
    }

    function marketWordCount(uint256 groups) internal pure returns (uint256) {
        return _marketWordCount(groups, 16);
    }

    function _marketWordCount(uint256 groups, uint256 lanes) private pure returns (uint256) {
        return 1 + groups + (lanes * groups + 2) / 3;
    }

    /// @dev Lane i: strike STRIKE + i, volatility VOLATILITY + i, a put where i is odd, price
    /// FIRST_PRICE + i.
    function build(Header memory header, bytes12 underlying, uint40 snapshotUnix, uint256 groups)
        internal
        pure
        returns (uint256[] memory words)
    {
        return buildLanes(header, underlying, snapshotUnix, groups, 16);
    }

    /// @dev Words of a statement with another number of lanes a group.
    function buildLanes(
        Header memory header,
        bytes12 underlying,
        uint40 snapshotUnix,
        uint256 groups,
        uint256 lanes
    ) internal pure returns (uint256[] memory words) {
        uint256 prices = 3 + _marketWordCount(groups, lanes);
        words = new uint256[](prices + (lanes * groups + 3) / 4);
        words[0] = header.chainId << 160 | uint160(header.registry);
        words[1] = uint256(uint160(header.consumer)) << 88 | uint256(header.sequence) << 40
            | header.validUntil;
        words[2] = uint96(underlying);
        words[3] = uint256(uint96(underlying)) << 80 | uint256(4) << 72 | uint256(snapshotUnix)
            << 32 | (lanes * groups) << 16 | groups;
        for (uint256 g = 0; g < groups; g++) {
            words[4 + g] = (FORWARD + g) << 114 | uint256(1 << 44) << 68 | uint256(1 << 26) << 40
                | (snapshotUnix + (g + 1) * EXPIRY_DELAY);
        }
        for (uint256 i = 0; i < lanes * groups; i++) {
            uint256 option = (STRIKE + i) << 29 | (VOLATILITY + i) << 1 | (i % 2);
            words[4 + groups + i / 3] |= option << (65 * (2 - i % 3));
            words[prices + i / 4] |= (FIRST_PRICE + i) << (56 * (3 - i % 4));
        }
    }

    function marketHash(uint256[] memory words, uint256 groups) internal pure returns (bytes32) {
        uint256[] memory market = new uint256[](marketWordCount(groups));
        for (uint256 i = 0; i < market.length; i++) {
            market[i] = words[3 + i];
        }
        return keccak256(abi.encodePacked(market));
    }
}
