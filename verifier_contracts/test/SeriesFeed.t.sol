// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { SeriesFeed } from "../src/SeriesFeed.sol";
import { IMarkBoard } from "../src/interfaces/IMarkBoard.sol";
import { ISeriesFeed } from "../src/interfaces/ISeriesFeed.sol";
import { MarketWords } from "./support/MarketWords.sol";
import { SystemTest } from "./support/SystemTest.sol";

contract SeriesFeedTest is SystemTest {
    uint256 internal constant LANE = 5;

    SeriesFeed internal feed;

    function setUp() public override {
        super.setUp();
        feed = _feed(4);
    }

    /// @dev Lane 5's series as it expires in snapshot 1.
    function _feed(uint8 tickExponent) private returns (SeriesFeed) {
        ISeriesFeed.Series memory series = ISeriesFeed.Series({
            underlying: BTC,
            expiryUnix: START_UNIX + 1 + 86_400,
            strikeTicks: uint40(MarketWords.STRIKE + LANE),
            isPut: true
        });
        return new SeriesFeed(board, series, tickExponent, "BTC put");
    }

    function test_describesItself() public view {
        vm.assertEq(feed.decimals(), 9, "5 + tick exponent");
        vm.assertEq(feed.version(), 1, "version");
        vm.assertEq(address(feed.board()), address(board), "board");
        vm.assertEq(feed.series().strikeTicks, MarketWords.STRIKE + LANE, "strike");
        vm.assertEq(keccak256(bytes(feed.description())), keccak256("BTC put"), "description");
    }

    function test_servesTheMarkInAggregatorShape() public {
        feed.update(_attest(1), LANE);
        (uint80 round, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredIn) =
            feed.latestRoundData();
        vm.assertEq(round, 1, "round");
        vm.assertEq(uint256(answer), MarketWords.FIRST_PRICE + LANE, "answer");
        vm.assertEq(startedAt, START_UNIX + 1, "started");
        vm.assertEq(updatedAt, START_UNIX + 1, "updated");
        vm.assertEq(answeredIn, 1, "answered in");
        (, int256 again,,,) = feed.getRoundData(1);
        vm.assertEq(uint256(again), uint256(answer), "round data");
    }

    function test_refusesRoundsItDoesNotKeep() public {
        vm.expectRevert(abi.encodeWithSelector(ISeriesFeed.RoundUnknown.selector, 0));
        feed.latestRoundData();
        feed.update(_attest(1), LANE);
        vm.expectRevert(abi.encodeWithSelector(ISeriesFeed.RoundUnknown.selector, 2));
        feed.getRoundData(2);
        vm.expectRevert(abi.encodeWithSelector(ISeriesFeed.RoundUnknown.selector, 0));
        feed.getRoundData(0);
    }

    function test_refusesEveryOtherLane() public {
        uint256[] memory words = _attest(1);
        for (uint256 i = 0; i < 16; i++) {
            if (i == LANE) continue;
            bytes memory data = abi.encodeCall(ISeriesFeed.update, (words, i));
            bytes4 selector = ISeriesFeed.SeriesMismatch.selector;
            _assertRefused(address(feed), data, selector, vm.toString(i));
        }
    }

    function test_refusesAnotherExpiryAndTick() public {
        _attest(1);
        uint256[] memory words = _attest(2);
        bytes memory data = abi.encodeCall(ISeriesFeed.update, (words, LANE));
        _assertRefused(address(feed), data, ISeriesFeed.SeriesMismatch.selector, "expiry");
        SeriesFeed other = _feed(5);
        data = abi.encodeCall(ISeriesFeed.update, (_lastOf(1), LANE));
        _assertRefused(address(other), data, IMarkBoard.WordsNotOnBoard.selector, "replaced");
    }

    function test_refusesAnotherTickExponent() public {
        uint256[] memory words = _attest(1);
        SeriesFeed other = _feed(5);
        vm.expectRevert(abi.encodeWithSelector(ISeriesFeed.TickExponentMismatch.selector, 5, 4));
        other.update(words, LANE);
    }

    function test_refusesTheSameSnapshotTwiceAndStaleOnes() public {
        uint256[] memory words = _attest(1);
        feed.update(words, LANE);
        vm.expectRevert(abi.encodeWithSelector(ISeriesFeed.SnapshotNotNewer.selector, 1, 1));
        feed.update(words, LANE);
        vm.warp(block.timestamp + MAX_AGE + 1);
        bytes memory data = abi.encodeCall(ISeriesFeed.update, (words, LANE));
        _assertRefused(address(feed), data, IMarkBoard.MarkStale.selector, "stale");
    }

    function _lastOf(uint48 number) private view returns (uint256[] memory) {
        return _words(number);
    }
}
