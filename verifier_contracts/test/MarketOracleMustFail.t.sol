// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { MarketOracle } from "../src/MarketOracle.sol";
import { IMarketOracle } from "../src/interfaces/IMarketOracle.sol";
import { OracleSigners } from "./support/OracleSigners.sol";
import { WeakMarketOracle } from "./twins/WeakMarketOracle.sol";

/// @notice Must fail: snapshots with the wrong signatures, times, numbers. For each, a twin without the
/// guard accepts what the product refuses.
contract MarketOracleMustFailTest is OracleSigners {
    uint40 internal constant START_UNIX = 1_779_000_000;
    uint256 internal constant SPOT = 1_000_000;
    uint32 internal constant VOLATILITY = 25_000_000;
    bytes12 internal constant BTC = bytes12(keccak256("BTC"));
    uint256 internal constant UNKNOWN_KEY = 4242;

    MarketOracle internal oracle;

    function setUp() public {
        vm.warp(START_UNIX + 1_000);
        oracle = new MarketOracle(address(this), address(0), _signers(), 2, 1_000);
        _submit(_snapshot(10));
    }

    function _snapshot(uint48 number) private pure returns (IMarketOracle.MarketSnapshot memory) {
        bytes32 marketHash = keccak256(abi.encode(number));
        bytes32 marketDigest = bytes32(uint256(marketHash) >> 8);
        return IMarketOracle.MarketSnapshot(
            BTC, number, START_UNIX + uint40(number), marketHash, SPOT, VOLATILITY, marketDigest
        );
    }

    function _submit(IMarketOracle.MarketSnapshot memory snapshot) private returns (bool) {
        return oracle.submit(snapshot, _sign(oracle, snapshot, 2));
    }

    function _twin(WeakMarketOracle.Hole hole) private returns (WeakMarketOracle twin) {
        twin = new WeakMarketOracle(_signers(), hole);
        IMarketOracle.MarketSnapshot memory first = _snapshot(10);
        twin.submit(first, _signFor(address(twin), first, _keys(0, 1)));
    }

    function _keys(uint256 i, uint256 j) private view returns (uint256[] memory keys) {
        keys = new uint256[](2);
        (keys[0], keys[1]) = (signerKeys[i], signerKeys[j]);
    }

    /// @dev Typed data for any verifying contract, put together by hand.
    function _signFor(
        address target,
        IMarketOracle.MarketSnapshot memory snapshot,
        uint256[] memory keys
    ) private view returns (bytes[] memory signatures) {
        bytes32 digest = keccak256(
            abi.encodePacked(hex"1901", _domain(target), _structHash(snapshot))
        );
        signatures = new bytes[](keys.length);
        for (uint256 i = 0; i < keys.length; i++) {
            signatures[i] = _signature(keys[i], digest);
        }
    }

    function _domain(address target) private view returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256(
                    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
                ),
                keccak256("proofmark MarketOracle"),
                keccak256("1"),
                block.chainid,
                target
            )
        );
    }

    function _structHash(IMarketOracle.MarketSnapshot memory snapshot)
        private
        pure
        returns (bytes32)
    {
        bytes32 typeHash = keccak256(
            "MarketSnapshot(bytes12 underlying,uint48 number,uint40 snapshotUnix,bytes32 marketHash,uint256 spot,uint32 atTheMoneyVolatility,bytes32 marketDigest)"
        );
        return keccak256(abi.encode(typeHash, snapshot));
    }

    /// @dev The same snapshot and signers against both; the twin without hole refuses as well.
    function _attack(
        WeakMarketOracle.Hole hole,
        IMarketOracle.MarketSnapshot memory snapshot,
        uint256[] memory keys,
        bytes4 selector
    ) private {
        bytes memory data = abi.encodeCall(
            IMarketOracle.submit, (snapshot, _signFor(address(oracle), snapshot, keys))
        );
        _assertRefused(address(oracle), data, selector, "product");

        WeakMarketOracle tight = _twin(WeakMarketOracle.Hole.None);
        data = abi.encodeCall(
            WeakMarketOracle.submit, (snapshot, _signFor(address(tight), snapshot, keys))
        );
        (bool success,) = address(tight).call(data);
        vm.assertTrue(!success, "refused by the twin without hole");

        WeakMarketOracle twin = _twin(hole);
        twin.submit(snapshot, _signFor(address(twin), snapshot, keys));
        vm.assertEq(twin.acceptedNumber(), snapshot.number, "accepted by the twin");
    }

    /* SIGNATURES */

    function test_refusesTooFewSigners() public {
        uint256[] memory keys = new uint256[](1);
        keys[0] = signerKeys[0];
        bytes4 selector = IMarketOracle.TooFewSignatures.selector;
        _attack(WeakMarketOracle.Hole.TooFewSigners, _snapshot(11), keys, selector);
    }

    function test_refusesDuplicateSigner() public {
        bytes4 selector = IMarketOracle.SignersNotAscending.selector;
        _attack(WeakMarketOracle.Hole.DuplicateSigners, _snapshot(11), _keys(0, 0), selector);
    }

    function test_refusesUnsortedSigners() public {
        bytes4 selector = IMarketOracle.SignersNotAscending.selector;
        _attack(WeakMarketOracle.Hole.DuplicateSigners, _snapshot(11), _keys(1, 0), selector);
    }

    function test_refusesUnknownSigner() public {
        uint256[] memory keys = _keys(0, 1);
        uint256 position = vm.addr(UNKNOWN_KEY) > vm.addr(keys[0]) ? 1 : 0;
        keys[position] = UNKNOWN_KEY;
        bytes4 selector = IMarketOracle.UnknownSigner.selector;
        _attack(WeakMarketOracle.Hole.UnknownSigners, _snapshot(11), keys, selector);
    }

    function test_refusesSignaturesForAnotherOracle() public {
        IMarketOracle.MarketSnapshot memory snapshot = _snapshot(11);
        bytes[] memory signatures = _signFor(address(this), snapshot, _keys(0, 1));
        bytes memory data = abi.encodeCall(IMarketOracle.submit, (snapshot, signatures));
        (bool success,) = address(oracle).call(data);
        vm.assertTrue(!success, "another contract");
        data = abi.encodeCall(IMarketOracle.submit, (snapshot, _sign(oracle, snapshot, 2)));
        vm.chainId(block.chainid + 1);
        (success,) = address(oracle).call(data);
        vm.assertTrue(!success, "another chain");
    }

    function test_signaturesWithoutDomainServeEveryTwin() public {
        IMarketOracle.MarketSnapshot memory snapshot = _snapshot(11);
        bytes[] memory signatures = new bytes[](2);
        signatures[0] = _signature(signerKeys[0], _structHash(snapshot));
        signatures[1] = _signature(signerKeys[1], _structHash(snapshot));
        WeakMarketOracle.Hole hole = WeakMarketOracle.Hole.OtherDomain;
        new WeakMarketOracle(_signers(), hole).submit(snapshot, signatures);
        new WeakMarketOracle(_signers(), hole).submit(snapshot, signatures);
    }

    function test_refusesEveryAlteredField() public {
        IMarketOracle.MarketSnapshot memory signed = _snapshot(11);
        bytes[] memory signatures = _sign(oracle, signed, 2);
        for (uint256 i = 0; i < 7; i++) {
            IMarketOracle.MarketSnapshot memory altered = _snapshot(11);
            if (i == 0) altered.underlying = bytes12(keccak256("ETH"));
            if (i == 1) altered.number += 1;
            if (i == 2) altered.snapshotUnix += 1;
            if (i == 3) altered.marketHash = keccak256("unsigned market");
            if (i == 4) altered.spot += 1;
            if (i == 5) altered.atTheMoneyVolatility += 1;
            if (i == 6) altered.marketDigest = bytes32(uint256(1));
            bytes memory data = abi.encodeCall(IMarketOracle.submit, (altered, signatures));
            (bool success,) = address(oracle).call(data);
            vm.assertTrue(!success, vm.toString(i));
        }
        oracle.submit(signed, signatures);
    }

    function test_refusesMalformedAndMalleatedSignatures() public {
        IMarketOracle.MarketSnapshot memory snapshot = _snapshot(11);
        bytes[] memory signatures = _sign(oracle, snapshot, 2);
        bytes memory reason = abi.encodeWithSelector(IMarketOracle.SignatureInvalid.selector, 1);
        bytes memory good = signatures[1];
        signatures[1] = hex"1234";
        vm.expectRevert(reason);
        oracle.submit(snapshot, signatures);
        signatures[1] = _malleated(good);
        vm.expectRevert(reason);
        oracle.submit(snapshot, signatures);
    }

    /// @dev (r, n - s, other v) recovers to the same signer.
    function _malleated(bytes memory signature) private pure returns (bytes memory) {
        uint256 n = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        bytes32 r;
        uint256 s;
        assembly ("memory-safe") {
            r := mload(add(signature, 0x20))
            s := mload(add(signature, 0x40))
        }
        uint8 v = uint8(signature[64]) == 27 ? 28 : 27;
        return abi.encodePacked(r, n - s, v);
    }

    /* ORDER */

    function test_refusesFutureSnapshot() public {
        IMarketOracle.MarketSnapshot memory snapshot = _snapshot(11);
        snapshot.snapshotUnix = uint40(block.timestamp + 1);
        bytes4 selector = IMarketOracle.SnapshotInFuture.selector;
        _attack(WeakMarketOracle.Hole.Future, snapshot, _keys(0, 1), selector);
    }

    function test_refusesTimeThatDoesNotIncrease() public {
        IMarketOracle.MarketSnapshot memory snapshot = _snapshot(11);
        bytes4 selector = IMarketOracle.SnapshotTimeNotIncreasing.selector;
        snapshot.snapshotUnix = START_UNIX + 10;
        _attack(WeakMarketOracle.Hole.TimeOrder, snapshot, _keys(0, 1), selector);
        snapshot.snapshotUnix = START_UNIX + 9;
        _attack(WeakMarketOracle.Hole.TimeOrder, snapshot, _keys(0, 1), selector);
    }

    function test_refusesNumberThatDoesNotIncrease() public {
        IMarketOracle.MarketSnapshot memory snapshot = _snapshot(9);
        bytes4 selector = IMarketOracle.SnapshotNumberNotIncreasing.selector;
        snapshot.snapshotUnix = START_UNIX + 11;
        _attack(WeakMarketOracle.Hole.NumberOrder, snapshot, _keys(0, 1), selector);
        snapshot.number = 10;
        _attack(WeakMarketOracle.Hole.NumberOrder, snapshot, _keys(0, 1), selector);
    }

    function test_refusesReplayedSnapshot() public {
        bytes[] memory signatures = _sign(oracle, _snapshot(10), 2);
        bytes memory data = abi.encodeCall(IMarketOracle.submit, (_snapshot(10), signatures));
        bytes4 selector = IMarketOracle.SnapshotTimeNotIncreasing.selector;
        _assertRefused(address(oracle), data, selector, "replay");
    }

    function test_refusesRepeatedMarketHashAndDigest() public {
        IMarketOracle.MarketSnapshot memory snapshot = _snapshot(11);
        snapshot.marketHash = _snapshot(10).marketHash;
        bytes4 selector = IMarketOracle.MarketHashRepeated.selector;
        _attack(WeakMarketOracle.Hole.Repetition, snapshot, _keys(0, 1), selector);
        snapshot = _snapshot(11);
        snapshot.marketDigest = _snapshot(10).marketDigest;
        selector = IMarketOracle.MarketDigestRepeated.selector;
        _attack(WeakMarketOracle.Hole.Repetition, snapshot, _keys(0, 1), selector);
    }

    function test_refusesSpotVolatilityAndDigestOutOfRange() public {
        uint256[2] memory spots = [0, uint256(1) << 184];
        uint32[3] memory volatilities = [uint32(0), 1 << 28, type(uint32).max];
        for (uint256 i = 0; i < 6; i++) {
            IMarketOracle.MarketSnapshot memory snapshot = _snapshot(11);
            bytes4 selector = IMarketOracle.SpotOutOfRange.selector;
            if (i < 2) {
                snapshot.spot = spots[i];
            } else if (i < 5) {
                snapshot.atTheMoneyVolatility = volatilities[i - 2];
                selector = IMarketOracle.VolatilityOutOfRange.selector;
            } else {
                snapshot.marketDigest = bytes32(R);
                selector = IMarketOracle.MarketDigestOutOfRange.selector;
            }
            bytes memory data =
                abi.encodeCall(IMarketOracle.submit, (snapshot, _sign(oracle, snapshot, 2)));
            _assertRefused(address(oracle), data, selector, vm.toString(i));
        }
    }

    /* MOVES OF SPOT */

    function test_largeMoveEntersAtOnceOnlyWithoutLimit() public {
        IMarketOracle.MarketSnapshot memory snapshot = _snapshot(11);
        snapshot.spot = 3 * SPOT;
        vm.assertTrue(!_submit(snapshot), "held");
        WeakMarketOracle twin = _twin(WeakMarketOracle.Hole.SpotMove);
        twin.submit(snapshot, _signFor(address(twin), snapshot, _keys(0, 1)));
        vm.assertEq(twin.acceptedSpot(), 3 * SPOT, "accepted by the twin");
    }

    /// @dev Sent twice, one and the same report would confirm itself if held reports were not counted as seen.
    function test_reportDoesNotConfirmItself() public {
        IMarketOracle.MarketSnapshot memory snapshot = _snapshot(11);
        snapshot.spot = 3 * SPOT;
        WeakMarketOracle twin = _twin(WeakMarketOracle.Hole.SelfConfirmation);
        bytes[] memory signatures = _signFor(address(twin), snapshot, _keys(0, 1));
        twin.submit(snapshot, signatures);
        twin.submit(snapshot, signatures);
        vm.assertEq(twin.acceptedSpot(), 3 * SPOT, "accepted by the twin");

        _submit(snapshot);
        bytes memory data =
            abi.encodeCall(IMarketOracle.submit, (snapshot, _sign(oracle, snapshot, 2)));
        bytes4 selector = IMarketOracle.SnapshotTimeNotIncreasing.selector;
        _assertRefused(address(oracle), data, selector, "same report again");
    }
}
