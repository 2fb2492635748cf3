// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice What the router reads of a verifier.
contract StubVerifier {
    bytes32 public immutable keyId;
    uint256 public immutable wordCount;

    constructor(bytes32 keyId_, uint256 wordCount_) {
        keyId = keyId_;
        wordCount = wordCount_;
    }
}
