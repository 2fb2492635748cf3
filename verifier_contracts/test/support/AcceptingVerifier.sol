// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Transcript } from "../../src/libraries/Transcript.sol";

/// @notice A verifier that takes any proof: tests of what happens behind it.
contract AcceptingVerifier {
    bytes32 public immutable keyId;
    uint256 public immutable wordCount;

    constructor(bytes32 keyId_, uint256 wordCount_) {
        keyId = keyId_;
        wordCount = wordCount_;
    }

    function verify(uint256[10] calldata, uint256[] calldata words)
        external
        pure
        returns (bytes32)
    {
        return Transcript.dataHash(words);
    }
}
