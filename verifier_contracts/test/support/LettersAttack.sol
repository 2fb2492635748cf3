// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ICoveredLetters } from "../../src/interfaces/ICoveredLetters.sol";
import { WeakLetters } from "../twins/WeakLetters.sol";
import { LettersTest } from "./LettersTest.sol";

/// @notice Attacks run three times: refused by the product, refused by the twin without hole, accepted
/// by the twin without the guard.
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

    function _twin(WeakLetters.Hole hole) internal returns (ICoveredLetters) {
        WeakLetters twin = new WeakLetters(oracle, token, BTC, PARAMETERS, _rules(), hole);
        return ICoveredLetters(address(twin));
    }

    /// @dev An account covered at initial level with W = 600 of 1,000.
    function _covered(ICoveredLetters target) internal returns (bytes32 account) {
        account = _open(target, ALICE);
        _accept(_covering(target, account, 1, INITIAL, 600e6), "covered");
    }
}
