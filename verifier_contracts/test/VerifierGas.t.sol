// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ProofVerifier } from "../src/ProofVerifier.sol";
import { IProofVerifier } from "../src/interfaces/IProofVerifier.sol";
import { ToyKey } from "./support/ToyKeys.sol";
import { ToyProver } from "./support/ToyProver.sol";

/// @notice Execution gas of `verify` as its caller sees it: a cold call with ready calldata. Gas
/// per word is (gas at 1,024 words - gas at 8 words) / 1,016, rounded up: hash, range check, Horner
/// and memory together.
contract VerifierGasTest is ToyProver {
    ToyKey internal key;

    function setUp() public {
        key = _key("sound");
    }

    function _measure(uint256 count, uint256 bits) internal returns (uint256 used) {
        uint256[] memory words = new uint256[](count);
        for (uint256 i = 0; i < count; i++) {
            uint256 word = uint256(keccak256(abi.encode(bits, i)));
            words[i] = bits == 254 ? word % R : word >> (256 - bits);
        }
        ProofVerifier verifier =
            new ProofVerifier(key.statementId, key.r1csDigest, key.words, count);
        bytes memory data =
            abi.encodeCall(IProofVerifier.verify, (_prove(key, words, count), words));
        bool success;
        (success, used) = _call(address(verifier), data);
        vm.assertTrue(success, "verified");
    }

    /// @dev Solidity's own low-level call would first copy the data, and that copy would be
    /// counted.
    function _call(address target, bytes memory data)
        internal
        returns (bool success, uint256 used)
    {
        vm.cool(target);
        assembly ("memory-safe") {
            used := gas()
            success := staticcall(10000000, target, add(data, 0x20), mload(data), 0, 0)
            used := sub(used, gas())
        }
    }

    function test_verifyOfEightWordsCostsAtMost245000() public {
        uint256 used = _measure(8, 254);
        vm.assertLe(used, 245_000, "gas");
        vm.snapshotValue("gas", "verify, 8 words", used);
    }

    function test_fullWordCostsAtMost90() public {
        uint256 perWord = (_measure(1024, 254) - _measure(8, 254) + 1015) / 1016;
        vm.snapshotValue("gas", "verify, per word at 1024 full words", perWord);
        vm.assertLe(perWord, 90, "gas per word");
    }

    function test_wordBelow248BitsCostsAtMost75() public {
        uint256 perWord = (_measure(1024, 248) - _measure(8, 248) + 1015) / 1016;
        vm.snapshotValue("gas", "verify, per word at 1024 words below 2^248", perWord);
        vm.assertLe(perWord, 75, "gas per word");
    }

    function test_malformedPointBurnsAtMostTheCap() public {
        uint256[] memory words = new uint256[](8);
        ProofVerifier verifier = new ProofVerifier(key.statementId, key.r1csDigest, key.words, 8);
        uint256[10] memory proof = _prove(key, words, 1);
        proof[1] ^= 1;
        bytes memory data = abi.encodeCall(IProofVerifier.verify, (proof, words));
        (bool success, uint256 used) = _call(address(verifier), data);
        vm.assertTrue(!success, "refused");
        vm.snapshotValue("gas", "verify, 8 words, point off the curve", used);
        vm.assertLe(used, 310_000, "gas");
    }
}
