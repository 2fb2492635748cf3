// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { BN254 } from "../../src/libraries/BN254.sol";
import { VerifyingKeyLinter } from "../../src/libraries/VerifyingKeyLinter.sol";
import { ReferenceTranscript } from "../support/ReferenceTranscript.sol";

/// @notice ProofVerifier with one guard taken out at a time, written plainly: key in storage, words
/// in memory. With Hole.None it accepts what the product accepts.
contract WeakProofVerifier {
    enum Hole {
        None,
        WordsBeyondField,
        FingerprintOmitsLastWord,
        ChallengeWithoutKey,
        ChallengeWithoutD,
        PointsAtInfinity,
        NoLinter
    }

    bytes32 public immutable keyId;
    uint256 public immutable wordCount;
    Hole private immutable HOLE;
    uint256[24] private _key;

    constructor(bytes32 keyId_, uint256[24] memory key, uint256 wordCount_, Hole hole) {
        if (hole != Hole.NoLinter) VerifyingKeyLinter.check(key);
        keyId = keyId_;
        wordCount = wordCount_;
        HOLE = hole;
        _key = key;
    }

    function verify(uint256[10] calldata proof, uint256[] calldata words)
        external
        view
        returns (bytes32 dataHash)
    {
        require(words.length == wordCount, "word count");
        for (uint256 i = 0; i < words.length; i++) {
            require(words[i] < BN254.SCALAR_MODULUS || HOLE == Hole.WordsBeyondField, "word");
        }
        if (HOLE != Hole.PointsAtInfinity) _checkPoints(proof);

        dataHash = ReferenceTranscript.dataHash(words);
        uint256 challenge = _challenge(proof, dataHash);
        uint256[] memory bound = words;
        if (HOLE == Hole.FingerprintOmitsLastWord) bound[bound.length - 1] = 0;
        uint256 fingerprint = ReferenceTranscript.fingerprint(bound, challenge);
        require(BN254.isPairingProductOne(_pairs(proof, challenge, fingerprint)), "pairing");
    }

    function _checkPoints(uint256[10] calldata proof) private pure {
        require(proof[0] != 0 || proof[1] != 0, "A");
        require(proof[2] != 0 || proof[3] != 0 || proof[4] != 0 || proof[5] != 0, "B");
        require(proof[6] != 0 || proof[7] != 0, "C");
        require(proof[8] != 0 || proof[9] != 0, "D");
    }

    function _challenge(uint256[10] calldata proof, bytes32 dataHash)
        private
        view
        returns (uint256)
    {
        bytes32 boundKeyId = HOLE == Hole.ChallengeWithoutKey ? bytes32(0) : keyId;
        if (HOLE == Hole.ChallengeWithoutD) {
            return ReferenceTranscript.challenge(boundKeyId, 0, 0, dataHash);
        }
        return ReferenceTranscript.challenge(boundKeyId, proof[8], proof[9], dataHash);
    }

    function _pairs(uint256[10] calldata proof, uint256 challenge, uint256 fingerprint)
        private
        view
        returns (uint256[30] memory pairs)
    {
        uint256[24] memory key = _key;
        (uint256 x, uint256 y) = BN254.multiply(key[20], key[21], challenge);
        (x, y) = BN254.add(x, y, key[18], key[19]);
        (uint256 x2, uint256 y2) = BN254.multiply(key[22], key[23], fingerprint);
        (pairs[12], pairs[13]) = BN254.add(x, y, x2, y2);

        (pairs[0], pairs[1]) = (proof[0], (BN254.BASE_MODULUS - proof[1]) % BN254.BASE_MODULUS);
        (pairs[6], pairs[7]) = (key[0], key[1]);
        (pairs[18], pairs[19]) = (proof[6], proof[7]);
        (pairs[24], pairs[25]) = (proof[8], proof[9]);
        for (uint256 i = 0; i < 4; i++) {
            pairs[2 + i] = proof[2 + i];
            pairs[8 + i] = key[VerifyingKeyLinter.BETA + i];
            pairs[14 + i] = key[VerifyingKeyLinter.GAMMA + i];
            pairs[20 + i] = key[VerifyingKeyLinter.DELTA_2 + i];
            pairs[26 + i] = key[VerifyingKeyLinter.DELTA_1 + i];
        }
    }
}
