// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { PortfolioMarginWords } from "../../src/libraries/PortfolioMarginWords.sol";
import { BaseTest } from "../support/BaseTest.sol";
import { MarginWords } from "../support/MarginWords.sol";

/// @notice The hash of a public book: the same from words and from positions, and of nothing else.
contract PortfolioMarginWordsTest is BaseTest {
    function openBookHash(uint256[] calldata words) external pure returns (bytes32) {
        return PortfolioMarginWords.openBookHash(words);
    }

    function isOpen(uint256[] calldata words) external pure returns (bool) {
        return PortfolioMarginWords.isOpen(words);
    }

    function _claim(uint16 slots, uint256 count)
        private
        pure
        returns (MarginWords.Claim memory claim)
    {
        claim.slots = slots;
        claim.legs = new uint256[](count);
        for (uint256 i = 0; i < count; i++) {
            claim.legs[i] = MarginWords.leg(1_779_000_000, 100 + i, i % 2 == 1);
        }
        claim.linear = MarginWords.NO_LINEAR + 5;
        claim.cash = MarginWords.NO_CASH - 7;
    }

    function _assertConsistent(uint16 slots, uint256 count) private view {
        MarginWords.Claim memory claim = _claim(slots, count);
        uint256[] memory words = MarginWords.open(claim);
        vm.assertTrue(this.isOpen(words), "as many words as slots make");
        bytes32 expected = keccak256(
            abi.encode(keccak256(abi.encodePacked(claim.legs)), claim.linear, claim.cash)
        );
        vm.assertEq(this.openBookHash(words), expected, "from words");
        bytes32 held = PortfolioMarginWords.bookHash(claim.legs, claim.linear, claim.cash);
        vm.assertEq(held, expected, "from positions");
    }

    function test_hashIsTheSameForEverySizeOfStatement() public view {
        uint256[5] memory counts = [uint256(0), 1, 2, 15, 16];
        for (uint256 i = 0; i < counts.length; i++) {
            _assertConsistent(16, counts[i]);
            _assertConsistent(64, counts[i]);
            _assertConsistent(128, counts[i]);
        }
        _assertConsistent(128, 128);
    }

    function test_fuzz_everyAlteredWordOfTheBookShows(uint256 count, uint256 index, uint256 bit)
        public
        view
    {
        count = count % 17;
        uint256[] memory words = MarginWords.open(_claim(16, count));
        bytes32 before = this.openBookHash(words);
        index = index % (count + 2);
        // of the legs in use, linear holdings and cash
        words[index < count ? 8 + index : 24 + index - count] ^= 1 << (bit % 144);
        vm.assertTrue(this.openBookHash(words) != before, "another book");
    }

    function test_constantsAreThoseOfTheLayout() public pure {
        vm.assertEq(PortfolioMarginWords.EMPTY_SLOT, MarginWords.EMPTY_SLOT, "empty slot");
        vm.assertEq(PortfolioMarginWords.NO_LINEAR, MarginWords.NO_LINEAR, "linear");
        vm.assertEq(PortfolioMarginWords.NO_CASH, MarginWords.NO_CASH, "cash");
    }

    function test_otherWordCountsAreNotOpen() public view {
        uint256[] memory words = MarginWords.open(_claim(16, 1));
        words[5] = 15 << 16;
        vm.assertTrue(!this.isOpen(words), "15 slots");
        vm.assertTrue(!this.isOpen(new uint256[](10)), "no slot");
        vm.assertTrue(!this.isOpen(MarginWords.covered(_claim(16, 1))), "covered");
    }
}
