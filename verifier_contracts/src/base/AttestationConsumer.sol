// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Ownable, Ownable2Step } from "@openzeppelin/contracts/access/Ownable2Step.sol";
import { EnumerableSet } from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";

import { IAttestationConsumer } from "../interfaces/IAttestationConsumer.sol";

/// @title AttestationConsumer
/// @notice Lets attestations in from one registry and under allowed keys only.
abstract contract AttestationConsumer is IAttestationConsumer, Ownable2Step {
    using EnumerableSet for EnumerableSet.Bytes32Set;

    /// @notice The only contract whose word counts.
    address public immutable registry;

    EnumerableSet.Bytes32Set private _allowedKeys;

    event KeyAllowed(bytes32 indexed keyId, bool isAllowed);

    error NotRegistry(address caller);
    error KeyNotAllowed(bytes32 keyId);
    error KeyUnchanged(bytes32 keyId, bool isAllowed);

    constructor(address owner_, address registry_) Ownable(owner_) {
        registry = registry_;
    }

    /// @inheritdoc IAttestationConsumer
    function onAttestation(bytes32 keyId, bytes32 dataHash, uint256[] calldata words) external {
        if (msg.sender != registry) revert NotRegistry(msg.sender);
        if (!_allowedKeys.contains(keyId)) revert KeyNotAllowed(keyId);
        _consume(keyId, dataHash, words);
    }

    /// @notice The owner allows a key, whose statement this contract must know how to read, or no
    /// longer.
    function setKeyAllowed(bytes32 keyId, bool isAllowed) external onlyOwner {
        bool changed = isAllowed ? _allowedKeys.add(keyId) : _allowedKeys.remove(keyId);
        if (!changed) revert KeyUnchanged(keyId, isAllowed);
        emit KeyAllowed(keyId, isAllowed);
    }

    function allowedKeys() public view returns (bytes32[] memory) {
        return _allowedKeys.values();
    }

    function _consume(bytes32 keyId, bytes32 dataHash, uint256[] calldata words) internal virtual;
}
