// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { MarginGated } from "../src/base/MarginGated.sol";
import { IMarginConsumer } from "../src/interfaces/IMarginConsumer.sol";
import { OptionDesk } from "./examples/OptionDesk.sol";
import { DeskTest } from "./support/DeskTest.sol";
import { MarginWords } from "./support/MarginWords.sol";
import { WeakDesk } from "./twins/WeakDesk.sol";

/// @notice Must fail: every way through the gate that no margin of what is held supports.
contract MarginGatedMustFailTest is DeskTest {
    /// @dev Of a leg of MarginWords, in steps of 10^-6 contract.
    uint256 internal constant AMOUNT = 10 ** 6;

    function _mustFail(
        WeakDesk.Hole hole,
        bytes4 selector,
        function(OptionDesk) internal returns (Step memory) attack
    ) private {
        uint256 state = vm.snapshotState();
        _refuse(attack(desk), selector, "product");
        vm.revertToState(state);
        state = vm.snapshotState();
        (bool success,) = _run(attack(_twin(WeakDesk.Hole.None)));
        vm.assertTrue(!success, "refused by the twin without hole");
        vm.revertToState(state);
        _accept(attack(_twin(hole)), "the twin");
    }

    function _twin(WeakDesk.Hole hole) private returns (OptionDesk) {
        return OptionDesk(address(new WeakDesk(oracle, COVER_SECONDS, hole)));
    }

    function _proveAnotherBook(OptionDesk target) private returns (Step memory) {
        MarginWords.Claim memory claim = _requested(target, 1);
        claim.legs[0] = _leg(200);
        return _opening(claim);
    }

    function test_refusesProofOfAnotherBook() public {
        bytes4 selector = MarginGated.BookMismatch.selector;
        _mustFail(WeakDesk.Hole.BookWhenProven, selector, _proveAnotherBook);
    }

    function _executeAnotherRequest(OptionDesk target) private returns (Step memory) {
        _accept(_opening(_requested(target, 1)), "proof");
        vm.prank(ALICE);
        target.request(_leg(200));
        return _executing(target);
    }

    function test_refusesToBookWhatWasNotProven() public {
        bytes4 selector = MarginGated.MarginMissing.selector;
        _mustFail(WeakDesk.Hole.BookWhenUsed, selector, _executeAnotherRequest);
    }

    function _executeAtMaintenance(OptionDesk target) private returns (Step memory) {
        MarginWords.Claim memory claim = _requested(target, 1);
        claim.level = MAINTENANCE;
        (bool success,) = _run(_opening(claim));
        if (!success) return _opening(claim);
        return _executing(target);
    }

    function test_refusesMaintenanceForNewRisk() public {
        bytes4 selector = IMarginConsumer.LevelUnexpected.selector;
        _mustFail(WeakDesk.Hole.Level, selector, _executeAtMaintenance);
    }

    function _proveWithMoreThanThereIs(OptionDesk target) private returns (Step memory) {
        MarginWords.Claim memory claim = _requested(target, 1);
        claim.bound = FUNDS + 1;
        return _opening(claim);
    }

    function test_refusesMoreThanTheCollateral() public {
        bytes4 selector = IMarginConsumer.CollateralBelowBound.selector;
        _mustFail(WeakDesk.Hole.Bound, selector, _proveWithMoreThanThereIs);
    }

    function _skipASequence(OptionDesk target) private returns (Step memory) {
        return _opening(_requested(target, 2));
    }

    function test_refusesSkippedSequence() public {
        bytes4 selector = IMarginConsumer.SequenceNotNext.selector;
        _mustFail(WeakDesk.Hole.Sequence, selector, _skipASequence);
    }

    function _executeTooLate(OptionDesk target) private returns (Step memory) {
        _accept(_opening(_requested(target, 1)), "proof");
        vm.warp(block.timestamp + COVER_SECONDS + 1);
        return _executing(target);
    }

    function test_refusesAnOldProof() public {
        _mustFail(WeakDesk.Hole.Age, MarginGated.MarginMissing.selector, _executeTooLate);
    }

    function _executeWhileAFallIsHeld(OptionDesk target) private returns (Step memory) {
        _accept(_opening(_requested(target, 1)), "proof");
        _publish(BTC, SPOT / 2, VOLATILITY);
        return _executing(target);
    }

    function test_refusesNewRiskWhileAMoveIsHeld() public {
        bytes4 selector = MarginGated.MarginMissing.selector;
        _mustFail(WeakDesk.Hole.HeldMove, selector, _executeWhileAFallIsHeld);
    }

    function _executeWhileTripped(OptionDesk target) private returns (Step memory) {
        _accept(_opening(_requested(target, 1)), "proof");
        oracle.tripBreaker();
        return _executing(target);
    }

    function test_refusesNewRiskWhileBreakerIsTripped() public {
        bytes4 selector = IMarginConsumer.BreakerTripped.selector;
        _mustFail(WeakDesk.Hole.Breaker, selector, _executeWhileTripped);
    }

    /* WHICH LEGS */

    /// @dev A trader who holds the 100 and asks for the 200 proves something about other legs.
    function _proveLegs(OptionDesk target, uint256[] memory legs) private returns (Step memory) {
        _accept(_opening(_requested(target, 1)), "proof of the 100");
        _accept(_executing(target), "booked");
        vm.prank(ALICE);
        target.request(_leg(200));
        MarginWords.Claim memory claim = _claim(address(target), desk.accountOf(ALICE), 2, FUNDS);
        (claim.level, claim.legs) = (INITIAL, legs);
        return _opening(claim);
    }

    /// @dev Two strikes as one: both amounts at the strike that needs less.
    function _proveMergedLegs(OptionDesk target) private returns (Step memory) {
        uint256[] memory legs = new uint256[](1);
        legs[0] = _leg(200) + AMOUNT;
        return _proveLegs(target, legs);
    }

    function test_refusesMergedLegs() public {
        bytes4 selector = MarginGated.BookMismatch.selector;
        _mustFail(WeakDesk.Hole.BookWhenProven, selector, _proveMergedLegs);
    }

    /// @dev One more, long expired, whose worth would count as margin.
    function _proveWithAnExpiredLeg(OptionDesk target) private returns (Step memory) {
        uint256[] memory legs = new uint256[](3);
        legs[0] = MarginWords.leg(START_UNIX - 1, 100, false);
        (legs[1], legs[2]) = (_leg(100), _leg(200));
        return _proveLegs(target, legs);
    }

    function test_refusesAnExpiredLegThatIsNotHeld() public {
        bytes4 selector = MarginGated.BookMismatch.selector;
        _mustFail(WeakDesk.Hole.BookWhenProven, selector, _proveWithAnExpiredLeg);
    }

    /// @dev As if what is held had expired: the protocol says when it has.
    function _proveWithoutAHeldLeg(OptionDesk target) private returns (Step memory) {
        uint256[] memory legs = new uint256[](1);
        legs[0] = _leg(200);
        return _proveLegs(target, legs);
    }

    function test_refusesToLeaveAHeldLegOut() public {
        bytes4 selector = MarginGated.BookMismatch.selector;
        _mustFail(WeakDesk.Hole.BookWhenProven, selector, _proveWithoutAHeldLeg);
    }
}
