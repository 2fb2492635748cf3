// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IAggregatorV3 } from "./interfaces/IAggregatorV3.sol";
import { IMarkBoard } from "./interfaces/IMarkBoard.sol";
import { ISeriesFeed } from "./interfaces/ISeriesFeed.sol";
import { OptionMarksWords } from "./libraries/OptionMarksWords.sol";

/// @title SeriesFeed
/// @notice See ISeriesFeed.
contract SeriesFeed is ISeriesFeed {
    /// @inheritdoc IAggregatorV3
    string public description;
    /// @inheritdoc IAggregatorV3
    uint256 public constant version = 1;
    /// @inheritdoc IAggregatorV3
    uint8 public immutable decimals;
    /// @inheritdoc ISeriesFeed
    IMarkBoard public immutable board;

    bytes12 private immutable UNDERLYING;
    uint40 private immutable EXPIRY_UNIX;
    uint40 private immutable STRIKE_TICKS;
    bool private immutable IS_PUT;

    /// @dev One slot; a snapshot number is never zero.
    struct Round {
        uint48 snapshotNumber;
        uint40 snapshotUnix;
        uint56 priceAtoms;
    }

    Round private _latest;

    /// @param tickExponent_ That of the underlying's registry entry; marks with another one are
    /// refused.
    constructor(
        IMarkBoard board_,
        Series memory series_,
        uint8 tickExponent_,
        string memory description_
    ) {
        board = board_;
        UNDERLYING = series_.underlying;
        EXPIRY_UNIX = series_.expiryUnix;
        STRIKE_TICKS = series_.strikeTicks;
        IS_PUT = series_.isPut;
        decimals = OptionMarksWords.ATOM_DECIMALS + tickExponent_;
        description = description_;
    }

    /// @inheritdoc ISeriesFeed
    function update(uint256[] calldata words, uint256 index) external {
        IMarkBoard.Mark memory mark = board.readMark(words, index);
        _checkSeries(mark);
        if (mark.snapshotNumber <= _latest.snapshotNumber) {
            revert SnapshotNotNewer(_latest.snapshotNumber, mark.snapshotNumber);
        }
        _latest = Round(mark.snapshotNumber, mark.snapshotUnix, mark.priceAtoms);
        emit MarkUpdated(mark.snapshotNumber, mark.priceAtoms, mark.snapshotUnix);
    }

    function _checkSeries(IMarkBoard.Mark memory mark) private view {
        bool isOurs = mark.underlying == UNDERLYING && mark.expiryUnix == EXPIRY_UNIX
            && mark.strikeTicks == STRIKE_TICKS && mark.isPut == IS_PUT;
        if (!isOurs) {
            revert SeriesMismatch(
                series(), Series(mark.underlying, mark.expiryUnix, mark.strikeTicks, mark.isPut)
            );
        }
        uint8 tickExponent = decimals - OptionMarksWords.ATOM_DECIMALS;
        if (mark.tickExponent != tickExponent) {
            revert TickExponentMismatch(tickExponent, mark.tickExponent);
        }
    }

    /* VIEWS */

    /// @inheritdoc ISeriesFeed
    function series() public view returns (Series memory) {
        return Series(UNDERLYING, EXPIRY_UNIX, STRIKE_TICKS, IS_PUT);
    }

    /// @inheritdoc IAggregatorV3
    function getRoundData(uint80 roundId)
        external
        view
        returns (
            uint80,
            int256 answer,
            uint256 startedAt,
            uint256 updatedAt,
            uint80 answeredInRound
        )
    {
        if (roundId == 0 || roundId != _latest.snapshotNumber) {
            revert RoundUnknown(roundId);
        }
        return _roundData();
    }

    /// @inheritdoc IAggregatorV3
    function latestRoundData()
        external
        view
        returns (
            uint80 roundId,
            int256 answer,
            uint256 startedAt,
            uint256 updatedAt,
            uint80 answeredInRound
        )
    {
        if (_latest.snapshotNumber == 0) revert RoundUnknown(0);
        return _roundData();
    }

    function _roundData() private view returns (uint80, int256, uint256, uint256, uint80) {
        Round memory round = _latest;
        uint256 unixTime = round.snapshotUnix;
        return (
            round.snapshotNumber,
            int256(uint256(round.priceAtoms)),
            unixTime,
            unixTime,
            round.snapshotNumber
        );
    }
}
