// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { AttestationConsumer } from "./base/AttestationConsumer.sol";
import { IMarkBoard } from "./interfaces/IMarkBoard.sol";
import { HeaderWords } from "./libraries/HeaderWords.sol";
import { OptionMarksWords } from "./libraries/OptionMarksWords.sol";
import { Transcript } from "./libraries/Transcript.sol";

/// @title MarkBoard
/// @notice See IMarkBoard. Allowed keys must be keys of `option_marks`; those without 16 lanes a
/// group are refused.
contract MarkBoard is IMarkBoard, AttestationConsumer {
    /// @inheritdoc IMarkBoard
    uint256 public immutable maxMarkAgeSeconds;

    mapping(bytes12 underlying => mapping(bytes32 keyId => Entry)) private _entries;

    constructor(address owner_, address registry_, uint256 maxMarkAgeSeconds_)
        AttestationConsumer(owner_, registry_)
    {
        maxMarkAgeSeconds = maxMarkAgeSeconds_;
    }

    /* VIEWS */

    /// @inheritdoc IMarkBoard
    function readMark(uint256[] calldata words, uint256 index)
        external
        view
        returns (Mark memory mark)
    {
        uint256 marketWord = words[OptionMarksWords.MARKET_INDEX];
        mark.underlying = OptionMarksWords.underlying(marketWord);
        Entry memory entry = _entryWith(mark.underlying, Transcript.dataHash(words));
        if (block.timestamp > entry.snapshotUnix + maxMarkAgeSeconds) {
            revert MarkStale(entry.snapshotUnix, block.timestamp, maxMarkAgeSeconds);
        }
        uint256 laneCount = OptionMarksWords.laneCount(marketWord);
        if (index >= laneCount) revert LaneOutOfRange(index, laneCount);

        mark.expiryUnix = OptionMarksWords.expiryUnix(words, index);
        (mark.strikeTicks, mark.volatility, mark.isPut) = OptionMarksWords.option(words, index);
        mark.tickExponent = OptionMarksWords.tickExponent(marketWord);
        mark.priceAtoms = OptionMarksWords.priceAtoms(words, index);
        mark.snapshotNumber = entry.snapshotNumber;
        mark.snapshotUnix = entry.snapshotUnix;
    }

    /// @inheritdoc IMarkBoard
    function entryOf(bytes12 underlying, bytes32 keyId) external view returns (Entry memory) {
        return _entries[underlying][keyId];
    }

    /// @dev The words do not name their key, and a board allows few of them: look through all.
    function _entryWith(bytes12 underlying, bytes32 dataHash) private view returns (Entry memory) {
        bytes32[] memory keyIds = allowedKeys();
        for (uint256 i = 0; i < keyIds.length; i++) {
            Entry storage entry = _entries[underlying][keyIds[i]];
            if (entry.dataHash == dataHash) return entry;
        }
        revert WordsNotOnBoard(underlying, dataHash);
    }

    /* HOOK */

    /// @inheritdoc AttestationConsumer
    function _consume(bytes32 keyId, bytes32 dataHash, uint256[] calldata words) internal override {
        uint256 marketWord = words[OptionMarksWords.MARKET_INDEX];
        if (!OptionMarksWords.isLaidOut(words)) {
            revert LanesMismatch(OptionMarksWords.laneCount(marketWord), words.length);
        }
        bytes12 underlying = OptionMarksWords.underlying(marketWord);
        uint48 number = HeaderWords.sequence(words[HeaderWords.CALL_INDEX]);
        uint40 snapshotUnix = OptionMarksWords.snapshotUnix(marketWord);

        Entry storage entry = _entries[underlying][keyId];
        if (number <= entry.snapshotNumber) revert SnapshotNotNewer(entry.snapshotNumber, number);
        uint40 recordedUnix = uint40(block.timestamp);
        _entries[underlying][keyId] = Entry(dataHash, number, snapshotUnix, recordedUnix);
        emit BoardUpdated(underlying, keyId, number, snapshotUnix, dataHash);
    }
}
