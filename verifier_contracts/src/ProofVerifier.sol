// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IProofVerifier } from "./interfaces/IProofVerifier.sol";
import { BN254 } from "./libraries/BN254.sol";
import { Transcript } from "./libraries/Transcript.sol";
import { VerifyingKeyLinter } from "./libraries/VerifyingKeyLinter.sol";

/// @title ProofVerifier
/// @notice Groth16 over BN254 with one committed round, one source for every statement:
///
///   e(A, B) = e(alpha, beta) e(public, gamma) e(C, delta_2) e(D, delta_1)
///   public  = K_0 + challenge K_1 + fingerprint K_2
///
/// @dev The verifying key lives in immutables: cheaper than storage, and no compile per circuit.
contract ProofVerifier is IProofVerifier {
    /// @inheritdoc IProofVerifier
    bytes32 public immutable statementId;
    /// @inheritdoc IProofVerifier
    bytes32 public immutable r1csDigest;
    /// @inheritdoc IProofVerifier
    bytes32 public immutable keyId;
    /// @inheritdoc IProofVerifier
    uint256 public immutable wordCount;

    uint256 private immutable ALPHA_X;
    uint256 private immutable ALPHA_Y;
    uint256 private immutable BETA_X_IMAGINARY;
    uint256 private immutable BETA_X_REAL;
    uint256 private immutable BETA_Y_IMAGINARY;
    uint256 private immutable BETA_Y_REAL;
    uint256 private immutable GAMMA_X_IMAGINARY;
    uint256 private immutable GAMMA_X_REAL;
    uint256 private immutable GAMMA_Y_IMAGINARY;
    uint256 private immutable GAMMA_Y_REAL;
    uint256 private immutable DELTA_1_X_IMAGINARY;
    uint256 private immutable DELTA_1_X_REAL;
    uint256 private immutable DELTA_1_Y_IMAGINARY;
    uint256 private immutable DELTA_1_Y_REAL;
    uint256 private immutable DELTA_2_X_IMAGINARY;
    uint256 private immutable DELTA_2_X_REAL;
    uint256 private immutable DELTA_2_Y_IMAGINARY;
    uint256 private immutable DELTA_2_Y_REAL;
    uint256 private immutable GAMMA_ABC_0_X;
    uint256 private immutable GAMMA_ABC_0_Y;
    uint256 private immutable GAMMA_ABC_1_X;
    uint256 private immutable GAMMA_ABC_1_Y;
    uint256 private immutable GAMMA_ABC_2_X;
    uint256 private immutable GAMMA_ABC_2_Y;

    constructor(
        bytes32 statementId_,
        bytes32 r1csDigest_,
        uint256[24] memory keyWords_,
        uint256 wordCount_
    ) {
        if (wordCount_ == 0) revert WordCountIsZero();
        VerifyingKeyLinter.check(keyWords_);

        statementId = statementId_;
        r1csDigest = r1csDigest_;
        keyId = keccak256(abi.encode(statementId_, r1csDigest_, keyWords_));
        wordCount = wordCount_;

        ALPHA_X = keyWords_[0];
        ALPHA_Y = keyWords_[1];
        BETA_X_IMAGINARY = keyWords_[2];
        BETA_X_REAL = keyWords_[3];
        BETA_Y_IMAGINARY = keyWords_[4];
        BETA_Y_REAL = keyWords_[5];
        GAMMA_X_IMAGINARY = keyWords_[6];
        GAMMA_X_REAL = keyWords_[7];
        GAMMA_Y_IMAGINARY = keyWords_[8];
        GAMMA_Y_REAL = keyWords_[9];
        DELTA_1_X_IMAGINARY = keyWords_[10];
        DELTA_1_X_REAL = keyWords_[11];
        DELTA_1_Y_IMAGINARY = keyWords_[12];
        DELTA_1_Y_REAL = keyWords_[13];
        DELTA_2_X_IMAGINARY = keyWords_[14];
        DELTA_2_X_REAL = keyWords_[15];
        DELTA_2_Y_IMAGINARY = keyWords_[16];
        DELTA_2_Y_REAL = keyWords_[17];
        GAMMA_ABC_0_X = keyWords_[18];
        GAMMA_ABC_0_Y = keyWords_[19];
        GAMMA_ABC_1_X = keyWords_[20];
        GAMMA_ABC_1_Y = keyWords_[21];
        GAMMA_ABC_2_X = keyWords_[22];
        GAMMA_ABC_2_Y = keyWords_[23];
    }

    /// @inheritdoc IProofVerifier
    function verify(uint256[10] calldata proof, uint256[] calldata words)
        external
        view
        returns (bytes32 dataHash)
    {
        _checkSize(words.length);
        _checkPoints(proof);
        dataHash = Transcript.dataHash(words);
        uint256 challenge = Transcript.challenge(keyId, proof[8], proof[9], dataHash);
        (uint256 fingerprint, bool allInField) = Transcript.fingerprint(words, challenge);
        if (!allInField) _revertAtFirstWordOutsideField(words);
        if (!_holds(proof, challenge, fingerprint)) revert ProofRejected();
    }

    /// @inheritdoc IProofVerifier
    function keyWords() external view returns (uint256[24] memory) {
        return [
            ALPHA_X,
            ALPHA_Y,
            BETA_X_IMAGINARY,
            BETA_X_REAL,
            BETA_Y_IMAGINARY,
            BETA_Y_REAL,
            GAMMA_X_IMAGINARY,
            GAMMA_X_REAL,
            GAMMA_Y_IMAGINARY,
            GAMMA_Y_REAL,
            DELTA_1_X_IMAGINARY,
            DELTA_1_X_REAL,
            DELTA_1_Y_IMAGINARY,
            DELTA_1_Y_REAL,
            DELTA_2_X_IMAGINARY,
            DELTA_2_X_REAL,
            DELTA_2_Y_IMAGINARY,
            DELTA_2_Y_REAL,
            GAMMA_ABC_0_X,
            GAMMA_ABC_0_Y,
            GAMMA_ABC_1_X,
            GAMMA_ABC_1_Y,
            GAMMA_ABC_2_X,
            GAMMA_ABC_2_Y
        ];
    }

    /// @dev Selector, ten proof words, offset and length of the array, then the words and nothing
    /// else.
    function _checkSize(uint256 received) private view {
        if (received != wordCount) revert WordCountMismatch(wordCount, received);
        uint256 expectedBytes = 4 + 32 * (12 + received);
        if (msg.data.length != expectedBytes) {
            revert CalldataLengthMismatch(expectedBytes, msg.data.length);
        }
    }

    /// @dev Curve and subgroup are the precompile's to check; it takes (0, 0) for infinity, so we
    /// refuse that.
    function _checkPoints(uint256[10] calldata proof) private pure {
        for (uint256 i = 0; i < 10; i++) {
            if (proof[i] >= BN254.BASE_MODULUS) revert CoordinateOutsideField(i, proof[i]);
        }
        if (proof[0] | proof[1] == 0) revert ProofPointAtInfinity(0);
        if (proof[2] | proof[3] | proof[4] | proof[5] == 0) revert ProofPointAtInfinity(2);
        if (proof[6] | proof[7] == 0) revert ProofPointAtInfinity(6);
        if (proof[8] | proof[9] == 0) revert ProofPointAtInfinity(8);
    }

    function _revertAtFirstWordOutsideField(uint256[] calldata words) private pure {
        uint256 i = 0;
        while (words[i] < BN254.SCALAR_MODULUS) i++;
        revert WordOutsideField(i, words[i]);
    }

    /// @dev K_0 + challenge K_1 + fingerprint K_2.
    function _publicPoint(uint256 challenge, uint256 fingerprint)
        private
        view
        returns (uint256 x, uint256 y)
    {
        (uint256 x1, uint256 y1) = BN254.multiply(GAMMA_ABC_1_X, GAMMA_ABC_1_Y, challenge);
        (uint256 x2, uint256 y2) = BN254.multiply(GAMMA_ABC_2_X, GAMMA_ABC_2_Y, fingerprint);
        (x, y) = BN254.add(x1, y1, x2, y2);
        (x, y) = BN254.add(x, y, GAMMA_ABC_0_X, GAMMA_ABC_0_Y);
    }

    /// @dev The equation with A negated, as a product of five pairings equal to one.
    function _holds(uint256[10] calldata proof, uint256 challenge, uint256 fingerprint)
        private
        view
        returns (bool)
    {
        (uint256 publicX, uint256 publicY) = _publicPoint(challenge, fingerprint);
        return BN254.isPairingProductOne(
            [
                proof[0],
                BN254.BASE_MODULUS - proof[1],
                proof[2],
                proof[3],
                proof[4],
                proof[5],
                ALPHA_X,
                ALPHA_Y,
                BETA_X_IMAGINARY,
                BETA_X_REAL,
                BETA_Y_IMAGINARY,
                BETA_Y_REAL,
                publicX,
                publicY,
                GAMMA_X_IMAGINARY,
                GAMMA_X_REAL,
                GAMMA_Y_IMAGINARY,
                GAMMA_Y_REAL,
                proof[6],
                proof[7],
                DELTA_2_X_IMAGINARY,
                DELTA_2_X_REAL,
                DELTA_2_Y_IMAGINARY,
                DELTA_2_Y_REAL,
                proof[8],
                proof[9],
                DELTA_1_X_IMAGINARY,
                DELTA_1_X_REAL,
                DELTA_1_Y_IMAGINARY,
                DELTA_1_Y_REAL
            ]
        );
    }
}
