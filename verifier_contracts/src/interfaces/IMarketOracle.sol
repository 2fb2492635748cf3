// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IMarketOracle
/// @notice Market snapshots under n-of-m signatures.
///
/// Signers sign EIP-712 typed data: domain name "proofmark MarketOracle", version "1", chain id,
/// this contract; type MarketSnapshot(bytes12 underlying,uint48 number,uint40 snapshotUnix,bytes32
/// marketHash,uint256 spot,uint32 atTheMoneyVolatility,bytes32 marketDigest).
interface IMarketOracle {
    /// @param underlying First 12 bytes of keccak256(symbol).
    /// @param number Counts the snapshots of the underlying; increasing, gaps allowed.
    /// @param snapshotUnix Time of the market data, whole seconds.
    /// @param marketHash keccak256 of the market words, 32 bytes each.
    /// @param spot Price of the underlying in ticks, in (0, 2^184).
    /// @param atTheMoneyVolatility Units of 2e-8, below 2^28; not zero beside a market digest.
    /// @param marketDigest Poseidon digest of the margin listing, below the scalar modulus; zero
    /// where the snapshot has none.
    struct MarketSnapshot {
        bytes12 underlying;
        uint48 number;
        uint40 snapshotUnix;
        bytes32 marketHash;
        uint256 spot;
        uint32 atTheMoneyVolatility;
        bytes32 marketDigest;
    }

    event SnapshotAccepted(
        bytes12 indexed underlying,
        uint48 indexed number,
        uint40 snapshotUnix,
        bytes32 marketHash,
        uint256 spot,
        uint32 atTheMoneyVolatility,
        bytes32 marketDigest
    );

    /// @notice The spot moved above the limit: the next snapshot has to confirm it.
    event SnapshotHeld(
        bytes12 indexed underlying, uint48 indexed number, uint256 spot, uint256 acceptedSpot
    );
    event SignerSet(address indexed signer, bool isSigner);
    event ThresholdSet(uint256 threshold);
    event SpotMoveLimitSet(uint256 spotMoveLimitBps);

    error TooFewSignatures(uint256 required, uint256 received);
    error SignatureInvalid(uint256 index);
    error UnknownSigner(uint256 index, address signer);

    /// @notice Signatures are sorted by signer, strictly ascending; the same signer twice is
    /// refused here.
    error SignersNotAscending(uint256 index, address previous, address signer);
    error SnapshotInFuture(uint40 snapshotUnix, uint256 nowUnix);
    error SnapshotTimeNotIncreasing(uint40 lastUnix, uint40 snapshotUnix);
    error SnapshotNumberNotIncreasing(uint48 last, uint48 number);
    error SpotOutOfRange(uint256 spot);
    error VolatilityOutOfRange(uint32 atTheMoneyVolatility);
    error MarketDigestOutOfRange(bytes32 marketDigest);
    error MarketHashRepeated(bytes32 marketHash);
    error MarketDigestRepeated(bytes32 marketDigest);
    error SnapshotUnknown(bytes12 underlying, uint48 number);
    error MarketHashUnknown(bytes32 marketHash);
    error MarketDigestUnknown(bytes32 marketDigest);

    /// @notice A threshold is more than half of the signers (two quorums share one) and at most
    /// all.
    error ThresholdOutOfRange(uint256 threshold, uint256 signerCount);
    error SignerUnchanged(address signer, bool isSigner);
    error SignerIsZero();
    error SpotMoveLimitOutOfRange(uint256 spotMoveLimitBps);

    /// @notice Records a snapshot. Anybody may submit. A move of spot above the limit is held back:
    /// it enters when a later snapshot, within the limit of the held one, repeats it; only that
    /// later one is then accepted.
    /// @param signatures 65 bytes each (r, s, v), sorted by signer; more than the threshold are
    /// welcome.
    /// @return accepted False if the snapshot is held.
    function submit(MarketSnapshot calldata snapshot, bytes[] calldata signatures)
        external
        returns (bool accepted);

    /// @notice Guardian or owner stop new marks, new risk and withdrawals; snapshots are still
    /// recorded.
    function tripBreaker() external;

    /// @notice The owner lets them in again.
    function resetBreaker() external;

    /// @notice Changes a signer and, with the number of signers, the threshold: some steps (from one
    /// signer to two) are none apart.
    function setSigner(address signer, bool isSigner_, uint256 threshold_) external;

    function setThreshold(uint256 threshold_) external;

    function setSpotMoveLimit(uint256 spotMoveLimitBps_) external;

    function isSigner(address account) external view returns (bool);

    function signerCount() external view returns (uint256);

    function threshold() external view returns (uint256);

    /// @notice Largest move of spot, in basis points of the last accepted one, that needs no
    /// confirmation.
    function spotMoveLimitBps() external view returns (uint256);

    function breakerTripped() external view returns (bool);

    /// @notice An accepted snapshot; reverts with SnapshotUnknown where there is none.
    function snapshotOf(bytes12 underlying, uint48 number)
        external
        view
        returns (MarketSnapshot memory);

    /// @notice What a market attestation is compared with: snapshotOf without the rest.
    function marketOf(bytes12 underlying, uint48 number)
        external
        view
        returns (bytes32 marketHash, uint40 snapshotUnix);

    /// @notice The accepted snapshot with these market words; reverts with MarketHashUnknown where
    /// there is none.
    function snapshotByMarketHash(bytes32 marketHash) external view returns (MarketSnapshot memory);

    /// @notice The accepted snapshot with this margin listing; reverts with MarketDigestUnknown
    /// where there is none.
    function snapshotByMarketDigest(bytes32 marketDigest)
        external
        view
        returns (MarketSnapshot memory);

    /// @notice The last accepted snapshot; reverts with SnapshotUnknown where there is none.
    function latestSnapshot(bytes12 underlying) external view returns (MarketSnapshot memory);

    /// @notice Number of the last accepted snapshot; 0 where there is none.
    function latestNumber(bytes12 underlying) external view returns (uint48);

    /// @notice The snapshot that waits for its confirmation; all zero where there is none.
    function heldSnapshot(bytes12 underlying) external view returns (MarketSnapshot memory);

    /// @notice What the signers sign.
    function snapshotDigest(MarketSnapshot calldata snapshot) external view returns (bytes32);
}
