// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IAttestationConsumer
/// @notice What the registry calls once a proof made out to this contract is verified.
interface IAttestationConsumer {
    /// @notice Takes the words in, or reverts: then the whole attestation is undone and its
    /// sequence stays free.
    /// @dev Must accept calls from its registry only, and only keys whose statement it knows how to
    /// read. Gets exactly IAttestationRegistry.hookGas() gas.
    /// @param keyId Key of the verified statement.
    /// @param dataHash keccak256(k || words): keep this and let readers bring the words.
    /// @param words Header and statement words, each below the scalar modulus.
    function onAttestation(bytes32 keyId, bytes32 dataHash, uint256[] calldata words) external;
}
