// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ICoveredLetters } from "../src/interfaces/ICoveredLetters.sol";
import { IMarginConsumer } from "../src/interfaces/IMarginConsumer.sol";
import { AcceptingVerifier } from "./support/AcceptingVerifier.sol";
import { LettersAttack } from "./support/LettersAttack.sol";
import { MarginWords } from "./support/MarginWords.sol";
import { WeakLetters } from "./twins/WeakLetters.sol";

/// @notice Must fail: every way to be covered, paid or breached that the books do not support. Which
/// attack has which test and twin: test/README.md.
contract CoveredLettersMustFailTest is LettersAttack {
    /* WHICH BOOK, WHICH PARAMETERS */

    function _coverWithAnotherBook(ICoveredLetters target) private returns (Step memory) {
        MarginWords.Claim memory claim = _firstClaim(target);
        claim.commitment = OTHER_BOOK;
        return _covering(claim);
    }

    function test_refusesCoveredOfAnotherBook() public {
        bytes4 selector = ICoveredLetters.CommitmentMismatch.selector;
        _mustFail(WeakLetters.Hole.Commitment, selector, _coverWithAnotherBook);
    }

    function _coverWithAnotherAccountsBook(ICoveredLetters target) private returns (Step memory) {
        bytes32 account = _open(target, ALICE);
        _register(target, BOB, OTHER_BOOK);
        MarginWords.Claim memory claim = _bookClaim(target, account, 1, FUNDS);
        claim.commitment = OTHER_BOOK;
        return _covering(claim);
    }

    function test_refusesCoveredOfAnotherAccountsBook() public {
        bytes4 selector = ICoveredLetters.CommitmentMismatch.selector;
        _mustFail(WeakLetters.Hole.Commitment, selector, _coverWithAnotherAccountsBook);
    }

    function _breachOfAReplacedBook(ICoveredLetters target) private returns (Step memory) {
        bytes32 account = _open(target, ALICE);
        _accept(_updating(target, account, OTHER_BOOK), "update");
        return _breaching(target, account, 1, FUNDS, 0);
    }

    function test_refusesBreachOfAReplacedBook() public {
        bytes4 selector = ICoveredLetters.CommitmentMismatch.selector;
        _mustFail(WeakLetters.Hole.Commitment, selector, _breachOfAReplacedBook);
    }

    /// @dev Who holds no opening can prove about a book of his own making only: the salt makes its
    /// commitment another one, were the legs guessed right.
    function _breachByGuessing(ICoveredLetters target) private returns (Step memory) {
        MarginWords.Claim memory claim = _firstClaim(target);
        claim.commitment = keccak256("the legs, another salt") >> 8;
        return _breaching(claim);
    }

    function test_refusesBreachByWhoOnlyGuesses() public {
        bytes4 selector = ICoveredLetters.CommitmentMismatch.selector;
        _mustFail(WeakLetters.Hole.Commitment, selector, _breachByGuessing);
    }

    function _coverByOtherParameters(ICoveredLetters target) private returns (Step memory) {
        MarginWords.Claim memory claim = _firstClaim(target);
        claim.parameters = OTHER_PARAMETERS;
        return _covering(claim);
    }

    function test_refusesCoveredByOtherParameters() public {
        bytes4 selector = IMarginConsumer.ParametersNotGoverned.selector;
        _mustFail(WeakLetters.Hole.Parameters, selector, _coverByOtherParameters);
    }

    function _breachByOtherParameters(ICoveredLetters target) private returns (Step memory) {
        MarginWords.Claim memory claim = _firstClaim(target);
        claim.parameters = OTHER_PARAMETERS;
        return _breaching(claim);
    }

    function test_refusesBreachByOtherParameters() public {
        bytes4 selector = IMarginConsumer.ParametersNotGoverned.selector;
        _mustFail(WeakLetters.Hole.Parameters, selector, _breachByOtherParameters);
    }

    function _goBackToAnOldCommitment(ICoveredLetters target) private returns (Step memory) {
        bytes32 account = _open(target, ALICE);
        _accept(_updating(target, account, OTHER_BOOK), "update");
        return _updating(target, account, BOOK);
    }

    function test_refusesCommitmentTwice() public {
        bytes4 selector = ICoveredLetters.CommitmentRepeated.selector;
        _mustFail(WeakLetters.Hole.RepeatedCommitment, selector, _goBackToAnOldCommitment);
    }

    /* WHICH MARKET */

    function _coverInAnotherUnderlying(ICoveredLetters target) private returns (Step memory) {
        MarginWords.Claim memory claim = _firstClaim(target);
        _dated(claim, ETH, _publish(ETH, SPOT, VOLATILITY));
        return _covering(claim);
    }

    function test_refusesMarketOfAnotherUnderlying() public {
        bytes4 selector = IMarginConsumer.UnderlyingMismatch.selector;
        _mustFail(WeakLetters.Hole.Underlying, selector, _coverInAnotherUnderlying);
    }

    /// @dev All of them fresh by the registry's rule: the owner would pick the kindest.
    function _coverInTheBestOfMany(ICoveredLetters target) private returns (Step memory) {
        MarginWords.Claim memory claim = _firstClaim(target);
        _publishManyMarkets();
        return _covering(claim);
    }

    function test_refusesTheBestOfManyMarkets() public {
        bytes4 selector = IMarginConsumer.SnapshotTooFarBehind.selector;
        _mustFail(WeakLetters.Hole.BestOfMany, selector, _coverInTheBestOfMany);
    }

    function _breachInTheWorstOfMany(ICoveredLetters target) private returns (Step memory) {
        MarginWords.Claim memory claim = _firstClaim(target);
        _publishManyMarkets();
        return _breaching(claim);
    }

    function test_refusesTheWorstOfManyMarkets() public {
        bytes4 selector = IMarginConsumer.SnapshotTooFarBehind.selector;
        _mustFail(WeakLetters.Hole.BestOfMany, selector, _breachInTheWorstOfMany);
    }

    /// @dev Breached in the newest market, the owner brings a proof from just before.
    function _cureWithAnOlderMarket(ICoveredLetters target) private returns (Step memory) {
        bytes32 account = _open(target, ALICE);
        MarginWords.Claim memory claim = _bookClaim(target, account, 1, FUNDS);
        _publish();
        _accept(_breaching(target, account, 1, FUNDS, 0), "breach");
        return _covering(claim);
    }

    function test_refusesCureWithAnOlderMarket() public {
        bytes4 selector = IMarginConsumer.SnapshotOlderThanUsed.selector;
        _mustFail(WeakLetters.Hole.Older, selector, _cureWithAnOlderMarket);
    }

    function _breachInAnOlderMarket(ICoveredLetters target) private returns (Step memory) {
        bytes32 account = _open(target, ALICE);
        MarginWords.Claim memory claim = _bookClaim(target, account, 1, FUNDS);
        _publish();
        _accept(_covering(target, account, 1, MAINTENANCE, FUNDS), "covered");
        return _breaching(claim);
    }

    function test_refusesBreachInAnOlderMarket() public {
        bytes4 selector = IMarginConsumer.SnapshotOlderThanUsed.selector;
        _mustFail(WeakLetters.Hole.Older, selector, _breachInAnOlderMarket);
    }

    function _coverInAMarketThatMoved(ICoveredLetters target) private returns (Step memory) {
        MarginWords.Claim memory claim = _firstClaim(target);
        _publish(BTC, SPOT * 103 / 100, VOLATILITY);
        return _covering(claim);
    }

    function test_refusesCoveredInAMarketThatMoved() public {
        bytes4 selector = IMarginConsumer.CoverNotLive.selector;
        _mustFail(WeakLetters.Hole.DeadCover, selector, _coverInAMarketThatMoved);
    }

    /// @dev Proven for the market before a fall that waits for its confirmation.
    function _coverWhileAFallIsHeld(ICoveredLetters target) private returns (Step memory) {
        MarginWords.Claim memory claim = _firstClaim(target);
        _publish(BTC, SPOT / 2, VOLATILITY);
        return _covering(claim);
    }

    function test_refusesCoveredWhileAMoveIsHeld() public {
        bytes4 selector = IMarginConsumer.CoverNotLive.selector;
        _mustFail(WeakLetters.Hole.HeldMove, selector, _coverWhileAFallIsHeld);
    }

    function _cureWhileAFallIsHeld(ICoveredLetters target) private returns (Step memory) {
        bytes32 account = _open(target, ALICE);
        _accept(_breaching(target, account, 1, FUNDS, 0), "breach");
        _deposit(target, account, 1);
        MarginWords.Claim memory claim = _bookClaim(target, account, 1, FUNDS + 1);
        _publish(BTC, SPOT / 2, VOLATILITY);
        return _covering(claim);
    }

    function test_refusesCureWhileAMoveIsHeld() public {
        bytes4 selector = IMarginConsumer.CoverNotLive.selector;
        _mustFail(WeakLetters.Hole.HeldMove, selector, _cureWhileAFallIsHeld);
    }

    /* WHICH NUMBER */

    function _skipSequences(ICoveredLetters target) private returns (Step memory) {
        return _covering(target, _open(target, ALICE), 3, MAINTENANCE, FUNDS);
    }

    function test_refusesSkippedSequence() public {
        bytes4 selector = IMarginConsumer.SequenceNotNext.selector;
        _mustFail(WeakLetters.Hole.Sequence, selector, _skipSequences);
    }

    function _useAnotherAccountsSequence(ICoveredLetters target) private returns (Step memory) {
        bytes32 account = _covered(target);
        _accept(_covering(target, account, 2, MAINTENANCE, 500e6), "second");
        return _covering(target, _open(target, BOB), 3, MAINTENANCE, FUNDS);
    }

    function test_refusesAnotherAccountsSequence() public {
        bytes4 selector = IMarginConsumer.SequenceNotNext.selector;
        _mustFail(WeakLetters.Hole.Sequence, selector, _useAnotherAccountsSequence);
    }

    /// @dev The registry counts by key: under a second key of the statement it has seen nothing.
    function _reuseSequenceUnderAnotherKey(ICoveredLetters target) private returns (Step memory) {
        bytes32 other = keccak256("covered, other size");
        router.addAccountRoute(address(new AcceptingVerifier(other, 9)));
        letters.setKeyAllowed(other, true);
        bytes32 account = _covered(target);
        MarginWords.Claim memory claim = _bookClaim(target, account, 1, 0);
        return _attestation(other, MarginWords.covered(claim));
    }

    function test_refusesReusedSequence() public {
        bytes4 selector = IMarginConsumer.SequenceNotNext.selector;
        _mustFail(WeakLetters.Hole.Sequence, selector, _reuseSequenceUnderAnotherKey);
    }

    /* BOUNDS */

    function _coverAboveCollateral(ICoveredLetters target) private returns (Step memory) {
        return _covering(target, _open(target, ALICE), 1, MAINTENANCE, FUNDS + 1);
    }

    function test_refusesCoveredWithMoreThanTheCollateral() public {
        bytes4 selector = IMarginConsumer.CollateralBelowBound.selector;
        _mustFail(WeakLetters.Hole.CoveredBound, selector, _coverAboveCollateral);
    }

    function _breachBelowCollateral(ICoveredLetters target) private returns (Step memory) {
        return _breaching(target, _open(target, ALICE), 1, FUNDS - 1, 0);
    }

    function test_refusesBreachWithLessThanTheCollateral() public {
        bytes4 selector = ICoveredLetters.CollateralAboveBound.selector;
        _mustFail(WeakLetters.Hole.BreachBound, selector, _breachBelowCollateral);
    }

    function _breachAtInitialLevel(ICoveredLetters target) private returns (Step memory) {
        MarginWords.Claim memory claim = _firstClaim(target);
        claim.level = INITIAL;
        return _breaching(claim);
    }

    function test_refusesBreachOfInitialMargin() public {
        bytes4 selector = IMarginConsumer.LevelUnexpected.selector;
        _mustFail(WeakLetters.Hole.BreachLevel, selector, _breachAtInitialLevel);
    }
}
