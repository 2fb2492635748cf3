// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Ownable } from "@openzeppelin/contracts/access/Ownable.sol";

import { CoveredLetters } from "../src/CoveredLetters.sol";
import { OwnerTimelock } from "../src/OwnerTimelock.sol";
import { IMarginConsumer } from "../src/interfaces/IMarginConsumer.sol";
import { LettersTest } from "./support/LettersTest.sol";
import { MarginWords } from "./support/MarginWords.sol";

/// @notice The governed digest changes: announced, with both accepted for one covered lifetime.
contract MarginParametersTest is LettersTest {
    function _coveringBy(bytes32 parameters, bytes32 account, uint48 sequence)
        private
        view
        returns (Step memory)
    {
        MarginWords.Claim memory claim = _bookClaim(letters, account, sequence, FUNDS);
        claim.parameters = parameters;
        return _covering(claim);
    }

    function test_bothDigestsAreAcceptedForOneLifetime() public {
        bytes32 account = _open(letters, ALICE);
        uint40 until = uint40(block.timestamp) + COVER_SECONDS;
        vm.expectEmit(address(letters));
        emit IMarginConsumer.ParametersChanged(OTHER_PARAMETERS, PARAMETERS, until);
        letters.setParametersDigest(OTHER_PARAMETERS);
        _accept(_coveringBy(PARAMETERS, account, 1), "old");
        _accept(_coveringBy(OTHER_PARAMETERS, account, 2), "new");

        vm.warp(until - 1);
        _publish();
        _accept(_coveringBy(PARAMETERS, account, 3), "old, last second");
        vm.assertTrue(letters.isCovered(account, BOOK), "covered");
        _publish();
        vm.assertTrue(
            !letters.isCovered(account, BOOK), "nothing proven under the old one lives on"
        );
        bytes4 selector = IMarginConsumer.ParametersNotGoverned.selector;
        _refuse(_coveringBy(PARAMETERS, account, 4), selector, "old");
        _accept(_coveringBy(OTHER_PARAMETERS, account, 4), "new");
    }

    function test_breachIsMeasuredByEitherDigestMeanwhile() public {
        bytes32 account = _open(letters, ALICE);
        letters.setParametersDigest(OTHER_PARAMETERS);
        MarginWords.Claim memory claim = _bookClaim(letters, account, 1, FUNDS);
        _accept(_breaching(claim), "old");
        claim.sequence = 2;
        claim.parameters = OTHER_PARAMETERS;
        _accept(_breaching(claim), "new");
        vm.warp(block.timestamp + COVER_SECONDS);
        _publish();
        claim = _bookClaim(letters, account, 3, FUNDS);
        bytes4 selector = IMarginConsumer.ParametersNotGoverned.selector;
        _refuse(_breaching(claim), selector, "old, a lifetime later");
    }

    function test_proofInFlightDuringAChangeIsTaken() public {
        bytes32 account = _open(letters, ALICE);
        Step memory step = _coveringBy(PARAMETERS, account, 1);
        letters.setParametersDigest(OTHER_PARAMETERS);
        _accept(step, "proven before");
    }

    function test_refusesChangesWithinALifetime() public {
        letters.setParametersDigest(OTHER_PARAMETERS);
        uint40 until = letters.previousParametersUntil();
        bytes memory reason =
            abi.encodeWithSelector(IMarginConsumer.ParametersStillChanging.selector, until);
        vm.expectRevert(reason);
        letters.setParametersDigest(PARAMETERS);
        vm.warp(until);
        vm.expectRevert(reason);
        letters.setParametersDigest(PARAMETERS);
        vm.warp(until + 1);
        letters.setParametersDigest(PARAMETERS);
        vm.assertEq(letters.previousParametersDigest(), OTHER_PARAMETERS, "previous");
    }

    function test_refusesDigestsThatMeanNothing() public {
        bytes4 selector = IMarginConsumer.ParametersOutOfRange.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, bytes32(0)));
        letters.setParametersDigest(bytes32(0));
        vm.expectRevert(abi.encodeWithSelector(selector, bytes32(R)));
        letters.setParametersDigest(bytes32(R));
        selector = IMarginConsumer.ParametersUnchanged.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, PARAMETERS));
        letters.setParametersDigest(PARAMETERS);
        bytes memory reason =
            abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, STRANGER);
        vm.prank(STRANGER);
        vm.expectRevert(reason);
        letters.setParametersDigest(OTHER_PARAMETERS);
    }

    function test_timelockIsTheAnnouncement() public {
        address[] memory operators = new address[](1);
        operators[0] = address(this);
        OwnerTimelock timelock = new OwnerTimelock(1 days, operators, operators);
        letters.transferOwnership(address(timelock));
        bytes memory data = abi.encodeCall(letters.acceptOwnership, ());
        _execute(timelock, data);
        _execute(timelock, abi.encodeCall(IMarginConsumer.setParametersDigest, (OTHER_PARAMETERS)));
        vm.assertEq(letters.parametersDigest(), OTHER_PARAMETERS, "a day later");
    }

    function _execute(OwnerTimelock timelock, bytes memory data) private {
        address target = address(letters);
        timelock.schedule(target, 0, data, bytes32(0), bytes32(0), 1 days);
        bytes memory call =
            abi.encodeCall(timelock.execute, (target, 0, data, bytes32(0), bytes32(0)));
        (bool success,) = address(timelock).call(call);
        vm.assertTrue(!success, "too early");
        vm.warp(block.timestamp + 1 days);
        _accept(Step(address(this), address(timelock), call), "after the delay");
    }

    /* RULES */

    function test_refusesRulesOutOfRange() public {
        for (uint256 i = 0; i < 6; i++) {
            IMarginConsumer.Rules memory rules = _rules();
            if (i == 0) rules.coverSeconds = 0;
            if (i == 1) rules.coverSeconds = 1 days + 1;
            if (i == 2) rules.spotMoveBps = 0;
            if (i == 3) rules.spotMoveBps = 10_001;
            if (i == 4) rules.volatilityMoveBps = 0;
            if (i == 5) rules.volatilityMoveBps = 10_000;
            _expectError(IMarginConsumer.RulesOutOfRange.selector);
            new CoveredLetters(address(this), registry, token, BTC, PARAMETERS, rules);
        }
        bytes32 expected = keccak256(abi.encode(_rules()));
        vm.assertEq(keccak256(abi.encode(letters.rules())), expected, "rules");
    }

    /// @dev Fresh by the registry's rule, and yet too old to cover (or cure) anything.
    function test_refusesProofsOlderThanACoverLives() public {
        IMarginConsumer.Rules memory rules = _rules();
        rules.coverSeconds = uint40(MAX_AGE) - 1;
        letters = new CoveredLetters(address(this), registry, token, BTC, PARAMETERS, rules);
        letters.setKeyAllowed(COVERED_KEY, true);
        bytes32 account = _open(letters, ALICE);
        Step memory step = _coveringBy(PARAMETERS, account, 1);
        vm.warp(block.timestamp + MAX_AGE);
        _refuse(step, IMarginConsumer.CoverNotLive.selector, "a second too old");
        vm.warp(block.timestamp - 1);
        _accept(step, "just in time");
    }

    /// @dev A snapshot that tells no volatility tells nothing about its move.
    function test_snapshotWithoutVolatilityEndsCovers() public {
        bytes32 account = _open(letters, ALICE);
        _accept(_coveringBy(PARAMETERS, account, 1), "covered");
        _publish(BTC, SPOT, 0);
        vm.assertTrue(!letters.isCovered(account, BOOK), "not covered");
        _publish();
        vm.assertTrue(letters.isCovered(account, BOOK), "covered");
    }
}
