// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { BN254 } from "../../src/libraries/BN254.sol";

/// @notice The transcript as one would write it down: slow, in memory, without assembly.
library ReferenceTranscript {
    uint256 private constant R = BN254.SCALAR_MODULUS;

    function dataHash(uint256[] memory words) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(words.length, words));
    }

    function challenge(bytes32 keyId, uint256 dX, uint256 dY, bytes32 hash)
        internal
        pure
        returns (uint256)
    {
        bytes32 tag = keccak256("proofmark.transcript.v1");
        return uint256(keccak256(abi.encodePacked(tag, keyId, dX, dY, hash))) % R;
    }

    function fingerprint(uint256[] memory words, uint256 point)
        internal
        pure
        returns (uint256 value)
    {
        value = words.length;
        for (uint256 i = 0; i < words.length; i++) {
            value = addmod(mulmod(value, point, R), words[i], R);
        }
    }
}
