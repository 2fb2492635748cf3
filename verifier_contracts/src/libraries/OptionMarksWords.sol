// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { HeaderWords } from "./HeaderWords.sol";

/// @title OptionMarksWords
/// @notice Where the fields of an `option_marks` statement lie. G groups of 16 lanes, N = 16 G
/// options. Word indices count from zero; the first field of a word is the most significant.
///
///   0..2          header
///   3             underlying (96) | tickExponent (8) | snapshotUnix (40) | options (16) | G (16)
///   4..3+G        forwardTicks (36) | discount (46, 2^-44) | rate (28, biased) | expiryUnix (40)
///   ceil(N/3)     3 x [ strikeTicks (36) | volatility (28, 2e-8) | isPut (1) ]
///   N/4           4 x priceAtoms (56, 1e-5 tick)
///   2 N           Greeks, in statements that prove them; not read here
///
/// A tick is 10^-tickExponent of the quote currency. The functions decode words that a proof has
/// range-checked.
library OptionMarksWords {
    uint256 internal constant MARKET_INDEX = HeaderWords.COUNT;
    uint256 internal constant GROUPS_INDEX = MARKET_INDEX + 1;
    uint256 internal constant LANES = 16;

    uint256 internal constant UNDERLYING_SHIFT = 80;
    uint256 internal constant TICK_EXPONENT_SHIFT = 72;
    uint256 internal constant SNAPSHOT_UNIX_SHIFT = 32;
    uint256 internal constant OPTIONS_SHIFT = 16;

    uint256 internal constant FORWARD_TICKS_SHIFT = 114;
    uint256 internal constant DISCOUNT_SHIFT = 68;
    uint256 internal constant RATE_SHIFT = 40;

    uint256 internal constant OPTIONS_PER_WORD = 3;
    uint256 internal constant OPTION_BITS = 65;
    uint256 internal constant STRIKE_TICKS_SHIFT = 29;
    uint256 internal constant STRIKE_TICKS_MASK = (1 << 36) - 1;
    uint256 internal constant VOLATILITY_SHIFT = 1;
    uint256 internal constant VOLATILITY_MASK = (1 << 28) - 1;

    uint256 internal constant PRICES_PER_WORD = 4;
    uint256 internal constant PRICE_BITS = 56;

    uint256 internal constant GREEK_WORDS_PER_OPTION = 2;

    /// @notice Decimals by which a tick exceeds a price atom: an atom is 10^-(5 + tickExponent).
    uint8 internal constant ATOM_DECIMALS = 5;

    function underlying(uint256 marketWord) internal pure returns (bytes12) {
        return bytes12(uint96(marketWord >> UNDERLYING_SHIFT));
    }

    function tickExponent(uint256 marketWord) internal pure returns (uint8) {
        return uint8(marketWord >> TICK_EXPONENT_SHIFT);
    }

    function snapshotUnix(uint256 marketWord) internal pure returns (uint40) {
        return uint40(marketWord >> SNAPSHOT_UNIX_SHIFT);
    }

    /// @notice Number of lanes, padding included.
    function laneCount(uint256 marketWord) internal pure returns (uint256) {
        return uint16(marketWord) * LANES;
    }

    function optionWordCount(uint256 lanes) internal pure returns (uint256) {
        return (lanes + OPTIONS_PER_WORD - 1) / OPTIONS_PER_WORD;
    }

    /// @notice Number of market words of a shape: word 3 to the last option word.
    function marketWordCount(uint256 groups) internal pure returns (uint256) {
        return 1 + groups + optionWordCount(groups * LANES);
    }

    /// @notice Whether there are as many words as 16 lanes in each of their G groups make, with
    /// prices alone or with Greeks; no statement with fewer lanes has either number.
    function isLaidOut(uint256[] calldata words) internal pure returns (bool) {
        uint256 marketWord = words[MARKET_INDEX];
        uint256 lanes = laneCount(marketWord);
        uint256 priced = MARKET_INDEX + marketWordCount(lanes / LANES) + lanes / PRICES_PER_WORD;
        return words.length == priced || words.length == priced + GREEK_WORDS_PER_OPTION * lanes;
    }

    function expiryUnix(uint256[] calldata words, uint256 lane) internal pure returns (uint40) {
        return uint40(words[GROUPS_INDEX + lane / LANES]);
    }

    function option(uint256[] calldata words, uint256 lane)
        internal
        pure
        returns (uint40 strikeTicks, uint32 volatility, bool isPut)
    {
        uint256 groups = uint16(words[MARKET_INDEX]);
        uint256 word = words[GROUPS_INDEX + groups + lane / OPTIONS_PER_WORD];
        word >>= OPTION_BITS * (OPTIONS_PER_WORD - 1 - lane % OPTIONS_PER_WORD);
        strikeTicks = uint40((word >> STRIKE_TICKS_SHIFT) & STRIKE_TICKS_MASK);
        volatility = uint32((word >> VOLATILITY_SHIFT) & VOLATILITY_MASK);
        isPut = word & 1 == 1;
    }

    function priceAtoms(uint256[] calldata words, uint256 lane) internal pure returns (uint56) {
        uint256 groups = uint16(words[MARKET_INDEX]);
        uint256 first = MARKET_INDEX + marketWordCount(groups);
        uint256 word = words[first + lane / PRICES_PER_WORD];
        return uint56(word >> (PRICE_BITS * (PRICES_PER_WORD - 1 - lane % PRICES_PER_WORD)));
    }
}
