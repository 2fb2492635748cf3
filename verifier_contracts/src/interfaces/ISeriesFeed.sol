// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IAggregatorV3 } from "./IAggregatorV3.sol";
import { IMarkBoard } from "./IMarkBoard.sol";

/// @title ISeriesFeed
/// @notice The mark of one option series in AggregatorV3 shape: the answer counts price atoms, the
/// round is the snapshot's number, both times are the snapshot's (when the market looked so, not
/// when somebody told us).
interface ISeriesFeed is IAggregatorV3 {
    struct Series {
        bytes12 underlying;
        uint40 expiryUnix;
        uint40 strikeTicks;
        bool isPut;
    }

    event MarkUpdated(uint48 indexed snapshotNumber, uint56 priceAtoms, uint40 snapshotUnix);

    /// @notice The lane holds another series.
    error SeriesMismatch(Series expected, Series received);
    error TickExponentMismatch(uint8 expected, uint8 received);
    error SnapshotNotNewer(uint48 last, uint48 snapshotNumber);

    /// @notice Only the latest round is kept; round 0 asked for means that there is none yet.
    error RoundUnknown(uint80 roundId);

    /// @notice Takes the series' mark from the board. Anybody may call, with the attested words and
    /// the lane.
    function update(uint256[] calldata words, uint256 index) external;

    function board() external view returns (IMarkBoard);

    function series() external view returns (Series memory);
}
