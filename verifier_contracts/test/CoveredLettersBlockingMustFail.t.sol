// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ICoveredLetters } from "../src/interfaces/ICoveredLetters.sol";
import { LettersAttack } from "./support/LettersAttack.sol";
import { MarginWords } from "./support/MarginWords.sol";
import { WeakLetters } from "./twins/WeakLetters.sol";

/// @notice Must fail: every way to keep a true statement out.
contract CoveredLettersBlockingMustFailTest is LettersAttack {
    /* DUST */

    /// @dev W is a bound: what somebody adds in front of a `covered` only makes it truer.
    function _coverBehindDust(ICoveredLetters target) private returns (Step memory step) {
        MarginWords.Claim memory claim = _firstClaim(target);
        step = _covering(claim);
        _deposit(target, claim.account, 1);
    }

    function test_dustInFrontOfCoveredChangesNothing() public {
        _mustNotBlock(WeakLetters.Hole.ExactBound, _coverBehindDust);
    }

    /// @dev An exact W loses to dust in front of it, so a breach is proven with headroom, for which a
    /// W that must be exact has no room. How far it reaches: CoveredLetters.t.sol.
    function _breachBehindDust(ICoveredLetters target) private returns (Step memory step) {
        bytes32 account = _open(target, ALICE);
        step = _breaching(target, account, 1, FUNDS + 50e6, 0);
        _deposit(target, account, 1);
    }

    function test_dustInFrontOfBreachChangesNothing() public {
        _mustNotBlock(WeakLetters.Hole.ExactBound, _breachBehindDust);
    }

    /* OTHER ACCOUNTS */

    function _coverBehindAnotherAccounts(ICoveredLetters target)
        private
        returns (Step memory step)
    {
        step = _covering(_firstClaim(target));
        _accept(_covering(target, _open(target, BOB), 1, MAINTENANCE, FUNDS), "Bob's");
    }

    function test_anotherAccountsCoveredUsesUpNoSequence() public {
        _mustNotBlock(WeakLetters.Hole.SharedCounts, _coverBehindAnotherAccounts);
    }

    function _breachBehindAnotherAccounts(ICoveredLetters target)
        private
        returns (Step memory step)
    {
        step = _breaching(_firstClaim(target));
        _accept(_breaching(target, _open(target, BOB), 1, FUNDS, 0), "Bob's");
    }

    function test_anotherAccountsBreachUsesUpNoSequence() public {
        _mustNotBlock(WeakLetters.Hole.SharedCounts, _breachBehindAnotherAccounts);
    }

    /// @dev A newer market was used, but not for this account.
    function _breachBehindANewerMarket(ICoveredLetters target) private returns (Step memory step) {
        step = _breaching(_firstClaim(target));
        bytes32 his = _open(target, BOB);
        _publish();
        _accept(_covering(target, his, 1, MAINTENANCE, FUNDS), "Bob's");
    }

    function test_anotherAccountsSnapshotMakesNoneTooOld() public {
        _mustNotBlock(WeakLetters.Hole.SharedCounts, _breachBehindANewerMarket);
    }

    /// @dev Seen in the queue and registered first: to its copier the book is of no use.
    function _registerBehindACopy(ICoveredLetters target) private returns (Step memory) {
        _register(target, BOB, BOOK);
        bytes memory data = abi.encodeCall(ICoveredLetters.register, (bytes32(0), BOOK));
        return Step(ALICE, address(target), data);
    }

    function test_copiedCommitmentStopsNobody() public {
        _mustNotBlock(WeakLetters.Hole.SharedCommitments, _registerBehindACopy);
    }

    /* THE OWNER */

    /// @dev He cannot use up the number that a breach in flight was proven for.
    function _breachBehindARunOfCovered(ICoveredLetters target) private returns (Step memory step) {
        MarginWords.Claim memory claim = _firstClaim(target);
        step = _breaching(claim);
        for (uint48 sequence = 1; sequence < 4; sequence++) {
            _accept(_covering(target, claim.account, sequence, MAINTENANCE, FUNDS), "covered");
        }
    }

    function test_coveredDoesNotOutrunABreach() public {
        _mustNotBlock(WeakLetters.Hole.OneSequence, _breachBehindARunOfCovered);
    }
}
