// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Ownable } from "@openzeppelin/contracts/access/Ownable.sol";

import { OwnerTimelock } from "../src/OwnerTimelock.sol";
import { VerifierRouter } from "../src/VerifierRouter.sol";
import { Guarded } from "../src/base/Guarded.sol";
import { IVerifierRouter } from "../src/interfaces/IVerifierRouter.sol";
import { BaseTest } from "./support/BaseTest.sol";
import { StubVerifier } from "./support/StubVerifier.sol";

contract VerifierRouterTest is BaseTest {
    address internal constant GUARDIAN = address(0xbeef);
    address internal constant STRANGER = address(0xbad);
    bytes32 internal constant KEY = keccak256("key");

    VerifierRouter internal router;
    StubVerifier internal verifier;

    function setUp() public {
        router = new VerifierRouter(address(this), GUARDIAN);
        verifier = new StubVerifier(KEY, 15);
    }

    function _expectStatus(IVerifierRouter.Status expected, IVerifierRouter.Status actual) private {
        vm.expectRevert(
            abi.encodeWithSelector(IVerifierRouter.RouteNotInStatus.selector, KEY, expected, actual)
        );
    }

    function test_addsRouteUnderTheVerifiersOwnKey() public {
        vm.expectEmit(address(router));
        emit IVerifierRouter.RouteAdded(KEY, address(verifier), 15, 8);
        vm.assertEq(router.addRoute(address(verifier), 8), KEY, "key id");
        IVerifierRouter.Route memory route = router.activeRoute(KEY);
        vm.assertEq(route.verifier, address(verifier), "verifier");
        vm.assertEq(route.wordCount, 15, "words");
        vm.assertEq(route.marketWordCount, 8, "market words");
    }

    function test_refusesUnknownRoute() public {
        _expectStatus(IVerifierRouter.Status.Active, IVerifierRouter.Status.Unset);
        router.activeRoute(KEY);
    }

    function test_neverReplacesARoute() public {
        router.addRoute(address(verifier), 8);
        address other = address(new StubVerifier(KEY, 15));
        IVerifierRouter.Status[3] memory statuses = [
            IVerifierRouter.Status.Active,
            IVerifierRouter.Status.Stopped,
            IVerifierRouter.Status.Tombstone
        ];
        for (uint256 i = 0; i < 3; i++) {
            if (i == 1) router.stopRoute(KEY);
            if (i == 2) router.buryRoute(KEY);
            vm.expectRevert(
                abi.encodeWithSelector(IVerifierRouter.RouteExists.selector, KEY, statuses[i])
            );
            router.addRoute(other, 8);
        }
    }

    function test_refusesMarketWordsThatDoNotFit() public {
        bytes4 selector = IVerifierRouter.MarketWordCountOutOfRange.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, 0, 15));
        router.addRoute(address(verifier), 0);
        vm.expectRevert(abi.encodeWithSelector(selector, 13, 15));
        router.addRoute(address(verifier), 13);
        router.addRoute(address(verifier), 12);
    }

    /// @dev Zero market words mark an account statement: never by a forgotten argument.
    function test_addsRoutesOfAccountStatementsByTheirOwnFunction() public {
        vm.expectEmit(address(router));
        emit IVerifierRouter.RouteAdded(KEY, address(verifier), 15, 0);
        vm.assertEq(router.addAccountRoute(address(verifier)), KEY, "key id");
        vm.assertEq(router.activeRoute(KEY).marketWordCount, 0, "market words");
        IVerifierRouter.Status active = IVerifierRouter.Status.Active;
        bytes memory reason =
            abi.encodeWithSelector(IVerifierRouter.RouteExists.selector, KEY, active);
        vm.expectRevert(reason);
        router.addAccountRoute(address(verifier));
        vm.expectRevert(reason);
        router.addRoute(address(verifier), 8);
    }

    function test_refusesAccountStatementsOfTooFewWords() public {
        address short = address(new StubVerifier(KEY, 6));
        bytes4 selector = IVerifierRouter.AccountWordCountOutOfRange.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, 6));
        router.addAccountRoute(short);
        router.addAccountRoute(address(new StubVerifier(KEY, 7)));
    }

    function test_refusesVerifierWithoutCode() public {
        bytes memory reason =
            abi.encodeWithSelector(IVerifierRouter.VerifierWithoutCode.selector, STRANGER);
        vm.expectRevert(reason);
        router.addRoute(STRANGER, 8);
        vm.expectRevert(reason);
        router.addAccountRoute(STRANGER);
    }

    function test_guardianStopsAndOnlyOwnerResumes() public {
        router.addRoute(address(verifier), 8);
        vm.prank(GUARDIAN);
        router.stopRoute(KEY);
        _expectStatus(IVerifierRouter.Status.Active, IVerifierRouter.Status.Stopped);
        router.activeRoute(KEY);
        vm.prank(GUARDIAN);
        vm.expectRevert(
            abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, GUARDIAN)
        );
        router.resumeRoute(KEY);
        router.resumeRoute(KEY);
        router.activeRoute(KEY);
    }

    function test_buriedRouteStaysBuried() public {
        router.addRoute(address(verifier), 8);
        router.buryRoute(KEY);
        _expectStatus(IVerifierRouter.Status.Active, IVerifierRouter.Status.Tombstone);
        router.activeRoute(KEY);
        _expectStatus(IVerifierRouter.Status.Stopped, IVerifierRouter.Status.Tombstone);
        router.resumeRoute(KEY);
        _expectStatus(IVerifierRouter.Status.Active, IVerifierRouter.Status.Tombstone);
        router.stopRoute(KEY);
        _expectStatus(IVerifierRouter.Status.Active, IVerifierRouter.Status.Tombstone);
        router.buryRoute(KEY);
    }

    function test_strangersChangeNothing() public {
        router.addRoute(address(verifier), 8);
        bytes memory reason =
            abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, STRANGER);
        address other = address(new StubVerifier(keccak256("other"), 15));
        vm.prank(STRANGER);
        vm.expectRevert(reason);
        router.addRoute(other, 8);
        vm.prank(STRANGER);
        vm.expectRevert(reason);
        router.addAccountRoute(other);
        vm.prank(STRANGER);
        vm.expectRevert(reason);
        router.buryRoute(KEY);
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(Guarded.NotGuardianOrOwner.selector, STRANGER));
        router.stopRoute(KEY);
    }

    /// @dev The owner the router is meant to have: nothing happens before the delay is over.
    function test_timelockAddsRoutesAfterItsDelay() public {
        address[] memory operators = new address[](1);
        operators[0] = address(this);
        OwnerTimelock timelock = new OwnerTimelock(2 days, operators, operators);
        router = new VerifierRouter(address(timelock), GUARDIAN);
        bytes memory data = abi.encodeCall(IVerifierRouter.addRoute, (address(verifier), 8));
        timelock.schedule(address(router), 0, data, bytes32(0), bytes32(0), 2 days);
        (bool success,) = address(timelock)
            .call(
                abi.encodeCall(timelock.execute, (address(router), 0, data, bytes32(0), bytes32(0)))
            );
        vm.assertTrue(!success, "too early");
        vm.warp(block.timestamp + 2 days);
        timelock.execute(address(router), 0, data, bytes32(0), bytes32(0));
        vm.assertEq(router.activeRoute(KEY).verifier, address(verifier), "route");
    }
}
