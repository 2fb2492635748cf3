// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { HeaderWords } from "./HeaderWords.sol";
import { Transcript } from "./Transcript.sol";

/// @title PortfolioMarginWords
/// @notice Where the fields of the statement `portfolio_margin` lie, in each of its four kinds. Word
/// indices count from zero; the first field of a word is the most significant. A statement has P
/// slots for legs and R scenario rows.
///
///   0..2          header; the subject is an account id of the consumer
///   3             parameters digest
///   4             market digest
///   5             snapshotUnix (40) | level (8) | P (16) | R (16)
///   6             spotTicks (36)
///
///   covered       7 commitment | 8 collateral W (128)
///   requirement   7 commitment | 8 requirement (128)
///   breach        7 commitment | 8 collateral W (128) | 9 equity bound Q (128)
///   open          7 collateral W (128) | P legs | linear holdings | cash + 2^95 (96)
///
///   leg           underlying (8) | expiryUnix (35) | strikeTicks (36) | isPut (1) | amount + 2^63 (64)
///   linear        perpetual + 2^63 (64) | collateral 1 (63) | collateral 2 (63)
///
/// W, Q and the requirement count units of the consumer's token. W is a bound: a book covered with
/// W is covered with more, a book in breach with W is so with less. The functions decode words that
/// a proof has range-checked.
library PortfolioMarginWords {
    uint256 internal constant PARAMETERS_INDEX = HeaderWords.COUNT;
    uint256 internal constant MARKET_DIGEST_INDEX = PARAMETERS_INDEX + 1;
    uint256 internal constant SNAPSHOT_INDEX = PARAMETERS_INDEX + 2;
    uint256 internal constant SPOT_INDEX = PARAMETERS_INDEX + 3;
    /// @notice Words that every account statement has.
    uint256 internal constant COMMON_COUNT = SPOT_INDEX + 1;

    uint256 internal constant COMMITMENT_INDEX = COMMON_COUNT;
    uint256 internal constant COLLATERAL_INDEX = COMMON_COUNT + 1;
    uint256 internal constant EQUITY_BOUND_INDEX = COMMON_COUNT + 2;
    uint256 internal constant COVERED_COUNT = COMMON_COUNT + 2;
    uint256 internal constant BREACH_COUNT = COMMON_COUNT + 3;

    uint256 internal constant OPEN_COLLATERAL_INDEX = COMMON_COUNT;
    uint256 internal constant LEGS_INDEX = COMMON_COUNT + 1;
    /// @notice Words of an `open` statement beside its P legs.
    uint256 internal constant OPEN_OTHER_COUNT = COMMON_COUNT + 3;

    uint256 internal constant SNAPSHOT_UNIX_SHIFT = 40;
    uint256 internal constant LEVEL_SHIFT = 32;
    uint256 internal constant SLOTS_SHIFT = 16;

    uint256 internal constant MAINTENANCE = 1;
    uint256 internal constant INITIAL = 2;

    /// @notice An empty slot: all 80 bits of its key set, amount 0.
    uint256 internal constant EMPTY_SLOT = (((1 << 80) - 1) << 64) + (1 << 63);
    /// @notice Linear holdings of nothing, and a cash of zero.
    uint256 internal constant NO_LINEAR = 1 << 189;
    uint256 internal constant NO_CASH = 1 << 95;

    function snapshotUnix(uint256 snapshotWord) internal pure returns (uint40) {
        return uint40(snapshotWord >> SNAPSHOT_UNIX_SHIFT);
    }

    function level(uint256 snapshotWord) internal pure returns (uint8) {
        return uint8(snapshotWord >> LEVEL_SHIFT);
    }

    function slots(uint256 snapshotWord) internal pure returns (uint256) {
        return uint16(snapshotWord >> SLOTS_SHIFT);
    }

    /// @notice Whether there are as many words as an `open` statement of P slots has.
    function isOpen(uint256[] calldata words) internal pure returns (bool) {
        return words.length > OPEN_OTHER_COUNT
            && words.length == OPEN_OTHER_COUNT + slots(words[SNAPSHOT_INDEX]);
    }

    /// @notice Hash of the public book of an `open` statement, whatever its P.
    function openBookHash(uint256[] calldata words) internal pure returns (bytes32) {
        uint256 end = words.length - 2;
        uint256 used = LEGS_INDEX;
        // the circuit leaves empty slots nowhere but at the end
        while (used < end && words[used] != EMPTY_SLOT) used++;
        bytes32 legsHash = Transcript.rangeHashUnchecked(words, LEGS_INDEX, used - LEGS_INDEX);
        return _bookHash(legsHash, words[end], words[end + 1]);
    }

    /// @notice Hash of a book that a protocol holds.
    /// @param legs Packed legs, strictly increasing, without empty slots.
    /// @param linear Packed linear holdings.
    /// @param cash Cash in atoms, plus 2^95.
    function bookHash(uint256[] memory legs, uint256 linear, uint256 cash)
        internal
        pure
        returns (bytes32)
    {
        return _bookHash(keccak256(abi.encodePacked(legs)), linear, cash);
    }

    function _bookHash(bytes32 legsHash, uint256 linear, uint256 cash)
        private
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(legsHash, linear, cash));
    }
}
