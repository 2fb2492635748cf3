// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { BN254 } from "../../src/libraries/BN254.sol";
import { Vm } from "./Vm.sol";

/// @notice What every test has: the cheat codes and a way to expect failure.
abstract contract BaseTest {
    Vm internal constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);

    uint256 internal constant R = BN254.SCALAR_MODULUS;
    uint256 internal constant P = BN254.BASE_MODULUS;

    /// @dev Reverts are checked by their selector only where the values are not the test's
    /// business.
    function _assertRefused(
        address target,
        bytes memory data,
        bytes4[] memory selectors,
        string memory what
    ) internal {
        (bool success, bytes memory reason) = target.call(data);
        vm.assertTrue(!success, string.concat(what, ": accepted"));
        bytes4 selector = bytes4(reason);
        for (uint256 i = 0; i < selectors.length; i++) {
            if (selector == selectors[i]) return;
        }
        vm.assertEq(bytes32(selector), bytes32(selectors[0]), string.concat(what, ": other error"));
    }

    function _assertRefused(address target, bytes memory data, bytes4 selector, string memory what)
        internal
    {
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = selector;
        _assertRefused(target, data, selectors, what);
    }

    function _assertAccepted(address target, bytes memory data, string memory what) internal {
        (bool success,) = target.call(data);
        vm.assertTrue(success, string.concat(what, ": refused"));
    }
}
