// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title HeaderWords
/// @notice The three words every statement starts with. Indices count from zero.
///
///   0  chainId (88) << 160 | registry (160)
///   1  consumer (160) << 88 | sequence (48) << 40 | validUntil (40, unix seconds)
///   2  subject; of a market statement its underlying id
library HeaderWords {
    uint256 internal constant DOMAIN_INDEX = 0;
    uint256 internal constant CALL_INDEX = 1;
    uint256 internal constant SUBJECT_INDEX = 2;
    uint256 internal constant COUNT = 3;

    uint256 internal constant CALL_BITS = 248;

    uint256 internal constant CHAIN_ID_SHIFT = 160;
    uint256 internal constant CONSUMER_SHIFT = 88;
    uint256 internal constant SEQUENCE_SHIFT = 40;

    function chainId(uint256 domainWord) internal pure returns (uint256) {
        return domainWord >> CHAIN_ID_SHIFT;
    }

    function registry(uint256 domainWord) internal pure returns (address) {
        return address(uint160(domainWord));
    }

    function consumer(uint256 callWord) internal pure returns (address) {
        return address(uint160(callWord >> CONSUMER_SHIFT));
    }

    function sequence(uint256 callWord) internal pure returns (uint48) {
        return uint48(callWord >> SEQUENCE_SHIFT);
    }

    function validUntil(uint256 callWord) internal pure returns (uint40) {
        return uint40(callWord);
    }
}
