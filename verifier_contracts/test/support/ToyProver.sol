// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { BN254 } from "../../src/libraries/BN254.sol";
import { ReferenceTranscript } from "./ReferenceTranscript.sol";
import { ToyKey, ToyKeys } from "./ToyKeys.sol";

/// @notice Valid proofs without a circuit: all discrete logarithms are known, so C's is solved for.
/// @dev There is no precompile for multiples in G2: B is one of two points of the fixture.
abstract contract ToyProver is ToyKeys {
    uint256[] private _bScalars;
    uint256[] private _bPoints;

    constructor() {
        string memory json = _readKeys();
        _bScalars = vm.parseJsonUintArray(json, ".bScalars");
        _bPoints = vm.parseJsonUintArray(json, ".bPoints");
    }

    /// @dev Other seeds give other proofs of the same words.
    function _prove(ToyKey memory key, uint256[] memory words, uint256 seed)
        internal
        view
        returns (uint256[10] memory proof)
    {
        uint256 d = _scalar(seed, "d");
        (proof[8], proof[9]) = BN254.multiply(1, 2, d);
        bytes32 dataHash = ReferenceTranscript.dataHash(words);
        uint256 challenge = ReferenceTranscript.challenge(key.keyId, proof[8], proof[9], dataHash);
        uint256 fingerprint = ReferenceTranscript.fingerprint(words, challenge);
        _completeProof(key, proof, seed, d, challenge, fingerprint);
    }

    /// @dev Fills A, B and C for given D, challenge and fingerprint.
    function _completeProof(
        ToyKey memory key,
        uint256[10] memory proof,
        uint256 seed,
        uint256 d,
        uint256 challenge,
        uint256 fingerprint
    ) internal view {
        uint256 a = _scalar(seed, "a");
        uint256 index = seed % _bScalars.length;
        (proof[0], proof[1]) = BN254.multiply(1, 2, a);
        for (uint256 i = 0; i < 4; i++) {
            proof[2 + i] = _bPoints[4 * index + i];
        }
        uint256 c = _solve(key.secrets, mulmod(a, _bScalars[index], R), d, challenge, fingerprint);
        (proof[6], proof[7]) = BN254.multiply(1, 2, c);
    }

    /// @dev (ab - alpha beta - (k_0 + challenge k_1 + fingerprint k_2) gamma - d delta_1) /
    /// delta_2.
    function _solve(
        uint256[] memory secrets,
        uint256 ab,
        uint256 d,
        uint256 challenge,
        uint256 fingerprint
    ) private pure returns (uint256) {
        uint256 publicPart = addmod(secrets[5], mulmod(challenge, secrets[6], R), R);
        publicPart = addmod(publicPart, mulmod(fingerprint, secrets[7], R), R);
        uint256 rest = mulmod(secrets[0], secrets[1], R);
        rest = addmod(rest, mulmod(publicPart, secrets[2], R), R);
        rest = addmod(rest, mulmod(d, secrets[3], R), R);
        return mulmod(addmod(ab, R - rest, R), _inverse(secrets[4]), R);
    }

    /// @dev What anybody can do to a proof, without any secret: (-A, -B, C, D) holds as well.
    function _rerandomised(uint256[10] memory proof)
        internal
        pure
        returns (uint256[10] memory other)
    {
        other = proof;
        other[1] = P - proof[1];
        other[4] = (P - proof[4]) % P;
        other[5] = (P - proof[5]) % P;
    }

    function _scalar(uint256 seed, string memory label) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, label))) % R;
    }

    /// @dev value^(r - 2), by squaring.
    function _inverse(uint256 value) internal pure returns (uint256 inverse) {
        inverse = 1;
        for (uint256 exponent = R - 2; exponent != 0; exponent >>= 1) {
            if (exponent & 1 == 1) inverse = mulmod(inverse, value, R);
            value = mulmod(value, value, R);
        }
    }
}
