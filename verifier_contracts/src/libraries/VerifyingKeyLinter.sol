// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IProofVerifier } from "../interfaces/IProofVerifier.sol";
import { BN254 } from "./BN254.sol";

/// @title VerifyingKeyLinter
/// @notice Refuses verifying keys under which anybody can forge, as far as the key itself shows it.
/// @dev Equal x means equal or opposite points, so comparing x alone refuses both signs.
library VerifyingKeyLinter {
    uint256 internal constant ALPHA = 0;
    uint256 internal constant BETA = 2;
    uint256 internal constant GAMMA = 6;
    uint256 internal constant DELTA_1 = 10;
    uint256 internal constant DELTA_2 = 14;
    uint256 internal constant GAMMA_ABC_0 = 18;
    uint256 internal constant GAMMA_ABC_1 = 20;
    uint256 internal constant GAMMA_ABC_2 = 22;

    uint256 private constant G1_GENERATOR_X = 1;
    uint256 private constant G2_GENERATOR_X_IMAGINARY =
        11559732032986387107991004021392285783925812861821192530917403151452391805634;
    uint256 private constant G2_GENERATOR_X_REAL =
        10857046999023057135944570762232829481370756359578518086990519993285655852781;

    /// @notice Reverts where a point is invalid, at infinity, at the generator (gamma may be there:
    /// keys of a ceremony have it) or related to another one.
    function check(uint256[24] memory key) internal view {
        _checkNoInfinity(key);
        _checkNoGenerator(key);
        _checkUnrelated(key);
        if (!BN254.areValidPoints(_asPairs(key))) revert IProofVerifier.KeyPointInvalid();
    }

    function _checkNoInfinity(uint256[24] memory key) private pure {
        for (uint256 i = BETA; i < GAMMA_ABC_0; i += 4) {
            if (key[i] | key[i + 1] | key[i + 2] | key[i + 3] == 0) {
                revert IProofVerifier.KeyPointAtInfinity(i);
            }
        }
        if (key[ALPHA] | key[ALPHA + 1] == 0) revert IProofVerifier.KeyPointAtInfinity(ALPHA);
        for (uint256 i = GAMMA_ABC_0; i < key.length; i += 2) {
            if (key[i] | key[i + 1] == 0) revert IProofVerifier.KeyPointAtInfinity(i);
        }
    }

    function _checkNoGenerator(uint256[24] memory key) private pure {
        if (key[ALPHA] == G1_GENERATOR_X) revert IProofVerifier.KeyPointAtGenerator(ALPHA);
        for (uint256 i = BETA; i < GAMMA_ABC_0; i += 4) {
            if (i == GAMMA) continue;
            if (key[i] == G2_GENERATOR_X_IMAGINARY && key[i + 1] == G2_GENERATOR_X_REAL) {
                revert IProofVerifier.KeyPointAtGenerator(i);
            }
        }
    }

    /// @dev Beta counts too: with beta = delta_1, D = -alpha cancels e(alpha, beta), and anybody
    /// proves anything. Alpha lives in the other group; the Python linter compares it by pairings.
    function _checkUnrelated(uint256[24] memory key) private pure {
        for (uint256 i = BETA; i < DELTA_2; i += 4) {
            for (uint256 j = i + 4; j <= DELTA_2; j += 4) {
                if (key[i] == key[j] && key[i + 1] == key[j + 1]) {
                    revert IProofVerifier.KeyPointsRelated(i, j);
                }
            }
        }
        for (uint256 i = GAMMA_ABC_0; i < GAMMA_ABC_2; i += 2) {
            for (uint256 j = i + 2; j <= GAMMA_ABC_2; j += 2) {
                if (key[i] == key[j]) revert IProofVerifier.KeyPointsRelated(i, j);
            }
        }
    }

    /// @dev Four points of each group make four pairs, so that one call of the precompile checks
    /// all eight.
    function _asPairs(uint256[24] memory key) private pure returns (uint256[24] memory pairs) {
        uint256[4] memory g1 = [ALPHA, GAMMA_ABC_0, GAMMA_ABC_1, GAMMA_ABC_2];
        for (uint256 i = 0; i < 4; i++) {
            pairs[6 * i] = key[g1[i]];
            pairs[6 * i + 1] = key[g1[i] + 1];
            for (uint256 j = 0; j < 4; j++) {
                pairs[6 * i + 2 + j] = key[BETA + 4 * i + j];
            }
        }
    }
}
