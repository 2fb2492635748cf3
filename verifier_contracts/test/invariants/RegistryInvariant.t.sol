// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IAttestationRegistry } from "../../src/interfaces/IAttestationRegistry.sol";
import { SystemTest } from "../support/SystemTest.sol";

/// @notice Attests, replays and tampers in any order, and keeps its own hash chain of what went through.
contract RegistryHandler is SystemTest {
    bytes32 public expectedHead;
    uint48 public lastAttested;
    uint48 private _lastSubmitted;

    constructor() {
        setUp();
        expectedHead = _firstHead();
    }

    function submit(uint256 gap) external {
        _lastSubmitted += uint48(1 + gap % 3);
        _submit(_snapshot(_lastSubmitted));
    }

    function attest(uint256 pick, uint256 seed) external {
        uint48 number = uint48(pick % (uint256(_lastSubmitted) + 2));
        uint256[] memory words = _words(number);
        registry.attest(key.keyId, _prove(key, words, seed), words);
        bytes32 dataHash = keccak256(abi.encodePacked(words.length, words));
        bytes32 digest = keccak256(abi.encode(key.keyId, dataHash));
        expectedHead = keccak256(abi.encode(expectedHead, digest));
        lastAttested = number;
    }

    function tamper(uint256 index, uint256 seed) external {
        uint256[] memory words = _words(_lastSubmitted);
        uint256[10] memory proof = _prove(key, words, seed);
        words[index % words.length] ^= 1;
        (bool success,) = address(registry)
            .call(abi.encodeCall(IAttestationRegistry.attest, (key.keyId, proof, words)));
        vm.assertTrue(!success, "tampered words");
    }

    function wait_(uint256 secondsPassed) external {
        vm.warp(block.timestamp + secondsPassed % 100);
    }

    function chainHead() external view returns (bytes32) {
        return registry.chainHead();
    }

    function lastSequence() external view returns (uint48 sequence) {
        bytes32 subject = bytes32(uint256(uint96(BTC)));
        (sequence,) = registry.lastAttestation(key.keyId, address(board), subject);
    }

    function boardNumber() external view returns (uint48) {
        return board.entryOf(BTC, key.keyId).snapshotNumber;
    }
}

contract RegistryInvariantTest is SystemTest {
    RegistryHandler internal handler;

    function setUp() public override {
        handler = new RegistryHandler();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function targetSelectors() public view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0].addr = address(handler);
        targets[0].selectors = new bytes4[](5);
        targets[0].selectors[0] = RegistryHandler.submit.selector;
        targets[0].selectors[1] = RegistryHandler.attest.selector;
        targets[0].selectors[2] = RegistryHandler.attest.selector;
        targets[0].selectors[3] = RegistryHandler.tamper.selector;
        targets[0].selectors[4] = RegistryHandler.wait_.selector;
    }

    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    function invariant_hashChainHoldsExactlyWhatWasAttested() public view {
        vm.assertEq(handler.chainHead(), handler.expectedHead(), "chain head");
    }

    function invariant_registryAndBoardAgreeOnTheLastSnapshot() public view {
        vm.assertEq(handler.lastSequence(), handler.lastAttested(), "registry");
        vm.assertEq(handler.boardNumber(), handler.lastAttested(), "board");
    }
}
