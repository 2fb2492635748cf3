// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ICoveredLetters } from "../src/interfaces/ICoveredLetters.sol";
import { IMarginConsumer } from "../src/interfaces/IMarginConsumer.sol";
import { LettersAttack } from "./support/LettersAttack.sol";
import { WeakLetters } from "./twins/WeakLetters.sol";

/// @notice Must fail: every way to take collateral out that no live `covered` supports.
contract CoveredLettersWithdrawMustFailTest is LettersAttack {
    /* EXPIRY */

    function _withdrawAfterAge(ICoveredLetters target) private returns (Step memory) {
        bytes32 account = _covered(target);
        vm.warp(block.timestamp + COVER_SECONDS + 1);
        return _withdrawing(target, account, 1);
    }

    function test_refusesWithdrawalAfterTheCoversAge() public {
        _mustFail(WeakLetters.Hole.Age, ICoveredLetters.NotCovered.selector, _withdrawAfterAge);
    }

    function _withdrawAfterRise(ICoveredLetters target) private returns (Step memory) {
        bytes32 account = _covered(target);
        _publish(BTC, SPOT * 102 / 100 + 1, VOLATILITY);
        return _withdrawing(target, account, 1);
    }

    function _withdrawAfterFall(ICoveredLetters target) private returns (Step memory) {
        bytes32 account = _covered(target);
        _publish(BTC, SPOT * 98 / 100 - 1, VOLATILITY);
        return _withdrawing(target, account, 1);
    }

    function test_refusesWithdrawalAfterAMoveOfSpot() public {
        bytes4 selector = ICoveredLetters.NotCovered.selector;
        _mustFail(WeakLetters.Hole.Spot, selector, _withdrawAfterRise);
    }

    function test_refusesWithdrawalAfterAFallOfSpot() public {
        bytes4 selector = ICoveredLetters.NotCovered.selector;
        _mustFail(WeakLetters.Hole.Spot, selector, _withdrawAfterFall);
    }

    function _withdrawAfterVolatilityMove(ICoveredLetters target) private returns (Step memory) {
        bytes32 account = _covered(target);
        _publish(BTC, SPOT, VOLATILITY * 11 / 10 + 1);
        return _withdrawing(target, account, 1);
    }

    function test_refusesWithdrawalAfterAMoveOfVolatility() public {
        bytes4 selector = ICoveredLetters.NotCovered.selector;
        _mustFail(WeakLetters.Hole.Volatility, selector, _withdrawAfterVolatilityMove);
    }

    /// @dev A move that the oracle holds back is signed all the same; only its confirmation is missing.
    function _withdrawWhileAFallIsHeld(ICoveredLetters target) private returns (Step memory) {
        bytes32 account = _covered(target);
        _publish(BTC, SPOT / 2, VOLATILITY);
        return _withdrawing(target, account, 1);
    }

    function test_refusesWithdrawalWhileAMoveIsHeld() public {
        bytes4 selector = ICoveredLetters.NotCovered.selector;
        _mustFail(WeakLetters.Hole.HeldMove, selector, _withdrawWhileAFallIsHeld);
    }

    /* BOUND AND LEVEL */

    function _withdrawTooMuch(ICoveredLetters target) private returns (Step memory) {
        return _withdrawing(target, _covered(target), 400e6 + 1);
    }

    function test_refusesWithdrawalBelowTheCoveredBound() public {
        bytes4 selector = IMarginConsumer.CollateralBelowBound.selector;
        _mustFail(WeakLetters.Hole.WithdrawBound, selector, _withdrawTooMuch);
    }

    /// @dev Two withdrawals that are fine one at a time.
    function _withdrawTwice(ICoveredLetters target) private returns (Step memory) {
        bytes32 account = _covered(target);
        _accept(_withdrawing(target, account, 400e6), "first");
        return _withdrawing(target, account, 400e6);
    }

    function test_refusesToPayTheSameSurplusTwice() public {
        bytes4 selector = IMarginConsumer.CollateralBelowBound.selector;
        _mustFail(WeakLetters.Hole.WithdrawBound, selector, _withdrawTwice);
    }

    function _withdrawAgainstMaintenance(ICoveredLetters target) private returns (Step memory) {
        bytes32 account = _open(target, ALICE);
        _accept(_covering(target, account, 1, MAINTENANCE, 600e6), "covered");
        return _withdrawing(target, account, 1);
    }

    function test_refusesWithdrawalAgainstMaintenanceMargin() public {
        bytes4 selector = ICoveredLetters.NotCovered.selector;
        _mustFail(WeakLetters.Hole.WithdrawLevel, selector, _withdrawAgainstMaintenance);
    }

    function _withdrawWithAReplacedBooksCover(ICoveredLetters target)
        private
        returns (Step memory)
    {
        bytes32 account = _covered(target);
        _accept(_updating(target, account, OTHER_BOOK), "update");
        return _withdrawing(target, account, 1);
    }

    function test_refusesWithdrawalWithTheCoverOfAReplacedBook() public {
        bytes4 selector = ICoveredLetters.NotCovered.selector;
        _mustFail(WeakLetters.Hole.StaleCovers, selector, _withdrawWithAReplacedBooksCover);
    }

    /* BREACH */

    function _withdrawInBreach(ICoveredLetters target) private returns (Step memory) {
        bytes32 account = _covered(target);
        _publish();
        _accept(_breaching(target, account, 1, FUNDS, 0), "breach");
        return _withdrawing(target, account, 1);
    }

    function test_refusesWithdrawalInBreach() public {
        bytes4 selector = ICoveredLetters.AccountBreached.selector;
        _mustFail(WeakLetters.Hole.Breached, selector, _withdrawInBreach);
    }

    /// @dev A cure at maintenance level must not wake the initial cover from before the breach:
    /// it would pay out at once what the cure was paid in with.
    function _withdrawWithACoverFromBeforeTheBreach(ICoveredLetters target)
        private
        returns (Step memory)
    {
        bytes32 account = _covered(target);
        _publish();
        _accept(_breaching(target, account, 1, FUNDS, 0), "breach");
        _deposit(target, account, FUNDS);
        _accept(_covering(target, account, 2, MAINTENANCE, 2 * FUNDS), "cured");
        return _withdrawing(target, account, FUNDS);
    }

    function test_refusesWithdrawalWithACoverFromBeforeTheBreach() public {
        bytes4 selector = ICoveredLetters.NotCovered.selector;
        _mustFail(WeakLetters.Hole.OldCovers, selector, _withdrawWithACoverFromBeforeTheBreach);
    }

    /* WHO, WHEN, AND WHAT THE TOKEN DOES */

    function _withdrawAsAStranger(ICoveredLetters target) private returns (Step memory step) {
        step = _withdrawing(target, _covered(target), 1);
        step.sender = STRANGER;
    }

    function test_refusesWithdrawalByStrangers() public {
        bytes4 selector = ICoveredLetters.NotAccountOwner.selector;
        _mustFail(WeakLetters.Hole.AccountOwner, selector, _withdrawAsAStranger);
    }

    function _withdrawWhileTripped(ICoveredLetters target) private returns (Step memory) {
        bytes32 account = _covered(target);
        oracle.tripBreaker();
        return _withdrawing(target, account, 1);
    }

    function test_refusesWithdrawalWhileBreakerIsTripped() public {
        bytes4 selector = IMarginConsumer.BreakerTripped.selector;
        _mustFail(WeakLetters.Hole.Breaker, selector, _withdrawWhileTripped);
    }

    function _updateWhileTripped(ICoveredLetters target) private returns (Step memory) {
        bytes32 account = _covered(target);
        oracle.tripBreaker();
        return _updating(target, account, OTHER_BOOK);
    }

    function test_refusesUpdateWhileBreakerIsTripped() public {
        bytes4 selector = IMarginConsumer.BreakerTripped.selector;
        _mustFail(WeakLetters.Hole.Breaker, selector, _updateWhileTripped);
    }

    /// @dev What the token kept as its fee would be paid out of Bob's deposit.
    function _withdrawTheFee(ICoveredLetters target) private returns (Step memory) {
        _deposit(target, _register(target, BOB, OTHER_BOOK), FUNDS);
        token.setFee(1_000);
        bytes32 account = _open(target, ALICE);
        token.setFee(0);
        _accept(_covering(target, account, 1, INITIAL, 0), "covered");
        return _withdrawing(target, account, FUNDS);
    }

    function test_refusesToPayBackTheTokensFee() public {
        bytes4 selector = ICoveredLetters.AmountAboveCollateral.selector;
        _mustFail(WeakLetters.Hole.Fee, selector, _withdrawTheFee);
    }

    /// @dev A deposit within a deposit would be counted by both.
    function _depositWithinDeposit(ICoveredLetters target) private returns (Step memory) {
        _deposit(target, _register(target, BOB, OTHER_BOOK), FUNDS);
        bytes32 account = _register(target, ALICE, BOOK);
        token.mint(address(token), FUNDS);
        vm.prank(address(token));
        token.approve(address(target), FUNDS);
        Step memory outer = _depositing(target, account, FUNDS);
        token.setCallback(
            address(target), abi.encodeCall(ICoveredLetters.deposit, (account, FUNDS))
        );
        _accept(outer, "outer deposit");
        _accept(_covering(target, account, 1, INITIAL, 0), "covered");
        return _withdrawing(target, account, 3 * FUNDS);
    }

    function test_refusesToPayADepositTwice() public {
        bytes4 selector = ICoveredLetters.AmountAboveCollateral.selector;
        _mustFail(WeakLetters.Hole.Reentrancy, selector, _depositWithinDeposit);
    }
}
