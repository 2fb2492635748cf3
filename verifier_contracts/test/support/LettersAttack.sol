// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ICoveredLetters } from "../../src/interfaces/ICoveredLetters.sol";
import { WeakLetters } from "../twins/WeakLetters.sol";
import { LettersTest } from "./LettersTest.sol";
import { MarginWords } from "./MarginWords.sol";

/// @notice Attacks run three times: refused by the product, refused by the twin without hole, accepted
/// by the twin without the guard. An attack is everything up to its last step, which it returns.
abstract contract LettersAttack is LettersTest {
    function _mustFail(
        WeakLetters.Hole hole,
        bytes4 selector,
        function(ICoveredLetters) internal returns (Step memory) attack
    ) internal {
        uint256 state = vm.snapshotState();
        _refuse(attack(letters), selector, "product");

        vm.revertToState(state);
        state = vm.snapshotState();
        (bool success,) = _run(attack(_twin(WeakLetters.Hole.None)));
        vm.assertTrue(!success, "refused by the twin without hole");

        vm.revertToState(state);
        _accept(attack(_twin(hole)), "the twin");
    }

    /// @dev Of attacks that want to keep a true statement out: taken by the product and by the twin
    /// without hole, refused by the twin that asks too much.
    function _mustNotBlock(
        WeakLetters.Hole hole,
        function(ICoveredLetters) internal returns (Step memory) attack
    ) internal {
        uint256 state = vm.snapshotState();
        _accept(attack(letters), "product");

        vm.revertToState(state);
        state = vm.snapshotState();
        _accept(attack(_twin(WeakLetters.Hole.None)), "the twin without hole");

        vm.revertToState(state);
        (bool success,) = _run(attack(_twin(hole)));
        vm.assertTrue(!success, "blocked at the twin");
    }

    function _twin(WeakLetters.Hole hole) internal returns (ICoveredLetters) {
        WeakLetters twin = new WeakLetters(oracle, token, BTC, PARAMETERS, _rules(), hole);
        return ICoveredLetters(address(twin));
    }

    /// @dev The first claim about a new account of Alice's, with W = all it has.
    function _firstClaim(ICoveredLetters target) internal returns (MarginWords.Claim memory) {
        return _bookClaim(target, _open(target, ALICE), 1, FUNDS);
    }

    /// @dev So many snapshots that one of before is further behind than the rules allow.
    function _publishManyMarkets() internal {
        for (uint256 i = 0; i <= MAX_BEHIND; i++) {
            _publish();
        }
    }

    /// @dev An account covered at initial level with W = 600 of 1,000.
    function _covered(ICoveredLetters target) internal returns (bytes32 account) {
        account = _open(target, ALICE);
        _accept(_covering(target, account, 1, INITIAL, 600e6), "covered");
    }
}
