// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { AttestationConsumer } from "../src/base/AttestationConsumer.sol";
import { ICoveredLetters } from "../src/interfaces/ICoveredLetters.sol";
import { IMarginConsumer } from "../src/interfaces/IMarginConsumer.sol";
import { RequirementBoard } from "./examples/RequirementBoard.sol";
import { LettersTest } from "./support/LettersTest.sol";
import { MarginWords } from "./support/MarginWords.sol";

/// @notice Who can take a `requirement`: a consumer that wants the number, and letters, to which it is
/// a `covered` whose W is the least one.
contract RequirementTest is LettersTest {
    uint256 internal constant NEED = 640e6;

    RequirementBoard internal numbers;

    function setUp() public override {
        super.setUp();
        numbers = new RequirementBoard(address(this), registry, BTC, PARAMETERS, _rules());
        numbers.setKeyAllowed(REQUIREMENT_KEY, true);
        letters.setKeyAllowed(REQUIREMENT_KEY, true);
    }

    function _requiring(MarginWords.Claim memory claim) private view returns (Step memory) {
        return _attestation(REQUIREMENT_KEY, MarginWords.requirement(claim));
    }

    /* THE NUMBER */

    /// @dev Commits, then the claim that the book needs NEED at initial level.
    function _committed() private returns (MarginWords.Claim memory claim) {
        vm.prank(ALICE);
        numbers.commit(BOOK);
        claim = _claim(address(numbers), numbers.accountOf(ALICE), 1, NEED);
        (claim.commitment, claim.level) = (BOOK, INITIAL);
    }

    function _assertMissing(bytes32 account, bytes32 book, uint8 level) private {
        vm.expectRevert(
            abi.encodeWithSelector(RequirementBoard.RequirementMissing.selector, account)
        );
        numbers.requirementOf(account, book, level);
    }

    function test_numberIsTheOneProven() public {
        MarginWords.Claim memory claim = _committed();
        _assertMissing(claim.account, BOOK, INITIAL);
        _accept(_requiring(claim), "requirement");
        vm.assertEq(numbers.requirementOf(claim.account, BOOK, INITIAL), NEED, "initial");
        _assertMissing(claim.account, BOOK, MAINTENANCE);
        _assertMissing(claim.account, OTHER_BOOK, INITIAL);
        _assertMissing(bytes32(0), BOOK, INITIAL);
    }

    function test_numberEndsWithItsMarketAndItsBook() public {
        MarginWords.Claim memory claim = _committed();
        _accept(_requiring(claim), "requirement");
        _publish(BTC, SPOT * 103 / 100, VOLATILITY);
        _assertMissing(claim.account, BOOK, INITIAL);
        _publish();
        vm.assertEq(numbers.requirementOf(claim.account, BOOK, INITIAL), NEED, "back");
        vm.prank(ALICE);
        numbers.commit(OTHER_BOOK);
        _assertMissing(claim.account, OTHER_BOOK, INITIAL);
    }

    function test_refusesNumbersOfOtherBooksAndSequences() public {
        MarginWords.Claim memory claim = _committed();
        claim.commitment = OTHER_BOOK;
        bytes4 selector = RequirementBoard.RequirementMissing.selector;
        _refuse(_requiring(claim), selector, "another book");
        (claim.commitment, claim.sequence) = (BOOK, 2);
        _refuse(_requiring(claim), IMarginConsumer.SequenceNotNext.selector, "sequence");
    }

    /// @dev The words do not tell: who allows a key of `covered` shows whatever W its prover chose.
    function test_onlyTheKeyTellsCoveredFromRequirement() public {
        MarginWords.Claim memory claim = _committed();
        claim.bound = 1_000 * NEED;
        Step memory covered = _covering(claim);
        _refuse(covered, AttestationConsumer.KeyNotAllowed.selector, "covered");
        numbers.setKeyAllowed(COVERED_KEY, true);
        _accept(covered, "covered, allowed");
        vm.assertEq(numbers.requirementOf(claim.account, BOOK, INITIAL), 1_000 * NEED, "made up");
    }

    /* LETTERS */

    function _needed(bytes32 account, uint48 sequence, uint8 level)
        private
        view
        returns (MarginWords.Claim memory claim)
    {
        claim = _bookClaim(letters, account, sequence, NEED);
        claim.level = level;
    }

    /// @dev The circuit shows the same inequality, with W = the number.
    function test_lettersReadARequirementAsTheLeastCover() public {
        bytes32 account = _open(letters, ALICE);
        _accept(_requiring(_needed(account, 1, INITIAL)), "requirement");
        ICoveredLetters.Account memory held = letters.accountOf(account);
        vm.assertEq(held.initial.collateral, NEED, "W");
        vm.assertEq(held.maintenance.level, 0, "no other level");
        vm.assertTrue(letters.isCovered(account, BOOK), "covered");
        bytes4 selector = IMarginConsumer.CollateralBelowBound.selector;
        _refuse(_withdrawing(letters, account, FUNDS - NEED + 1), selector, "into the need");
        _accept(_withdrawing(letters, account, FUNDS - NEED), "all but the need");
    }

    function test_lettersPayNothingAgainstARequirementOfMaintenance() public {
        bytes32 account = _open(letters, ALICE);
        _accept(_requiring(_needed(account, 1, MAINTENANCE)), "requirement");
        vm.assertTrue(letters.isCovered(account, BOOK), "covered");
        bytes4 selector = ICoveredLetters.NotCovered.selector;
        _refuse(_withdrawing(letters, account, 1), selector, "withdrawal");
    }

    /// @dev What a book needs beyond the account's collateral covers nothing and cures nothing.
    function test_lettersRefuseARequirementAboveTheCollateral() public {
        bytes32 account = _open(letters, ALICE);
        _accept(_breaching(letters, account, 1, FUNDS, 0), "breach");
        MarginWords.Claim memory claim = _needed(account, 1, MAINTENANCE);
        claim.bound = FUNDS + 1;
        bytes4 selector = IMarginConsumer.CollateralBelowBound.selector;
        _refuse(_requiring(claim), selector, "more than there is");
    }

    /// @dev One count for both: neither key brings a number back that the other has used.
    function test_lettersCountRequirementAndCoveredTogether() public {
        bytes32 account = _open(letters, ALICE);
        _accept(_requiring(_needed(account, 1, INITIAL)), "requirement");
        bytes4 selector = IMarginConsumer.SequenceNotNext.selector;
        _refuse(_covering(letters, account, 1, INITIAL, 0), selector, "covered");
        _accept(_covering(letters, account, 2, INITIAL, FUNDS), "next");
        _refuse(_requiring(_needed(account, 2, INITIAL)), selector, "requirement");
    }
}
