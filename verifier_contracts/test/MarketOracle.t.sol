// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Ownable } from "@openzeppelin/contracts/access/Ownable.sol";

import { MarketOracle } from "../src/MarketOracle.sol";
import { Guarded } from "../src/base/Guarded.sol";
import { IMarketOracle } from "../src/interfaces/IMarketOracle.sol";
import { OracleSigners } from "./support/OracleSigners.sol";

/// @notice Snapshots that enter, moves that wait, parameters, breaker.
contract MarketOracleTest is OracleSigners {
    uint40 internal constant START_UNIX = 1_779_000_000;
    uint256 internal constant SPOT = 1_000_000;
    uint32 internal constant VOLATILITY = 25_000_000;
    bytes12 internal constant BTC = bytes12(keccak256("BTC"));
    bytes12 internal constant ETH = bytes12(keccak256("ETH"));
    address internal constant GUARDIAN = address(0xbeef);
    address internal constant STRANGER = address(0xbad);

    MarketOracle internal oracle;

    function setUp() public {
        vm.warp(START_UNIX + 1_000);
        oracle = new MarketOracle(address(this), GUARDIAN, _signers(), 2, 1_000);
    }

    function _snapshot(uint48 number, uint256 spot)
        private
        pure
        returns (IMarketOracle.MarketSnapshot memory)
    {
        bytes32 marketHash = keccak256(abi.encode(number));
        bytes32 marketDigest = bytes32(uint256(marketHash) >> 8);
        return IMarketOracle.MarketSnapshot(
            BTC, number, START_UNIX + uint40(number), marketHash, spot, VOLATILITY, marketDigest
        );
    }

    function _submit(uint48 number, uint256 spot) private returns (bool) {
        IMarketOracle.MarketSnapshot memory snapshot = _snapshot(number, spot);
        return oracle.submit(snapshot, _sign(oracle, snapshot, 2));
    }

    /* SNAPSHOTS */

    function test_acceptsAndFindsSnapshot() public {
        IMarketOracle.MarketSnapshot memory snapshot = _snapshot(7, SPOT);
        bytes[] memory signatures = _sign(oracle, snapshot, 2);
        vm.expectEmit(address(oracle));
        emit IMarketOracle.SnapshotAccepted(
            BTC,
            7,
            snapshot.snapshotUnix,
            snapshot.marketHash,
            SPOT,
            VOLATILITY,
            snapshot.marketDigest
        );
        vm.assertTrue(oracle.submit(snapshot, signatures), "accepted");

        bytes32 expected = keccak256(abi.encode(snapshot));
        bytes32 byNumber = keccak256(abi.encode(oracle.snapshotOf(BTC, 7)));
        bytes32 byHash = keccak256(abi.encode(oracle.snapshotByMarketHash(snapshot.marketHash)));
        vm.assertEq(byNumber, expected, "by number");
        vm.assertEq(byHash, expected, "by market hash");
        bytes32 byDigest =
            keccak256(abi.encode(oracle.snapshotByMarketDigest(snapshot.marketDigest)));
        vm.assertEq(byDigest, expected, "by market digest");
        vm.assertEq(keccak256(abi.encode(oracle.latestSnapshot(BTC))), expected, "latest snapshot");
        vm.assertEq(oracle.latestNumber(BTC), 7, "latest");
    }

    function test_digestIsTypedData() public view {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256(
                    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
                ),
                keccak256("proofmark MarketOracle"),
                keccak256("1"),
                block.chainid,
                address(oracle)
            )
        );
        bytes32 typeHash = keccak256(
            "MarketSnapshot(bytes12 underlying,uint48 number,uint40 snapshotUnix,bytes32 marketHash,uint256 spot,uint32 atTheMoneyVolatility,bytes32 marketDigest)"
        );
        bytes32 structHash = keccak256(abi.encode(typeHash, _snapshot(7, SPOT)));
        bytes32 expected = keccak256(abi.encodePacked(hex"1901", domain, structHash));
        vm.assertEq(oracle.snapshotDigest(_snapshot(7, SPOT)), expected, "digest");
    }

    function test_acceptsMoreSignaturesThanNeeded() public {
        IMarketOracle.MarketSnapshot memory snapshot = _snapshot(1, SPOT);
        vm.assertTrue(oracle.submit(snapshot, _sign(oracle, snapshot, 3)), "three of three");
    }

    /// @dev Underlyings without margin accounts need no listing; zero is no digest to be found by.
    function test_acceptsSnapshotsWithoutMarginListing() public {
        for (uint48 number = 1; number < 3; number++) {
            IMarketOracle.MarketSnapshot memory snapshot = _snapshot(number, SPOT);
            (snapshot.atTheMoneyVolatility, snapshot.marketDigest) = (0, bytes32(0));
            vm.assertTrue(oracle.submit(snapshot, _sign(oracle, snapshot, 2)), "accepted");
        }
        bytes4 selector = IMarketOracle.MarketDigestUnknown.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, bytes32(0)));
        oracle.snapshotByMarketDigest(bytes32(0));
    }

    function test_underlyingsCountApart() public {
        _submit(9, SPOT);
        IMarketOracle.MarketSnapshot memory snapshot = _snapshot(2, 55);
        snapshot.underlying = ETH;
        vm.assertTrue(oracle.submit(snapshot, _sign(oracle, snapshot, 2)), "ETH");
        vm.assertEq(oracle.latestNumber(BTC), 9, "BTC");
        vm.assertEq(oracle.latestNumber(ETH), 2, "ETH");
    }

    function test_revertsForUnknownSnapshots() public {
        vm.expectRevert(abi.encodeWithSelector(IMarketOracle.SnapshotUnknown.selector, BTC, 1));
        oracle.snapshotOf(BTC, 1);
        vm.expectRevert(
            abi.encodeWithSelector(IMarketOracle.MarketHashUnknown.selector, bytes32(uint256(5)))
        );
        oracle.snapshotByMarketHash(bytes32(uint256(5)));
        vm.expectRevert(
            abi.encodeWithSelector(IMarketOracle.MarketDigestUnknown.selector, bytes32(uint256(5)))
        );
        oracle.snapshotByMarketDigest(bytes32(uint256(5)));
        vm.expectRevert(abi.encodeWithSelector(IMarketOracle.SnapshotUnknown.selector, BTC, 0));
        oracle.latestSnapshot(BTC);
    }

    /* MOVES OF SPOT */

    function test_acceptsMoveUpToTheLimit() public {
        _submit(1, SPOT);
        vm.assertTrue(_submit(2, SPOT + SPOT / 10), "up by the limit");
        vm.assertTrue(_submit(3, SPOT), "down");
    }

    function test_holdsLargeMoveUntilConfirmed() public {
        _submit(1, SPOT);
        vm.assertTrue(!_submit(2, 2 * SPOT), "held");
        vm.assertEq(oracle.latestNumber(BTC), 1, "not latest");
        vm.assertEq(oracle.heldSnapshot(BTC).number, 2, "held number");
        vm.expectRevert(abi.encodeWithSelector(IMarketOracle.SnapshotUnknown.selector, BTC, 2));
        oracle.snapshotOf(BTC, 2);
        bytes32 heldDigest = _snapshot(2, SPOT).marketDigest;
        vm.expectRevert(
            abi.encodeWithSelector(IMarketOracle.MarketDigestUnknown.selector, heldDigest)
        );
        oracle.snapshotByMarketDigest(heldDigest);

        vm.assertTrue(_submit(3, 2 * SPOT + SPOT / 10), "confirmed");
        vm.assertEq(oracle.latestNumber(BTC), 3, "latest");
        vm.assertEq(oracle.heldSnapshot(BTC).number, 0, "none held");
    }

    function test_dropsHeldMoveThatIsNotRepeated() public {
        _submit(1, SPOT);
        _submit(2, 2 * SPOT);
        vm.assertTrue(_submit(3, SPOT), "back to normal");
        vm.assertEq(oracle.heldSnapshot(BTC).number, 0, "none held");
        vm.assertTrue(!_submit(4, 2 * SPOT), "held again");
        vm.assertTrue(!_submit(5, 4 * SPOT), "another one held");
        vm.assertEq(oracle.heldSnapshot(BTC).number, 5, "held number");
    }

    function test_fuzz_acceptsExactlyMovesWithinTheLimit(uint256 spot) public {
        spot = 1 + spot % (3 * SPOT);
        _submit(1, SPOT);
        uint256 move = spot > SPOT ? spot - SPOT : SPOT - spot;
        vm.assertEq(_submit(2, spot) ? 1 : 0, move * 10 <= SPOT ? 1 : 0, "accepted");
    }

    /* PARAMETERS */

    function test_ownerChangesSignersAndThreshold() public {
        oracle.setThreshold(3);
        oracle.setSigner(vm.addr(99), true, 3);
        vm.assertEq(oracle.signerCount(), 4, "four signers");
        vm.expectRevert(abi.encodeWithSelector(IMarketOracle.ThresholdOutOfRange.selector, 2, 4));
        oracle.setThreshold(2);
        oracle.setSigner(vm.addr(99), false, 3);
        vm.expectRevert(abi.encodeWithSelector(IMarketOracle.ThresholdOutOfRange.selector, 3, 2));
        oracle.setSigner(vm.addr(signerKeys[0]), false, 3);
        vm.expectRevert(abi.encodeWithSelector(IMarketOracle.ThresholdOutOfRange.selector, 0, 3));
        oracle.setThreshold(0);
    }

    /// @dev One signer and a threshold of one fit no two signers, and a threshold of two fits no one:
    /// only both at once get anywhere, also where the only signer's key has to go.
    function test_oneSignerBecomesTwoAndAnother() public {
        address[] memory signers = new address[](1);
        signers[0] = vm.addr(signerKeys[0]);
        oracle = new MarketOracle(address(this), address(0), signers, 1, 1_000);
        vm.expectRevert(abi.encodeWithSelector(IMarketOracle.ThresholdOutOfRange.selector, 1, 2));
        oracle.setSigner(vm.addr(99), true, 1);
        vm.expectRevert(abi.encodeWithSelector(IMarketOracle.ThresholdOutOfRange.selector, 2, 1));
        oracle.setThreshold(2);
        oracle.setSigner(vm.addr(99), true, 2);
        vm.assertEq(oracle.threshold(), 2, "both");
        oracle.setSigner(signers[0], false, 1);
        vm.assertTrue(oracle.threshold() == 1 && oracle.isSigner(vm.addr(99)), "the other alone");
    }

    function test_refusesUselessSignersAndLimits() public {
        address signer = vm.addr(signerKeys[0]);
        vm.expectRevert(
            abi.encodeWithSelector(IMarketOracle.SignerUnchanged.selector, signer, true)
        );
        oracle.setSigner(signer, true, 2);
        vm.expectRevert(abi.encodeWithSelector(IMarketOracle.SignerIsZero.selector));
        oracle.setSigner(address(0), true, 3);
        vm.expectRevert(abi.encodeWithSelector(IMarketOracle.SpotMoveLimitOutOfRange.selector, 0));
        oracle.setSpotMoveLimit(0);
        vm.expectRevert(
            abi.encodeWithSelector(IMarketOracle.SpotMoveLimitOutOfRange.selector, 10_001)
        );
        oracle.setSpotMoveLimit(10_001);
        oracle.setSpotMoveLimit(10_000);
    }

    function test_strangersChangeNothing() public {
        bytes memory reason =
            abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, STRANGER);
        vm.prank(STRANGER);
        vm.expectRevert(reason);
        oracle.setSigner(STRANGER, true, 2);
        vm.prank(STRANGER);
        vm.expectRevert(reason);
        oracle.setThreshold(1);
        vm.prank(STRANGER);
        vm.expectRevert(reason);
        oracle.setSpotMoveLimit(1);
        vm.prank(STRANGER);
        vm.expectRevert(reason);
        oracle.setGuardian(STRANGER);
    }

    /* BREAKER */

    function test_guardianTripsAndOnlyOwnerResets() public {
        vm.prank(GUARDIAN);
        oracle.tripBreaker();
        vm.assertTrue(oracle.breakerTripped(), "tripped");
        vm.prank(GUARDIAN);
        vm.expectRevert(
            abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, GUARDIAN)
        );
        oracle.resetBreaker();
        oracle.resetBreaker();
        vm.assertTrue(!oracle.breakerTripped(), "reset");
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(Guarded.NotGuardianOrOwner.selector, STRANGER));
        oracle.tripBreaker();
    }

    function test_snapshotsEnterWhileBreakerIsTripped() public {
        oracle.tripBreaker();
        vm.assertTrue(_submit(1, SPOT), "accepted");
    }
}
