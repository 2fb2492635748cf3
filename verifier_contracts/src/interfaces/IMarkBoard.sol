// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IMarkBoard
/// @notice The newest attested marks per underlying and key. The board keeps a hash; readers bring
/// the words.
interface IMarkBoard {
    /// @param dataHash keccak256(k || words) of the attestation.
    /// @param snapshotNumber Number of the market snapshot.
    /// @param snapshotUnix Time of the market snapshot.
    /// @param recordedUnix Time of the block that brought it.
    struct Entry {
        bytes32 dataHash;
        uint48 snapshotNumber;
        uint40 snapshotUnix;
        uint40 recordedUnix;
    }

    /// @param strikeTicks A tick is 10^-tickExponent of the quote currency.
    /// @param volatility In units of 2e-8.
    /// @param priceAtoms An atom is 10^-(5 + tickExponent) of the quote currency.
    struct Mark {
        bytes12 underlying;
        uint40 expiryUnix;
        uint40 strikeTicks;
        bool isPut;
        uint8 tickExponent;
        uint32 volatility;
        uint56 priceAtoms;
        uint48 snapshotNumber;
        uint40 snapshotUnix;
    }

    event BoardUpdated(
        bytes12 indexed underlying,
        bytes32 indexed keyId,
        uint48 snapshotNumber,
        uint40 snapshotUnix,
        bytes32 dataHash
    );

    error SnapshotNotNewer(uint48 last, uint48 snapshotNumber);

    /// @notice The words are not those of so many lanes, 16 a group: every mark would be read from
    /// another's place.
    error LanesMismatch(uint256 laneCount, uint256 wordCount);

    /// @notice The words are not the newest attested ones of any allowed key.
    error WordsNotOnBoard(bytes12 underlying, bytes32 dataHash);
    error MarkStale(uint40 snapshotUnix, uint256 nowUnix, uint256 maxAgeSeconds);
    error LaneOutOfRange(uint256 index, uint256 laneCount);

    /// @notice Reads one lane of attested words; reverts if they are not on the board or too old.
    /// @param index Lane, 16 a group, padding lanes counted (they repeat real options).
    function readMark(uint256[] calldata words, uint256 index) external view returns (Mark memory);

    /// @notice The entry of an underlying and a key; all zero where there is none.
    function entryOf(bytes12 underlying, bytes32 keyId) external view returns (Entry memory);

    /// @notice Oldest snapshot whose marks are still read.
    function maxMarkAgeSeconds() external view returns (uint256);
}
