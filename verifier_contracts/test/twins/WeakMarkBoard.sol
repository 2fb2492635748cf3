// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IMarkBoard } from "../../src/interfaces/IMarkBoard.sol";
import { HeaderWords } from "../../src/libraries/HeaderWords.sol";
import { OptionMarksWords } from "../../src/libraries/OptionMarksWords.sol";
import { Transcript } from "../../src/libraries/Transcript.sol";

/// @notice MarkBoard with one guard taken out at a time.
contract WeakMarkBoard {
    enum Hole {
        None,
        AnySender,
        AnyKey,
        AnyWords,
        AnyLanes,
        Staleness
    }

    address private immutable REGISTRY;
    bytes32 private immutable KEY_ID;
    uint256 private immutable MAX_AGE;
    Hole private immutable HOLE;
    bytes32 private _dataHash;
    uint40 private _snapshotUnix;

    constructor(address registry, bytes32 keyId, uint256 maxAge, Hole hole) {
        (REGISTRY, KEY_ID, MAX_AGE, HOLE) = (registry, keyId, maxAge, hole);
    }

    function onAttestation(bytes32 keyId, bytes32 dataHash, uint256[] calldata words) external {
        require(HOLE == Hole.AnySender || msg.sender == REGISTRY, "registry");
        require(HOLE == Hole.AnyKey || keyId == KEY_ID, "key");
        require(HOLE == Hole.AnyLanes || OptionMarksWords.isLaidOut(words), "lanes");
        _dataHash = dataHash;
        _snapshotUnix = OptionMarksWords.snapshotUnix(words[OptionMarksWords.MARKET_INDEX]);
    }

    function readPrice(uint256[] calldata words, uint256 lane) external view returns (uint56) {
        require(HOLE == Hole.AnyWords || Transcript.dataHash(words) == _dataHash, "words");
        require(HOLE == Hole.Staleness || block.timestamp <= _snapshotUnix + MAX_AGE, "stale");
        return OptionMarksWords.priceAtoms(words, lane);
    }
}
