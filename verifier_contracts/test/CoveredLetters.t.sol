// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ICoveredLetters } from "../src/interfaces/ICoveredLetters.sol";
import { IMarginConsumer } from "../src/interfaces/IMarginConsumer.sol";
import { LettersTest } from "./support/LettersTest.sol";
import { MarginWords } from "./support/MarginWords.sol";

/// @notice Covered, breached, cured: what attestations do to an account.
contract CoveredLettersTest is LettersTest {
    function _assertCovered(bytes32 account, bool expected, string memory what) private view {
        vm.assertTrue(letters.isCovered(account, BOOK) == expected, what);
    }

    /* COVERED */

    function test_coveredAccountIsCoveredAndPaysItsSurplus() public {
        bytes32 account = _open(letters, ALICE);
        _assertCovered(account, false, "before");
        vm.expectEmit(address(letters));
        emit ICoveredLetters.Covered(
            account, INITIAL, 600e6, lastNumber, uint40(block.timestamp) + COVER_SECONDS
        );
        _accept(_covering(letters, account, 1, INITIAL, 600e6), "covered");
        _assertCovered(account, true, "covered");

        _accept(_withdrawing(letters, account, 400e6), "withdrawal");
        vm.assertEq(token.balanceOf(ALICE), 400e6, "paid");
        vm.assertEq(letters.accountOf(account).collateral, 600e6, "left");
        _assertCovered(account, true, "still covered");
    }

    function test_keepsWhatACoverSays() public {
        bytes32 account = _open(letters, ALICE);
        _accept(_covering(letters, account, 1, MAINTENANCE, 300e6), "maintenance");
        _accept(_covering(letters, account, 2, INITIAL, 500e6), "initial");
        ICoveredLetters.Account memory held = letters.accountOf(account);
        vm.assertEq(held.maintenance.collateral, 300e6, "maintenance bound");
        vm.assertEq(held.maintenance.level, MAINTENANCE, "maintenance level");
        vm.assertEq(held.initial.collateral, 500e6, "initial bound");
        vm.assertEq(held.initial.spotTicks, SPOT, "spot");
        vm.assertEq(held.initial.volatility, VOLATILITY, "volatility");
        vm.assertEq(held.initial.liveUntil, block.timestamp + COVER_SECONDS, "live until");
        vm.assertEq(held.coveredSequence, 2, "sequence");
        vm.assertEq(held.usedSnapshot, lastNumber, "used snapshot");
    }

    /// @dev An empty book needs nothing: everything comes back.
    function test_emptyBookWithdrawsEverything() public {
        bytes32 account = _open(letters, ALICE);
        _accept(_covering(letters, account, 1, INITIAL, 0), "covered with nothing");
        _accept(_withdrawing(letters, account, FUNDS), "everything");
        _assertCovered(account, true, "covered by nothing, needing nothing");
    }

    function test_proofsOfThePastFewSnapshotsAreTaken() public {
        bytes32 account = _open(letters, ALICE);
        Step memory step = _covering(letters, account, 1, MAINTENANCE, FUNDS);
        for (uint256 i = 0; i < MAX_BEHIND; i++) {
            _publish();
        }
        _accept(step, "as far behind as the rules allow");
    }

    /// @dev A withdrawal can leave a cover of the other level above the collateral: it then counts
    /// for nothing.
    function test_coverAboveTheCollateralCountsForNothing() public {
        bytes32 account = _open(letters, ALICE);
        _accept(_covering(letters, account, 1, INITIAL, 500e6), "initial");
        _publish();
        _accept(_covering(letters, account, 2, MAINTENANCE, 800e6), "maintenance, later");
        _accept(_withdrawing(letters, account, 500e6), "withdrawal");
        _assertCovered(account, true, "by the initial cover");
        vm.warp(block.timestamp + COVER_SECONDS);
        vm.assertLe(block.timestamp, letters.accountOf(account).maintenance.liveUntil, "alive");
        _assertCovered(account, false, "the maintenance cover alone");
    }

    /// @dev The owner may do all that; whoever relied on the first book must see it.
    function test_coverOfAnotherBookIsNoneOfTheFirst() public {
        bytes32 account = _open(letters, ALICE);
        _accept(_covering(letters, account, 1, INITIAL, FUNDS), "covered");
        _accept(_updating(letters, account, OTHER_BOOK), "an empty book");
        MarginWords.Claim memory claim = _bookClaim(letters, account, 2, 0);
        claim.commitment = OTHER_BOOK;
        claim.level = INITIAL;
        _accept(_covering(claim), "covered with nothing");
        _accept(_withdrawing(letters, account, FUNDS), "everything");
        vm.assertTrue(letters.isCovered(account, OTHER_BOOK), "the empty book");
        _assertCovered(account, false, "the first book");
    }

    /* EXPIRY */

    function test_coverEndsByAge() public {
        bytes32 account = _open(letters, ALICE);
        _accept(_covering(letters, account, 1, MAINTENANCE, FUNDS), "covered");
        vm.warp(block.timestamp + COVER_SECONDS);
        _assertCovered(account, true, "last second");
        vm.warp(block.timestamp + 1);
        _assertCovered(account, false, "one second later");
    }

    /// @dev Counted from the market it was proven in, not from when it was brought.
    function test_lateProofLivesShorter() public {
        bytes32 account = _open(letters, ALICE);
        uint256 snapshotUnix = block.timestamp;
        vm.warp(snapshotUnix + MAX_AGE);
        _accept(_covering(letters, account, 1, MAINTENANCE, FUNDS), "covered, late");
        vm.warp(snapshotUnix + COVER_SECONDS + 1);
        _assertCovered(account, false, "its snapshot's age");
    }

    function test_coverEndsWithTheMarketItWasProvenIn() public {
        bytes32 account = _open(letters, ALICE);
        _accept(_covering(letters, account, 1, MAINTENANCE, FUNDS), "covered");
        _publish(BTC, SPOT * 102 / 100, VOLATILITY);
        _assertCovered(account, true, "spot up by the limit");
        _publish(BTC, SPOT * 102 / 100 + 1, VOLATILITY);
        _assertCovered(account, false, "spot up by more");
        _publish(BTC, SPOT * 98 / 100, VOLATILITY);
        _assertCovered(account, true, "the market it was proven in is back");
        _publish(BTC, SPOT * 98 / 100 - 1, VOLATILITY);
        _assertCovered(account, false, "spot down by more");
        _publish(BTC, SPOT, VOLATILITY * 9 / 10);
        _assertCovered(account, true, "volatility down by the limit");
        _publish(BTC, SPOT, VOLATILITY * 9 / 10 - 1);
        _assertCovered(account, false, "volatility down by more");
        _publish(BTC, SPOT, VOLATILITY * 11 / 10 + 1);
        _assertCovered(account, false, "volatility up by more");
    }

    /// @dev The oracle's limit is wider than a cover's: what it holds back has moved too far already.
    function test_coverRestsWhileALargeMoveIsHeld() public {
        bytes32 account = _open(letters, ALICE);
        _accept(_covering(letters, account, 1, INITIAL, FUNDS), "covered");
        _publish(BTC, SPOT / 2, VOLATILITY);
        vm.assertEq(oracle.heldSnapshot(BTC).number, lastNumber, "held");
        _assertCovered(account, false, "while it is held");
        _publish();
        _assertCovered(account, true, "it was a mistake");
        _publish(BTC, SPOT / 2, VOLATILITY);
        _publish(BTC, SPOT / 2, VOLATILITY);
        _assertCovered(account, false, "confirmed");
    }

    /* BREACH */

    function test_breachMarksTheAccountAndEndsItsCovers() public {
        bytes32 account = _open(letters, ALICE);
        _accept(_covering(letters, account, 1, MAINTENANCE, FUNDS), "covered");
        _publish();
        vm.expectEmit(address(letters));
        emit ICoveredLetters.Breached(account, 1_200e6, 70e6, lastNumber);
        _accept(_breaching(letters, account, 1, 1_200e6, 70e6), "breach");
        ICoveredLetters.Account memory held = letters.accountOf(account);
        vm.assertTrue(held.standing == ICoveredLetters.Standing.Breached, "breached");
        vm.assertEq(held.equityBound, 70e6, "Q");
        vm.assertEq(held.maintenance.level, 0, "no cover");
        _assertCovered(account, false, "not covered");
    }

    function test_coveredCuresTheBreach() public {
        bytes32 account = _open(letters, ALICE);
        _accept(_breaching(letters, account, 1, FUNDS, 70e6), "breach");
        _deposit(letters, account, 500e6);
        _accept(_covering(letters, account, 1, MAINTENANCE, 1_500e6), "covered");
        ICoveredLetters.Account memory held = letters.accountOf(account);
        vm.assertTrue(held.standing == ICoveredLetters.Standing.Good, "cured");
        vm.assertEq(held.equityBound, 0, "no Q");
        _assertCovered(account, true, "covered");
        _publish();
        _accept(_breaching(letters, account, 2, 1_500e6, 0), "breached again");
        _assertCovered(account, false, "not covered");
    }

    /// @dev In front of a breach it can exceed an exact W. Proven with headroom, the breach stands
    /// unless the deposit is of the size of what is missing.
    function test_dustInFrontOfBreachIsAnsweredByHeadroom() public {
        bytes32 account = _open(letters, ALICE);
        Step memory exact = _breaching(letters, account, 1, FUNDS, 0);
        Step memory roomy = _breaching(letters, account, 1, FUNDS + 50e6, 0);
        _deposit(letters, account, 1);
        _refuse(exact, ICoveredLetters.CollateralAboveBound.selector, "exact");
        uint256 state = vm.snapshotState();
        _accept(roomy, "with headroom");
        vm.revertToState(state);
        _deposit(letters, account, 50e6);
        _refuse(roomy, ICoveredLetters.CollateralAboveBound.selector, "topped up for real");
    }

    function test_breachOutlivesANewBook() public {
        bytes32 account = _open(letters, ALICE);
        _accept(_breaching(letters, account, 1, FUNDS, 0), "breach");
        _accept(_updating(letters, account, OTHER_BOOK), "update");
        ICoveredLetters.Standing standing = letters.accountOf(account).standing;
        vm.assertTrue(standing == ICoveredLetters.Standing.Breached, "still breached");
    }

    /// @dev A letter is no pledge, and says so.
    function test_ownerInBreachMayLeaveHisBookBehind() public {
        bytes32 account = _open(letters, ALICE);
        _accept(_breaching(letters, account, 1, FUNDS, 0), "breach");
        _accept(_updating(letters, account, OTHER_BOOK), "an empty book");
        MarginWords.Claim memory claim = _bookClaim(letters, account, 1, 0);
        claim.commitment = OTHER_BOOK;
        claim.level = INITIAL;
        _accept(_covering(claim), "covered with nothing");
        _accept(_withdrawing(letters, account, FUNDS), "everything");
        _assertCovered(account, false, "the book in breach");
    }

    /* BREAKER */

    function test_breakerStopsNeitherCoveredNorBreachNorDeposit() public {
        bytes32 account = _open(letters, ALICE);
        oracle.tripBreaker();
        _deposit(letters, account, 1);
        _accept(_covering(letters, account, 1, INITIAL, FUNDS), "covered");
        _assertCovered(account, true, "covered");
        _accept(_breaching(letters, account, 1, FUNDS + 1, 0), "breach");
        _accept(_covering(letters, account, 2, INITIAL, FUNDS), "cured");
        bytes4 selector = IMarginConsumer.BreakerTripped.selector;
        _refuse(_withdrawing(letters, account, 1), selector, "withdrawal");
        bytes memory data = abi.encodeCall(ICoveredLetters.register, (bytes32(0), BOOK));
        _refuse(Step(BOB, address(letters), data), selector, "new account");
        oracle.resetBreaker();
        _accept(_withdrawing(letters, account, 1), "after the reset");
    }
}
