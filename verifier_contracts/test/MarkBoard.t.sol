// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Ownable } from "@openzeppelin/contracts/access/Ownable.sol";

import { AttestationConsumer } from "../src/base/AttestationConsumer.sol";
import { IMarkBoard } from "../src/interfaces/IMarkBoard.sol";
import { MarketWords } from "./support/MarketWords.sol";
import { SystemTest } from "./support/SystemTest.sol";
import { ToyKey } from "./support/ToyKeys.sol";
import { WeakMarkBoard } from "./twins/WeakMarkBoard.sol";

contract MarkBoardTest is SystemTest {
    address internal constant STRANGER = address(0xbad);

    /* READING */

    function test_readsEveryLane() public {
        uint256[] memory words = _attest(1);
        for (uint256 i = 0; i < 16; i++) {
            IMarkBoard.Mark memory mark = board.readMark(words, i);
            vm.assertEq(bytes32(mark.underlying), bytes32(BTC), "underlying");
            vm.assertEq(mark.expiryUnix, START_UNIX + 1 + 86_400, "expiry");
            vm.assertEq(mark.strikeTicks, MarketWords.STRIKE + i, "strike");
            vm.assertEq(mark.volatility, MarketWords.VOLATILITY + i, "volatility");
            vm.assertEq(mark.isPut ? 1 : 0, i % 2, "put");
            vm.assertEq(mark.priceAtoms, MarketWords.FIRST_PRICE + i, "price");
            vm.assertEq(mark.tickExponent, 4, "tick exponent");
            vm.assertEq(mark.snapshotNumber, 1, "snapshot number");
            vm.assertEq(mark.snapshotUnix, START_UNIX + 1, "snapshot time");
        }
    }

    function test_readsLanesOfTwoGroups() public {
        ToyKey memory wide = _renamed(_key("sound"), keccak256("two groups"));
        _route(wide, 2);
        board.setKeyAllowed(wide.keyId, true);
        uint256[] memory words = MarketWords.build(_header(3), BTC, START_UNIX + 3, 2);
        _submit(_snapshotOf(words, 3, 2));
        registry.attest(wide.keyId, _prove(wide, words, 1), words);
        for (uint256 i = 0; i < 32; i++) {
            IMarkBoard.Mark memory mark = board.readMark(words, i);
            vm.assertEq(mark.expiryUnix, START_UNIX + 3 + (i / 16 + 1) * 86_400, "expiry");
            vm.assertEq(mark.strikeTicks, MarketWords.STRIKE + i, "strike");
            vm.assertEq(mark.priceAtoms, MarketWords.FIRST_PRICE + i, "price");
        }
    }

    function test_keepsEntry() public {
        uint256[] memory words = _attest(1);
        IMarkBoard.Entry memory entry = board.entryOf(BTC, key.keyId);
        vm.assertEq(entry.dataHash, keccak256(abi.encodePacked(words.length, words)), "hash");
        vm.assertEq(entry.snapshotNumber, 1, "number");
        vm.assertEq(entry.snapshotUnix, START_UNIX + 1, "snapshot time");
        vm.assertEq(entry.recordedUnix, block.timestamp, "recorded");
    }

    function test_newestWins() public {
        uint256[] memory older = _attest(1);
        uint256[] memory newer = _attest(2);
        vm.assertEq(board.readMark(newer, 0).snapshotNumber, 2, "newer");
        _refuse(abi.encodeCall(IMarkBoard.readMark, (older, 0)), _notOnBoard(), "older");
    }

    /* MUST FAIL */

    function test_refusesOtherWords() public {
        uint256[] memory words = _attest(1);
        for (uint256 i = 0; i < words.length; i++) {
            words[i] ^= 1;
            _refuse(abi.encodeCall(IMarkBoard.readMark, (words, 0)), _notOnBoard(), "altered");
            words[i] ^= 1;
        }
        bytes memory data = abi.encodeCall(IMarkBoard.readMark, (_words(2), 0));
        _refuse(data, _notOnBoard(), "unattested");
        _refuse(abi.encodeCall(IMarkBoard.readMark, (new uint256[](4), 0)), _notOnBoard(), "empty");

        WeakMarkBoard twin = _twin(WeakMarkBoard.Hole.AnyWords);
        _hookTwin(twin, key.keyId, words);
        words[14] ^= 1;
        twin.readPrice(words, 15);
    }

    function test_refusesStaleMark() public {
        uint256[] memory words = _attest(1);
        vm.warp(START_UNIX + 1 + MAX_AGE);
        board.readMark(words, 0);
        vm.warp(START_UNIX + 1 + MAX_AGE + 1);
        bytes4 selector = IMarkBoard.MarkStale.selector;
        _refuse(abi.encodeCall(IMarkBoard.readMark, (words, 0)), selector, "stale");

        WeakMarkBoard twin = _twin(WeakMarkBoard.Hole.Staleness);
        _hookTwin(twin, key.keyId, words);
        twin.readPrice(words, 0);
    }

    function test_refusesLaneOutOfRange() public {
        uint256[] memory words = _attest(1);
        vm.expectRevert(abi.encodeWithSelector(IMarkBoard.LaneOutOfRange.selector, 16, 16));
        board.readMark(words, 16);
    }

    function test_refusesHookFromAnybodyButTheRegistry() public {
        uint256[] memory words = _words(1);
        bytes32 dataHash = keccak256(abi.encodePacked(words.length, words));
        bytes memory data =
            abi.encodeCall(AttestationConsumer.onAttestation, (key.keyId, dataHash, words));
        _refuse(data, AttestationConsumer.NotRegistry.selector, "not the registry");
        _twin(WeakMarkBoard.Hole.AnySender).onAttestation(key.keyId, dataHash, words);
    }

    /// @dev A key of 2 x 15: read as 2 x 16, its prices are those of other lanes.
    function test_refusesWordsOfFewerLanes() public {
        uint256[] memory words = MarketWords.buildLanes(_header(1), BTC, START_UNIX + 1, 2, 15);
        vm.assertEq(words.length, 24, "one less than of 16 lanes");
        _refuseHook(words, IMarkBoard.LanesMismatch.selector, "prices");
        _refuseHook(_resized(words, 84), IMarkBoard.LanesMismatch.selector, "Greeks");

        WeakMarkBoard tight = _twin(WeakMarkBoard.Hole.None);
        vm.prank(address(registry));
        (bool success,) = address(tight).call(_hookCall(words));
        vm.assertTrue(!success, "refused by the twin without hole");
        WeakMarkBoard twin = _twin(WeakMarkBoard.Hole.AnyLanes);
        _hookTwin(twin, key.keyId, words);
        vm.assertEq(twin.readPrice(words, 0), MarketWords.FIRST_PRICE + 4, "another's price");
    }

    function test_takesPricesAloneAndWithGreeksOnly() public {
        uint48 number = 1;
        for (uint256 length = 4; length < 120; length++) {
            uint256[] memory words = _resized(MarketWords.build(_header(number), BTC, 0, 2), length);
            if (length != 25 && length != 25 + 64) {
                _refuseHook(words, IMarkBoard.LanesMismatch.selector, vm.toString(length));
                continue;
            }
            vm.prank(address(registry));
            _assertAccepted(address(board), _hookCall(words), vm.toString(length));
            number++;
        }
        vm.assertEq(board.entryOf(BTC, key.keyId).snapshotNumber, 2, "both");
    }

    function test_refusesKeysThatAreNotAllowed() public {
        ToyKey memory foreign = _renamed(_key("sound"), keccak256("another statement"));
        _route(foreign, GROUPS);
        uint256[] memory words = _words(1);
        _submit(_snapshot(1));
        uint256[10] memory proof = _prove(foreign, words, 1);
        vm.expectRevert(
            abi.encodeWithSelector(AttestationConsumer.KeyNotAllowed.selector, foreign.keyId)
        );
        registry.attest(foreign.keyId, proof, words);
        _hookTwin(_twin(WeakMarkBoard.Hole.AnyKey), foreign.keyId, words);
    }

    function test_refusesMarksOfKeysNoLongerAllowed() public {
        uint256[] memory words = _attest(1);
        board.setKeyAllowed(key.keyId, false);
        vm.assertEq(board.allowedKeys().length, 0, "no key");
        _refuse(abi.encodeCall(IMarkBoard.readMark, (words, 0)), _notOnBoard(), "key gone");
    }

    function test_onlyOwnerAllowsKeys() public {
        vm.prank(STRANGER);
        vm.expectRevert(
            abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, STRANGER)
        );
        board.setKeyAllowed(bytes32(uint256(1)), true);
        vm.expectRevert(
            abi.encodeWithSelector(AttestationConsumer.KeyUnchanged.selector, key.keyId, true)
        );
        board.setKeyAllowed(key.keyId, true);
    }

    /* HELPERS */

    function _refuse(bytes memory data, bytes4 selector, string memory what) private {
        _assertRefused(address(board), data, selector, what);
    }

    function _refuseHook(uint256[] memory words, bytes4 selector, string memory what) private {
        vm.prank(address(registry));
        _refuse(_hookCall(words), selector, what);
    }

    function _hookCall(uint256[] memory words) private view returns (bytes memory) {
        bytes32 dataHash = keccak256(abi.encodePacked(words.length, words));
        return abi.encodeCall(AttestationConsumer.onAttestation, (key.keyId, dataHash, words));
    }

    /// @dev The first words, or the words and zeros after them.
    function _resized(uint256[] memory words, uint256 length)
        private
        pure
        returns (uint256[] memory resized)
    {
        resized = new uint256[](length);
        for (uint256 i = 0; i < words.length && i < length; i++) {
            resized[i] = words[i];
        }
    }

    function _notOnBoard() private pure returns (bytes4) {
        return IMarkBoard.WordsNotOnBoard.selector;
    }

    function _twin(WeakMarkBoard.Hole hole) private returns (WeakMarkBoard) {
        return new WeakMarkBoard(address(registry), key.keyId, MAX_AGE, hole);
    }

    function _hookTwin(WeakMarkBoard twin, bytes32 keyId, uint256[] memory words) private {
        vm.prank(address(registry));
        twin.onAttestation(keyId, keccak256(abi.encodePacked(words.length, words)), words);
    }
}
