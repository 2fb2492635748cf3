// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ProofVerifier } from "../src/ProofVerifier.sol";
import { IProofVerifier } from "../src/interfaces/IProofVerifier.sol";
import { BN254 } from "../src/libraries/BN254.sol";
import { VerifyingKeyLinter } from "../src/libraries/VerifyingKeyLinter.sol";
import { ReferenceTranscript } from "./support/ReferenceTranscript.sol";
import { ToyKey } from "./support/ToyKeys.sol";
import { ToyProver } from "./support/ToyProver.sol";
import { WeakProofVerifier } from "./twins/WeakProofVerifier.sol";

/// @notice Forgeries that a weakened twin accepts and the product refuses.
contract ProofVerifierForgeryTest is ToyProver {
    uint256 internal constant COUNT = 5;

    ToyKey internal key;
    ProofVerifier internal product;
    uint256[] internal words;

    function setUp() public {
        key = _key("sound");
        product = new ProofVerifier(key.statementId, key.r1csDigest, key.words, COUNT);
        for (uint256 i = 0; i < COUNT; i++) {
            words.push(1000 + i);
        }
    }

    function _twin(WeakProofVerifier.Hole hole) private returns (WeakProofVerifier) {
        return new WeakProofVerifier(key.keyId, key.words, COUNT, hole);
    }

    function test_twinWithoutHoleAcceptsTheSameProofs() public {
        WeakProofVerifier twin = _twin(WeakProofVerifier.Hole.None);
        for (uint256 seed = 0; seed < 4; seed++) {
            uint256[10] memory proof = _prove(key, words, seed);
            vm.assertEq(twin.verify(proof, words), product.verify(proof, words), "data hash");
        }
    }

    /// @dev The circuit sees a word mod r only: with word + r one true statement gets a second,
    /// unequal claim.
    function test_wordPlusModulusIsAcceptedOnlyWithoutRangeCheck() public {
        uint256[] memory altered = words;
        altered[2] += R;
        uint256[10] memory proof = _prove(key, altered, 1);
        _twin(WeakProofVerifier.Hole.WordsBeyondField).verify(proof, altered);
        vm.expectRevert(
            abi.encodeWithSelector(IProofVerifier.WordOutsideField.selector, 2, altered[2])
        );
        product.verify(proof, altered);
    }

    /// @dev The prover's fingerprint covers zero for the last word; the claim then says what it
    /// likes.
    function test_wordOutsideFingerprintIsFree() public {
        uint256[10] memory proof;
        uint256 d = _scalar(1, "d");
        (proof[8], proof[9]) = BN254.multiply(1, 2, d);
        uint256 challenge = ReferenceTranscript.challenge(
            key.keyId, proof[8], proof[9], ReferenceTranscript.dataHash(words)
        );
        uint256[] memory proven = words;
        proven[COUNT - 1] = 0;
        _completeProof(
            key, proof, 1, d, challenge, ReferenceTranscript.fingerprint(proven, challenge)
        );
        _twin(WeakProofVerifier.Hole.FingerprintOmitsLastWord).verify(proof, words);
        vm.expectRevert(abi.encodeWithSelector(IProofVerifier.ProofRejected.selector));
        product.verify(proof, words);
    }

    /// @dev Two statements that happen to share the points of a key.
    function test_proofOfAnotherStatementIsAcceptedOnlyWithoutKeyId() public {
        ToyKey memory other = _renamed(_key("sound"), keccak256("another statement"));
        ToyKey memory nameless = _key("sound");
        nameless.keyId = 0;
        uint256[10] memory weakProof = _prove(nameless, words, 1);
        WeakProofVerifier.Hole hole = WeakProofVerifier.Hole.ChallengeWithoutKey;
        new WeakProofVerifier(key.keyId, key.words, COUNT, hole).verify(weakProof, words);
        new WeakProofVerifier(other.keyId, key.words, COUNT, hole).verify(weakProof, words);

        uint256[10] memory foreign = _prove(other, words, 1);
        vm.expectRevert(abi.encodeWithSelector(IProofVerifier.ProofRejected.selector));
        product.verify(foreign, words);
    }

    function test_refusesProofUnderAnotherKey() public {
        uint256[10] memory foreign = _prove(_key("other"), words, 1);
        vm.expectRevert(abi.encodeWithSelector(IProofVerifier.ProofRejected.selector));
        product.verify(foreign, words);
    }

    /// @dev D + t delta_2 with C - t delta_1 keeps the equation: only the challenge ties D down.
    function test_replacedCommitmentIsAcceptedOnlyIfTheChallengeIgnoresIt() public {
        uint256[10] memory proof;
        uint256 d = _scalar(1, "d");
        (proof[8], proof[9]) = BN254.multiply(1, 2, d);
        uint256 challenge =
            ReferenceTranscript.challenge(key.keyId, 0, 0, ReferenceTranscript.dataHash(words));
        _completeProof(
            key, proof, 1, d, challenge, ReferenceTranscript.fingerprint(words, challenge)
        );
        WeakProofVerifier twin = _twin(WeakProofVerifier.Hole.ChallengeWithoutD);
        twin.verify(proof, words);
        twin.verify(_withCommitmentMoved(proof, 77), words);

        uint256[10] memory honest = _prove(key, words, 1);
        product.verify(honest, words);
        uint256[10] memory moved = _withCommitmentMoved(honest, 77);
        vm.expectRevert(abi.encodeWithSelector(IProofVerifier.ProofRejected.selector));
        product.verify(moved, words);
    }

    function _withCommitmentMoved(uint256[10] memory proof, uint256 t)
        private
        view
        returns (uint256[10] memory moved)
    {
        moved = proof;
        (uint256 x, uint256 y) = BN254.multiply(key.delta2G1[0], key.delta2G1[1], t);
        (moved[8], moved[9]) = BN254.add(proof[8], proof[9], x, y);
        (x, y) = BN254.multiply(key.delta1G1[0], key.delta1G1[1], t);
        (moved[6], moved[7]) = BN254.add(proof[6], proof[7], x, P - y);
    }

    /// @dev D = infinity: a proof that commits to nothing.
    function test_commitmentAtInfinityIsAcceptedOnlyWithoutCheck() public {
        uint256[10] memory proof;
        uint256 challenge =
            ReferenceTranscript.challenge(key.keyId, 0, 0, ReferenceTranscript.dataHash(words));
        _completeProof(
            key, proof, 1, 0, challenge, ReferenceTranscript.fingerprint(words, challenge)
        );
        _twin(WeakProofVerifier.Hole.PointsAtInfinity).verify(proof, words);
        vm.expectRevert(abi.encodeWithSelector(IProofVerifier.ProofPointAtInfinity.selector, 8));
        product.verify(proof, words);
    }

    /// @dev With gamma = delta_2 the public part is cancelled in C, from public points alone: A =
    /// alpha, B = beta, D = v delta_2, C = -(K_0 + challenge K_1 + fingerprint K_2) - v delta_1.
    function test_anyWordsAreForgedUnderAKeyWithGammaEqualToDelta2() public {
        ToyKey memory bad = _key("gammaIsDelta2");
        WeakProofVerifier twin =
            new WeakProofVerifier(bad.keyId, bad.words, COUNT, WeakProofVerifier.Hole.NoLinter);
        words[4] = uint256(keccak256("whatever I like")) % R;
        twin.verify(_forge(bad, 99), words);

        bytes memory reason = abi.encodeWithSelector(
            IProofVerifier.KeyPointsRelated.selector,
            VerifyingKeyLinter.GAMMA,
            VerifyingKeyLinter.DELTA_2
        );
        vm.expectRevert(reason);
        new ProofVerifier(bad.statementId, bad.r1csDigest, bad.words, COUNT);
    }

    function _forge(ToyKey memory bad, uint256 v) private view returns (uint256[10] memory proof) {
        (proof[0], proof[1]) = (bad.words[0], bad.words[1]);
        for (uint256 i = 0; i < 4; i++) {
            proof[2 + i] = bad.words[VerifyingKeyLinter.BETA + i];
        }
        (proof[8], proof[9]) = BN254.multiply(bad.delta2G1[0], bad.delta2G1[1], v);
        uint256 challenge = ReferenceTranscript.challenge(
            bad.keyId, proof[8], proof[9], ReferenceTranscript.dataHash(words)
        );
        uint256 fingerprint = ReferenceTranscript.fingerprint(words, challenge);
        (uint256 x, uint256 y) = BN254.multiply(bad.words[20], bad.words[21], challenge);
        (x, y) = BN254.add(x, y, bad.words[18], bad.words[19]);
        (uint256 x2, uint256 y2) = BN254.multiply(bad.words[22], bad.words[23], fingerprint);
        (x, y) = BN254.add(x, y, x2, y2);
        (x2, y2) = BN254.multiply(bad.delta1G1[0], bad.delta1G1[1], v);
        (x, y) = BN254.add(x, y, x2, y2);
        (proof[6], proof[7]) = (x, P - y);
    }
}
