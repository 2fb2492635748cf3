// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { BaseTest } from "./BaseTest.sol";

/// @dev secrets: alpha, beta, gamma, delta_1, delta_2 and the discrete logarithms of
/// gamma_abc[0..2].
struct ToyKey {
    uint256[] secrets;
    uint256[24] words;
    bytes32 statementId;
    bytes32 r1csDigest;
    bytes32 keyId;
    uint256[] delta1G1;
    uint256[] delta2G1;
}

/// @notice Loads keys whose secrets are known (tests/contracts/make_fixtures.py writes them).
abstract contract ToyKeys is BaseTest {
    function _readKeys() internal view returns (string memory) {
        return vm.readFile("test/fixtures/keys.json");
    }

    function _key(string memory name) internal view returns (ToyKey memory key) {
        string memory json = _readKeys();
        string memory path = string.concat(".", name);
        key.secrets = vm.parseJsonUintArray(json, string.concat(path, ".secrets"));
        uint256[] memory words = vm.parseJsonUintArray(json, string.concat(path, ".keyWords"));
        for (uint256 i = 0; i < 24; i++) {
            key.words[i] = words[i];
        }
        key.statementId = vm.parseJsonBytes32(json, string.concat(path, ".statementId"));
        key.r1csDigest = vm.parseJsonBytes32(json, string.concat(path, ".r1csDigest"));
        key.keyId = vm.parseJsonBytes32(json, string.concat(path, ".keyId"));
        key.delta1G1 = vm.parseJsonUintArray(json, string.concat(path, ".delta1G1"));
        key.delta2G1 = vm.parseJsonUintArray(json, string.concat(path, ".delta2G1"));
    }

    /// @dev The same points under another statement: another key id.
    function _renamed(ToyKey memory key, bytes32 statementId)
        internal
        pure
        returns (ToyKey memory renamed)
    {
        renamed = key;
        renamed.statementId = statementId;
        renamed.keyId = keccak256(abi.encode(statementId, key.r1csDigest, key.words));
    }
}
