// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IProofVerifier
/// @notice Verifies proofs of one statement under one verifying key.
///
/// A proof is ten words: A (x, y), B (x imaginary, x real, y imaginary, y real), C (x, y), D (x,
/// y). D commits to every wire that does not depend on the challenge; the challenge is drawn from D
/// and the words.
interface IProofVerifier {
    /// @notice The call's data is not exactly one proof and the statement's words.
    error CalldataLengthMismatch(uint256 expected, uint256 received);

    /// @notice The statement has another number of words.
    error WordCountMismatch(uint256 expected, uint256 received);

    /// @notice A word is not below the scalar modulus.
    error WordOutsideField(uint256 index, uint256 word);

    /// @notice A coordinate of the proof is not below the base modulus.
    error CoordinateOutsideField(uint256 index, uint256 coordinate);

    /// @notice A point of the proof is (0, 0); `index` is that of its first coordinate.
    error ProofPointAtInfinity(uint256 index);

    /// @notice The points are well formed but the pairing equation does not hold.
    error ProofRejected();

    /// @notice A statement has at least one word.
    error WordCountIsZero();

    /// @notice A point of the verifying key is (0, 0); `index` is that of its first word.
    error KeyPointAtInfinity(uint256 index);

    /// @notice A point of the verifying key is plus or minus the generator.
    error KeyPointAtGenerator(uint256 index);

    /// @notice Two points of the verifying key are equal or opposite.
    error KeyPointsRelated(uint256 index, uint256 otherIndex);

    /// @notice A point of the verifying key is off its curve or outside its group.
    error KeyPointInvalid();

    /// @notice keccak256(abi.encode(name, version, keccak256(parameters))).
    function statementId() external view returns (bytes32);

    /// @notice keccak256 of the constraint system's canonical bytes.
    function r1csDigest() external view returns (bytes32);

    /// @notice keccak256(abi.encode(statementId, r1csDigest, keyWords)), computed at construction.
    function keyId() external view returns (bytes32);

    /// @notice Number of words of the statement, header included.
    function wordCount() external view returns (uint256);

    /// @notice alpha (G1), beta, gamma, delta_1, delta_2 (G2), gamma_abc[0..2] (G1).
    function keyWords() external view returns (uint256[24] memory);

    /// @notice Returns the data hash of the words if the proof is valid, and reverts otherwise.
    /// @dev About 233,400 gas for eight words and 74 for each further one (at 1,024). A malformed point
    /// costs at most the cap given to the pairing precompile.
    function verify(uint256[10] calldata proof, uint256[] calldata words)
        external
        view
        returns (bytes32 dataHash);
}
