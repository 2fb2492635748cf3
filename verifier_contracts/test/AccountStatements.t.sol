// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IAttestationRegistry } from "../src/interfaces/IAttestationRegistry.sol";
import { IProofVerifier } from "../src/interfaces/IProofVerifier.sol";
import { AccountStatementTest } from "./support/AccountStatementTest.sol";
import { MarginWords } from "./support/MarginWords.sol";

/// @notice What the registry does with account statements.
contract AccountStatementsTest is AccountStatementTest {
    function test_attestsAboutAnAccount() public {
        uint256[] memory words = MarginWords.covered(_about(ACCOUNT, 1));
        bytes32 dataHash = keccak256(abi.encodePacked(words.length, words));
        bytes32 head = keccak256(abi.encode(_firstHead(), _digestOf(words)));
        uint256[10] memory proof = _prove(accountKey, words, 1);
        vm.expectEmit(address(registry));
        emit IAttestationRegistry.Attested(
            accountKey.keyId, address(consumer), ACCOUNT, 1, dataHash, head
        );
        registry.attest(accountKey.keyId, proof, words);
        vm.assertEq(consumer.dataHash(), dataHash, "hook");
    }

    function test_breakerStopsMarksAlone() public {
        oracle.tripBreaker();
        _accepted(_about(ACCOUNT, 1), "account statement");
        bytes4 selector = IAttestationRegistry.BreakerTripped.selector;
        _assertRefused(address(registry), _attestCall(_words(1), 1), selector, "mark");
    }

    function test_refusesPaddingAndOtherWords() public {
        bytes memory data = _data(_about(ACCOUNT, 1), 1);
        bytes4 selector = IAttestationRegistry.CalldataLengthMismatch.selector;
        _assertRefused(address(registry), bytes.concat(data, hex"00"), selector, "padding");
        _assertRefused(
            address(registry), bytes.concat(data, bytes32(0)), selector, "a word of padding"
        );
    }

    function test_refusesEveryAlteredWord() public {
        uint256[] memory words = MarginWords.covered(_about(ACCOUNT, 1));
        uint256[10] memory proof = _prove(accountKey, words, 1);
        for (uint256 i = 0; i < words.length; i++) {
            words[i] ^= 1;
            bytes memory data =
                abi.encodeCall(IAttestationRegistry.attest, (accountKey.keyId, proof, words));
            (bool success,) = address(registry).call(data);
            vm.assertTrue(!success, vm.toString(i));
            words[i] ^= 1;
        }
    }

    /// @dev id + r is the same field element and would be another account.
    function test_refusesAccountOutsideTheField() public {
        MarginWords.Claim memory claim = _about(bytes32(uint256(ACCOUNT) + R), 1);
        _refused(claim, IProofVerifier.WordOutsideField.selector, "id + r");
    }

    /// @dev With any gas limit the hook has its gas or nothing happened.
    function test_fuzz_starvedHookUndoesEverything(uint256 gasLimit) public {
        gasLimit = 250_000 + gasLimit % 400_000;
        bytes memory data = _data(_about(ACCOUNT, 1), 1);
        (bool success,) = address(registry).call{ gas: gasLimit }(data);
        vm.assertEq(consumer.calls(), success ? 1 : 0, "hook ran if and only if attested");
        if (success) vm.assertLe(registry.hookGas() - 500, consumer.gasReceived(), "its gas");
    }
}
