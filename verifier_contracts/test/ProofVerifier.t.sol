// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ProofVerifier } from "../src/ProofVerifier.sol";
import { IProofVerifier } from "../src/interfaces/IProofVerifier.sol";
import { ToyKey } from "./support/ToyKeys.sol";
import { ToyProver } from "./support/ToyProver.sol";

/// @notice Acceptance: honest proofs, any words below r, any number of them.
contract ProofVerifierTest is ToyProver {
    ToyKey internal key;
    ProofVerifier internal verifier;

    function setUp() public {
        key = _key("sound");
        verifier = _deploy(key, 8);
    }

    function _deploy(ToyKey memory key_, uint256 count) internal returns (ProofVerifier) {
        return new ProofVerifier(key_.statementId, key_.r1csDigest, key_.words, count);
    }

    function _words(uint256 count, uint256 seed) internal pure returns (uint256[] memory words) {
        words = new uint256[](count);
        for (uint256 i = 0; i < count; i++) {
            words[i] = uint256(keccak256(abi.encode(seed, i))) % R;
        }
    }

    function test_keyIdIsComputedFromStatementSystemAndKey() public view {
        vm.assertEq(verifier.keyId(), key.keyId, "key id of the Python fixture");
        vm.assertEq(verifier.statementId(), key.statementId, "statement id");
        vm.assertEq(verifier.r1csDigest(), key.r1csDigest, "r1cs digest");
        vm.assertEq(verifier.wordCount(), 8, "word count");
        bytes32 expected = keccak256(abi.encode(key.words));
        vm.assertEq(keccak256(abi.encode(verifier.keyWords())), expected, "key words");
    }

    function test_acceptsProofAndReturnsDataHash() public view {
        uint256[] memory words = _words(8, 1);
        bytes32 dataHash = verifier.verify(_prove(key, words, 1), words);
        vm.assertEq(dataHash, keccak256(abi.encodePacked(uint256(8), words)), "data hash");
    }

    function test_acceptsProofsMadeInPython() public {
        string memory json = vm.readFile("test/fixtures/transcripts.json");
        uint8[9] memory counts = [1, 3, 7, 8, 9, 15, 16, 17, 40];
        for (uint256 i = 0; i < counts.length; i++) {
            string memory path = string.concat(".vectors[", vm.toString(i), "]");
            uint256[] memory words = vm.parseJsonUintArray(json, string.concat(path, ".words"));
            uint256[] memory parsed = vm.parseJsonUintArray(json, string.concat(path, ".proof"));
            uint256[10] memory proof;
            for (uint256 j = 0; j < 10; j++) {
                proof[j] = parsed[j];
            }
            bytes32 dataHash = _deploy(key, counts[i]).verify(proof, words);
            bytes32 expected = vm.parseJsonBytes32(json, string.concat(path, ".dataHash"));
            vm.assertEq(dataHash, expected, path);
        }
    }

    function test_fuzz_acceptsAnyWordsInField(uint256 seed, uint8 extra) public {
        uint256[] memory words = _words(1 + uint256(extra) % 40, seed);
        _deploy(key, words.length).verify(_prove(key, words, seed), words);
    }

    function test_acceptsTheLargestWordAndZero() public view {
        uint256[] memory words = new uint256[](8);
        words[0] = R - 1;
        words[7] = R - 1;
        verifier.verify(_prove(key, words, 2), words);
    }

    /// @dev Known and wanted: attestations are therefore never told apart by their proof.
    function test_acceptsRerandomisedProof() public view {
        uint256[] memory words = _words(8, 3);
        uint256[10] memory proof = _prove(key, words, 3);
        bytes32 first = verifier.verify(proof, words);
        vm.assertEq(verifier.verify(_rerandomised(proof), words), first, "same data hash");
        vm.assertEq(verifier.verify(_prove(key, words, 4), words), first, "same data hash");
    }

    function test_constructor_revertsIfThereAreNoWords() public {
        vm.expectRevert(abi.encodeWithSelector(IProofVerifier.WordCountIsZero.selector));
        _deploy(key, 0);
    }
}
