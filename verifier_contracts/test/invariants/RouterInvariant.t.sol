// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { VerifierRouter } from "../../src/VerifierRouter.sol";
import { IVerifierRouter } from "../../src/interfaces/IVerifierRouter.sol";
import { BaseTest } from "../support/BaseTest.sol";
import { StubVerifier } from "../support/StubVerifier.sol";

/// @notice Owner and guardian in one, doing anything in any order to four keys.
contract RouterHandler {
    uint256 public constant KEYS = 4;

    VerifierRouter public immutable router = new VerifierRouter(address(this), address(this));
    mapping(bytes32 keyId => address) public firstVerifier;
    mapping(bytes32 keyId => bool) public wasBuried;

    function keyOf(uint256 index) public pure returns (bytes32) {
        return keccak256(abi.encode(index % KEYS));
    }

    function add(uint256 index) external {
        address verifier = address(new StubVerifier(keyOf(index), 15));
        bytes32 keyId = router.addRoute(verifier, 8);
        if (firstVerifier[keyId] == address(0)) firstVerifier[keyId] = verifier;
    }

    function stop(uint256 index) external {
        router.stopRoute(keyOf(index));
    }

    function resume(uint256 index) external {
        router.resumeRoute(keyOf(index));
    }

    function bury(uint256 index, uint256 luck) external {
        if (luck % 3 != 0) return;
        router.buryRoute(keyOf(index));
        wasBuried[keyOf(index)] = true;
    }
}

contract RouterInvariantTest is BaseTest {
    RouterHandler internal handler;

    function setUp() public {
        handler = new RouterHandler();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_buriedKeysStayBuried() public view {
        for (uint256 i = 0; i < handler.KEYS(); i++) {
            bytes32 keyId = handler.keyOf(i);
            bool isBuried =
                handler.router().routeOf(keyId).status == IVerifierRouter.Status.Tombstone;
            vm.assertEq(isBuried ? 1 : 0, handler.wasBuried(keyId) ? 1 : 0, "buried for ever");
        }
    }

    function invariant_keysKeepTheirFirstVerifier() public view {
        for (uint256 i = 0; i < handler.KEYS(); i++) {
            bytes32 keyId = handler.keyOf(i);
            address verifier = handler.router().routeOf(keyId).verifier;
            vm.assertEq(verifier, handler.firstVerifier(keyId), "first verifier");
        }
    }
}
