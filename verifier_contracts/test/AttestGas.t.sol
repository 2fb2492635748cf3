// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { MarketWords } from "./support/MarketWords.sol";
import { SystemTest } from "./support/SystemTest.sol";
import { ToyKey } from "./support/ToyKeys.sol";

/// @notice Gas of whole attestations, intrinsic and calldata included, with the mark board as consumer.
/// @dev Isolated: every call from a test is a transaction of its own, with cold accounts and settled storage.
/// forge-config: default.isolate = true
contract AttestGasTest is SystemTest {
    function _transactionGas(bytes memory data) private returns (uint256) {
        (bool success,) = address(registry).call(data);
        uint256 used = vm.lastCallGas().gasTotalUsed;
        vm.assertTrue(success, "attested");
        uint256 tokens = 0;
        for (uint256 i = 0; i < data.length; i++) {
            tokens += data[i] == 0 ? 1 : 4;
        }
        uint256 floor = 21_000 + 10 * tokens; // EIP-7623; cancun does not know it
        return used > floor ? used : floor;
    }

    function _attestGroups(uint48 number, uint256 groups) private returns (uint256) {
        uint256[] memory words =
            MarketWords.build(_header(number), BTC, START_UNIX + uint40(number), groups);
        _submit(_snapshotOf(words, number, groups));
        return _transactionGas(_attestCall(words, number));
    }

    function _routeGroups(uint256 groups) private {
        key = _renamed(_key("sound"), keccak256(abi.encode("groups", groups)));
        _route(key, groups);
        board.setKeyAllowed(key.keyId, true);
    }

    function test_attestOfSixteenOptions() public {
        vm.snapshotValue("gas", "attest, 16 options (15 words), first", _attestGroups(1, 1));
        uint256 later = _attestGroups(2, 1);
        vm.snapshotValue("gas", "attest, 16 options (15 words), later", later);
        vm.assertLe(later, 330_000, "gas");
    }

    function test_attestOf512Options() public {
        _routeGroups(32);
        vm.snapshotValue("gas", "attest, 512 options (335 words), first", _attestGroups(1, 32));
        uint256 later = _attestGroups(2, 32);
        vm.snapshotValue("gas", "attest, 512 options (335 words), later", later);
        vm.snapshotValue("gas", "attest, 512 options, later, per option", (later + 511) / 512);
    }

    function test_attestOf4096Options() public {
        _routeGroups(256);
        _attestGroups(1, 256);
        uint256 later = _attestGroups(2, 256);
        vm.snapshotValue("gas", "attest, 4096 options (2650 words), later", later);
        vm.assertLe(later, 16_777_216, "fits an Osaka transaction");
    }
}
