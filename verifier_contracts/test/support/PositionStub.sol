// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { MarginConsumer } from "../../src/base/MarginConsumer.sol";
import { MarginGated } from "../../src/base/MarginGated.sol";
import { IAttestationRegistry } from "../../src/interfaces/IAttestationRegistry.sol";

/// @notice A gated protocol that keeps its books by their hash.
contract PositionStub is MarginGated {
    mapping(bytes32 account => Position) private _positions;

    constructor(
        address owner_,
        IAttestationRegistry registry_,
        bytes12 underlying_,
        bytes32 parametersDigest_,
        Rules memory rules_
    ) MarginConsumer(owner_, registry_, underlying_, parametersDigest_, rules_) { }

    function setPosition(bytes32 account, Position calldata position) external {
        _positions[account] = position;
    }

    function _positionOf(bytes32 account) internal view override returns (Position memory) {
        return _positions[account];
    }
}
