// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IAttestationRegistry } from "../src/interfaces/IAttestationRegistry.sol";
import { IMarketOracle } from "../src/interfaces/IMarketOracle.sol";
import { IVerifierRouter } from "../src/interfaces/IVerifierRouter.sol";
import { MarketWords } from "./support/MarketWords.sol";
import { StubConsumer } from "./support/StubConsumer.sol";
import { SystemTest } from "./support/SystemTest.sol";

/// @notice Honest attestations: order, hash chain, hook.
contract AttestationRegistryTest is SystemTest {
    function _subject() private pure returns (bytes32) {
        return bytes32(uint256(uint96(BTC)));
    }

    function test_attests() public {
        uint256[] memory words = _words(1);
        _submit(_snapshot(1));
        bytes32 dataHash = keccak256(abi.encodePacked(words.length, words));
        bytes32 digest = keccak256(abi.encode(key.keyId, dataHash));
        bytes32 head = keccak256(abi.encode(_firstHead(), digest));
        uint256[10] memory proof = _prove(key, words, 1);

        vm.expectEmit(address(registry));
        emit IAttestationRegistry.Attested(key.keyId, address(board), _subject(), 1, dataHash, head);
        registry.attest(key.keyId, proof, words);

        vm.assertEq(registry.chainHead(), head, "chain head");
        (uint48 sequence, bytes26 prefix) =
            registry.lastAttestation(key.keyId, address(board), _subject());
        vm.assertEq(sequence, 1, "sequence");
        vm.assertEq(bytes32(prefix), bytes32(bytes26(digest)), "digest prefix");
    }

    function test_chainsAttestationsInOrder() public {
        bytes32 head = _firstHead();
        for (uint48 number = 1; number < 4; number++) {
            uint256[] memory words = _attest(number);
            bytes32 dataHash = keccak256(abi.encodePacked(words.length, words));
            head = keccak256(abi.encode(head, keccak256(abi.encode(key.keyId, dataHash))));
            vm.assertEq(registry.chainHead(), head, "chain head");
        }
    }

    function test_anybodyMayAttestAndSkipSnapshots() public {
        _submit(_snapshot(1));
        uint256[] memory words = _words(5);
        _submit(_snapshot(5));
        uint256[10] memory proof = _prove(key, words, 5);
        vm.prank(address(0xabc));
        registry.attest(key.keyId, proof, words);
    }

    /// @dev One snapshot, one attestation: whoever is first says what everybody else would.
    function test_strangersAttestationIsOursToo() public {
        _submit(_snapshot(1));
        uint256[10] memory theirs = _prove(key, _words(1), 7);
        vm.prank(address(0xabc));
        registry.attest(key.keyId, theirs, _words(1));
        bytes4 selector = IAttestationRegistry.AlreadyAttested.selector;
        _assertRefused(address(registry), _attestCall(_words(1), 1), selector, "ours");
        vm.assertEq(board.readMark(_words(1), 0).snapshotNumber, 1, "our words read");
    }

    function test_oneSnapshotServesSeveralConsumers() public {
        uint256[] memory words = _attest(1);
        StubConsumer other = new StubConsumer();
        MarketWords.Header memory header = _header(1);
        header.consumer = address(other);
        words = MarketWords.build(header, BTC, START_UNIX + 1, GROUPS);
        registry.attest(key.keyId, _prove(key, words, 1), words);
        vm.assertEq(other.calls(), 1, "hook of the other consumer");
    }

    function test_hookGetsKeyHashAndItsGas() public {
        (StubConsumer consumer, uint256[] memory words) = _stub();
        registry.attest(key.keyId, _prove(key, words, 1), words);
        vm.assertEq(consumer.keyId(), key.keyId, "key id");
        bytes32 expected = keccak256(abi.encodePacked(words.length, words));
        vm.assertEq(consumer.dataHash(), expected, "data hash");
        vm.assertLe(consumer.gasReceived(), registry.hookGas(), "not more");
        vm.assertLe(registry.hookGas() - 500, consumer.gasReceived(), "not less");
    }

    function test_revertingHookUndoesEverything() public {
        (StubConsumer consumer, uint256[] memory words) = _stub();
        uint256[10] memory proof = _prove(key, words, 1);
        consumer.setMood(StubConsumer.Mood.Reverting);
        vm.expectRevert(abi.encodeWithSelector(StubConsumer.HookRefuses.selector, words.length));
        registry.attest(key.keyId, proof, words);
        vm.assertEq(registry.chainHead(), _firstHead(), "chain untouched");

        consumer.setMood(StubConsumer.Mood.Content);
        registry.attest(key.keyId, proof, words);
        vm.assertEq(consumer.calls(), 1, "the sequence was still free");
    }

    function test_hookBurnsNoMoreThanItsGas() public {
        (StubConsumer consumer, uint256[] memory words) = _stub();
        consumer.setMood(StubConsumer.Mood.BurningGas);
        bytes memory data = _attestCall(words, 1);
        uint256 before = gasleft();
        (bool success,) = address(registry).call(data);
        vm.assertTrue(!success, "out of gas in the hook");
        vm.assertLe(before - gasleft(), 330_000 + registry.hookGas(), "gas");
    }

    /// @dev What a hook returns is never copied: it cannot make the registry pay for memory.
    function test_talkativeHookCostsNoMoreThanItsGas() public {
        (StubConsumer consumer, uint256[] memory words) = _stub();
        consumer.setMood(StubConsumer.Mood.Talkative);
        bytes memory data = _attestCall(words, 1);
        uint256 before = gasleft();
        _assertAccepted(address(registry), data, "talkative");
        vm.assertLe(before - gasleft(), 360_000 + registry.hookGas() / 4, "gas");
    }

    /// @dev With any gas limit the hook has its gas or the transaction fails: it is never starved.
    function test_fuzz_starvedHookUndoesEverything(uint256 gasLimit) public {
        (StubConsumer consumer, uint256[] memory words) = _stub();
        gasLimit = 250_000 + gasLimit % 400_000;
        (bool success,) = address(registry).call{ gas: gasLimit }(_attestCall(words, 1));
        vm.assertEq(consumer.calls(), success ? 1 : 0, "hook ran if and only if attested");
        if (success) {
            vm.assertLe(registry.hookGas() - 500, consumer.gasReceived(), "its gas");
        } else {
            vm.assertEq(registry.chainHead(), _firstHead(), "nothing left behind");
        }
    }

    function test_refusesToStarveTheHook() public {
        (, uint256[] memory words) = _stub();
        (bool success, bytes memory reason) =
            address(registry).call{ gas: 450_000 }(_attestCall(words, 1));
        vm.assertTrue(!success, "refused");
        vm.assertEq(
            bytes32(bytes4(reason)), bytes32(IAttestationRegistry.HookGasMissing.selector), "reason"
        );
    }

    function test_refusesStoppedBuriedAndUnknownKeys() public {
        uint256[] memory words = _words(1);
        _submit(_snapshot(1));
        uint256[10] memory proof = _prove(key, words, 1);
        bytes4 selector = IVerifierRouter.RouteNotInStatus.selector;
        bytes memory data =
            abi.encodeCall(IAttestationRegistry.attest, (keccak256("no key"), proof, words));
        _assertRefused(address(registry), data, selector, "unknown");
        router.stopRoute(key.keyId);
        _assertRefused(address(registry), _attestCall(words, 1), selector, "stopped");
        router.buryRoute(key.keyId);
        _assertRefused(address(registry), _attestCall(words, 1), selector, "buried");
    }

    function _stub() private returns (StubConsumer consumer, uint256[] memory words) {
        consumer = new StubConsumer();
        MarketWords.Header memory header = _header(1);
        header.consumer = address(consumer);
        words = MarketWords.build(header, BTC, START_UNIX + 1, GROUPS);
        IMarketOracle.MarketSnapshot memory snapshot = _snapshotOf(words, 1, GROUPS);
        _submit(snapshot);
    }
}
