// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IMarketOracle } from "./IMarketOracle.sol";
import { IVerifierRouter } from "./IVerifierRouter.sol";

/// @title IAttestationRegistry
/// @notice Where proofs become attestations: checks what the circuit cannot know (chain, time,
/// market, order), has the proof verified, appends to a hash chain and tells the consumer. Nothing
/// is stored per word.
///
/// Statements are of two kinds; the route says which. A market statement is about an underlying:
/// its subject is the underlying, its sequence a snapshot's number, its market words are hashed and
/// compared. An account statement is about an account of its consumer: its subject is the account,
/// its sequence the consumer's to give out, its market named by digest. Of which underlying, by
/// which parameters, and how far behind the newest snapshot it may be, the consumer decides. The
/// breaker stops market statements; whether an account may still show that it is covered is the
/// consumer's business, and it should.
interface IAttestationRegistry {
    /// @param chainHead Head of the hash chain with this attestation in it.
    event Attested(
        bytes32 indexed keyId,
        address indexed consumer,
        bytes32 indexed subject,
        uint48 sequence,
        bytes32 dataHash,
        bytes32 chainHead
    );

    /// @notice The call's data is not exactly a key id, a proof and the words.
    error CalldataLengthMismatch(uint256 expected, uint256 received);
    error WordCountMismatch(uint256 expected, uint256 received);
    error ChainIdMismatch(uint256 expected, uint256 received);
    error RegistryMismatch(address expected, address received);

    /// @notice Word 1 has bits above the consumer.
    error CallWordOutOfRange(uint256 word);

    /// @notice The header is valid no longer, and its snapshot thereby too old.
    error AttestationExpired(uint40 validUntil, uint256 nowUnix);

    /// @notice The consumer's address holds no contract.
    error ConsumerWithoutCode(address consumer);

    /// @notice The header's subject is not the underlying of the market words.
    error SubjectMismatch(uint256 subject, uint256 underlying);
    error BreakerTripped();

    /// @notice The market words are not those of the snapshot with the header's number.
    error MarketHashMismatch(bytes32 expected, bytes32 received);

    /// @notice The words carry another time than the snapshot.
    error SnapshotTimeMismatch(uint40 expected, uint40 received);

    /// @notice The words of an account statement carry another spot than the snapshot.
    error SpotMismatch(uint256 expected, uint256 received);

    /// @notice An attestation is valid until its snapshot is maxSnapshotAgeSeconds old, not shorter
    /// and not longer. The words of a snapshot leave nothing for their sender to choose; a proof
    /// about an account can neither be kept for later nor be made to look older than it is.
    error ValidUntilMismatch(uint256 expected, uint40 received);

    /// @notice These words are attested already: whoever wanted that has it.
    error AlreadyAttested(bytes32 keyId, address consumer, bytes32 subject, uint48 sequence);

    /// @notice A later sequence is attested already, or this one, and not with these words.
    error SequenceNotIncreasing(uint48 last, uint48 sequence);

    /// @notice The transaction left the consumer's hook less gas than it is promised.
    error HookGasMissing(uint256 required, uint256 available);

    /// @notice Attests words. Anybody may call: the header says whom they are for.
    /// @dev The gas limit has to leave the hook its gas even where it uses less.
    function attest(bytes32 keyId, uint256[10] calldata proof, uint256[] calldata words) external;

    function router() external view returns (IVerifierRouter);

    function oracle() external view returns (IMarketOracle);

    /// @notice Oldest snapshot that is still attested; with its time a header's validUntil, which
    /// has 40 bits.
    function maxSnapshotAgeSeconds() external view returns (uint256);

    /// @notice Gas a consumer's hook gets, whoever submits.
    function hookGas() external view returns (uint256);

    /// @notice head_0 = keccak256(chain id || this contract), head_n = keccak256(head_(n-1) ||
    /// digest_n), digest = keccak256(keyId || dataHash).
    function chainHead() external view returns (bytes32);

    /// @notice Sequence of the last attestation and the first 26 bytes of its digest; zeros where
    /// there is none.
    function lastAttestation(bytes32 keyId, address consumer, bytes32 subject)
        external
        view
        returns (uint48 sequence, bytes26 digestPrefix);
}
