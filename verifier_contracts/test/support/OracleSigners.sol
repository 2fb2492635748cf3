// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IMarketOracle } from "../../src/interfaces/IMarketOracle.sol";
import { BaseTest } from "./BaseTest.sol";

/// @notice Three signers with known keys, sorted by address.
abstract contract OracleSigners is BaseTest {
    uint256[3] internal signerKeys = [uint256(11), 12, 13];

    constructor() {
        for (uint256 i = 0; i < 3; i++) {
            for (uint256 j = i + 1; j < 3; j++) {
                if (vm.addr(signerKeys[i]) > vm.addr(signerKeys[j])) {
                    (signerKeys[i], signerKeys[j]) = (signerKeys[j], signerKeys[i]);
                }
            }
        }
    }

    function _signers() internal view returns (address[] memory signers) {
        signers = new address[](3);
        for (uint256 i = 0; i < 3; i++) {
            signers[i] = vm.addr(signerKeys[i]);
        }
    }

    /// @dev Signatures of the first `count` signers.
    function _sign(
        IMarketOracle oracle,
        IMarketOracle.MarketSnapshot memory snapshot,
        uint256 count
    ) internal view returns (bytes[] memory signatures) {
        bytes32 digest = oracle.snapshotDigest(snapshot);
        signatures = new bytes[](count);
        for (uint256 i = 0; i < count; i++) {
            signatures[i] = _signature(signerKeys[i], digest);
        }
    }

    function _signature(uint256 privateKey, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(privateKey, digest);
        return abi.encodePacked(r, s, v);
    }
}
