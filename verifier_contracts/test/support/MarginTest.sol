// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IAttestationRegistry } from "../../src/interfaces/IAttestationRegistry.sol";
import { IMarginConsumer } from "../../src/interfaces/IMarginConsumer.sol";
import { IMarketOracle } from "../../src/interfaces/IMarketOracle.sol";
import { AcceptingVerifier } from "./AcceptingVerifier.sol";
import { MarginWords } from "./MarginWords.sol";
import { SystemTest } from "./SystemTest.sol";

/// @notice Markets with margin listings, routes of account statements, and claims about accounts.
abstract contract MarginTest is SystemTest {
    bytes32 internal constant COVERED_KEY = keccak256("covered");
    bytes32 internal constant REQUIREMENT_KEY = keccak256("requirement");
    bytes32 internal constant BREACH_KEY = keccak256("breach");
    bytes32 internal constant OPEN_KEY = keccak256("open");
    bytes32 internal constant PARAMETERS = bytes32(uint256(0x1234));
    bytes32 internal constant OTHER_PARAMETERS = bytes32(uint256(0x5678));
    uint8 internal constant MAINTENANCE = 1;
    uint8 internal constant INITIAL = 2;
    uint16 internal constant SLOTS = 16;
    uint40 internal constant COVER_SECONDS = 1_800;
    uint48 internal constant MAX_BEHIND = 2;
    address internal constant ALICE = address(0xa11ce);
    address internal constant BOB = address(0xb0b);
    address internal constant STRANGER = address(0xbad);

    /// @dev A call that a test makes later, with this sender.
    struct Step {
        address sender;
        address target;
        bytes data;
    }

    uint48 internal lastNumber;

    function setUp() public virtual override {
        super.setUp();
        router.addAccountRoute(address(new AcceptingVerifier(COVERED_KEY, 9)));
        router.addAccountRoute(address(new AcceptingVerifier(REQUIREMENT_KEY, 9)));
        router.addAccountRoute(address(new AcceptingVerifier(BREACH_KEY, 10)));
        router.addAccountRoute(address(new AcceptingVerifier(OPEN_KEY, 10 + uint256(SLOTS))));
        _publish();
    }

    function _rules() internal pure returns (IMarginConsumer.Rules memory) {
        return IMarginConsumer.Rules({
            coverSeconds: COVER_SECONDS,
            spotMoveBps: 200,
            volatilityMoveBps: 1_000,
            maxSnapshotsBehind: MAX_BEHIND
        });
    }

    /* MARKET */

    function _publish() internal returns (uint48) {
        return _publish(BTC, SPOT, VOLATILITY);
    }

    /// @dev The next snapshot, one second later; without a margin listing where there is no
    /// volatility.
    function _publish(bytes12 underlying, uint256 spot, uint32 volatility)
        internal
        returns (uint48 number)
    {
        number = ++lastNumber;
        vm.warp(block.timestamp + 1);
        _submit(
            IMarketOracle.MarketSnapshot({
                underlying: underlying,
                number: number,
                snapshotUnix: uint40(block.timestamp),
                marketHash: keccak256(abi.encode(number)),
                spot: spot,
                atTheMoneyVolatility: volatility,
                marketDigest: volatility == 0 ? bytes32(0) : _marketDigest(number)
            })
        );
    }

    /* CLAIMS */

    /// @dev A claim as consumer and registry want it for the newest snapshot.
    function _claim(address consumer, bytes32 account, uint48 sequence, uint256 bound)
        internal
        view
        returns (MarginWords.Claim memory claim)
    {
        claim.chainId = block.chainid;
        claim.registry = address(registry);
        claim.consumer = consumer;
        claim.sequence = sequence;
        claim.account = account;
        claim.parameters = PARAMETERS;
        claim.level = MAINTENANCE;
        claim.slots = SLOTS;
        claim.bound = bound;
        claim.linear = MarginWords.NO_LINEAR;
        claim.cash = MarginWords.NO_CASH;
        _dated(claim, BTC, lastNumber);
    }

    /// @dev Turns a claim to another snapshot.
    function _dated(MarginWords.Claim memory claim, bytes12 underlying, uint48 number)
        internal
        view
    {
        IMarketOracle.MarketSnapshot memory snapshot = oracle.snapshotOf(underlying, number);
        claim.marketDigest = snapshot.marketDigest;
        claim.snapshotUnix = snapshot.snapshotUnix;
        claim.spot = snapshot.spot;
        claim.validUntil = snapshot.snapshotUnix + uint40(MAX_AGE);
    }

    function _attestation(bytes32 keyId, uint256[] memory words)
        internal
        view
        returns (Step memory)
    {
        uint256[10] memory proof;
        bytes memory data = abi.encodeCall(IAttestationRegistry.attest, (keyId, proof, words));
        return Step(STRANGER, address(registry), data);
    }

    /* STEPS */

    function _run(Step memory step) internal returns (bool success, bytes memory reason) {
        vm.prank(step.sender);
        (success, reason) = step.target.call(step.data);
    }

    function _accept(Step memory step, string memory what) internal {
        (bool success,) = _run(step);
        vm.assertTrue(success, string.concat(what, ": refused"));
    }

    function _refuse(Step memory step, bytes4 selector, string memory what) internal {
        (bool success, bytes memory reason) = _run(step);
        vm.assertTrue(!success, string.concat(what, ": accepted"));
        vm.assertEq(
            bytes32(bytes4(reason)), bytes32(selector), string.concat(what, ": other error")
        );
    }
}
