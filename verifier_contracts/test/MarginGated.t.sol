// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import { MarginGated } from "../src/base/MarginGated.sol";
import { IMarginConsumer } from "../src/interfaces/IMarginConsumer.sol";
import { PortfolioMarginWords } from "../src/libraries/PortfolioMarginWords.sol";
import { AcceptingVerifier } from "./support/AcceptingVerifier.sol";
import { OptionDesk } from "./examples/OptionDesk.sol";
import { DeskTest } from "./support/DeskTest.sol";
import { MarginWords } from "./support/MarginWords.sol";
import { PositionStub } from "./support/PositionStub.sol";

/// @notice A protocol that holds positions itself lets one in only if the margin after it is proven.
contract MarginGatedTest is DeskTest {
    /* OPENS */

    function test_bookedOnceItsMarginIsProven() public {
        MarginWords.Claim memory claim = _requested(desk, 1);
        bytes4 selector = MarginGated.MarginMissing.selector;
        _refuse(_executing(desk), selector, "before the proof");
        vm.expectEmit(address(desk));
        emit MarginGated.MarginProven(
            claim.account, INITIAL, lastNumber, uint40(block.timestamp) + COVER_SECONDS
        );
        _accept(_opening(claim), "proof");
        vm.assertTrue(desk.isMargined(claim.account), "margined");
        _accept(_executing(desk), "after the proof");
        vm.assertEq(desk.legsOf(ALICE)[0], _leg(100), "booked");
        vm.assertTrue(desk.isMargined(claim.account), "at the lower level it now needs");
        _refuse(_executing(desk), OptionDesk.NothingRequested.selector, "again");
    }

    function test_nextPositionNeedsItsOwnProof() public {
        MarginWords.Claim memory claim = _requested(desk, 1);
        _accept(_opening(claim), "proof");
        _accept(_executing(desk), "first");
        vm.prank(ALICE);
        desk.request(_leg(200));
        _refuse(_executing(desk), MarginGated.MarginMissing.selector, "second, unproven");
        claim.sequence = 2;
        claim.legs = new uint256[](2);
        (claim.legs[0], claim.legs[1]) = (_leg(100), _leg(200));
        _accept(_opening(claim), "proof of both");
        _accept(_executing(desk), "second");
        vm.assertEq(desk.legsOf(ALICE).length, 2, "legs");
    }

    /// @dev The number of slots is the statement's business: the book is the same.
    function test_statementsOfAnySizeSpeakOfTheSameBook() public {
        bytes32 wide = keccak256("open, 64 slots");
        router.addAccountRoute(address(new AcceptingVerifier(wide, 74)));
        desk.setKeyAllowed(wide, true);
        MarginWords.Claim memory claim = _requested(desk, 1);
        claim.slots = 64;
        _accept(_attestation(wide, MarginWords.open(claim)), "64 slots");
        _accept(_executing(desk), "booked");
    }

    /// @dev Books are public, so anybody can prove; what he proves is what the trader wants.
    function test_strangersProofIsAsGood() public {
        MarginWords.Claim memory claim = _requested(desk, 1);
        Step memory ours = _opening(claim);
        claim.bound = 10;
        _accept(_opening(claim), "theirs");
        (bool success,) = _run(ours);
        vm.assertTrue(!success, "ours comes too late");
        _accept(_executing(desk), "and is not needed");
    }

    function test_oneTradersProofsAreNothingToAnother() public {
        MarginWords.Claim memory claim = _requested(desk, 1);
        desk.credit(BOB, FUNDS);
        MarginWords.Claim memory his = _claim(address(desk), desk.accountOf(BOB), 1, FUNDS);
        his.legs = new uint256[](0);
        for (uint48 sequence = 1; sequence < 4; sequence++) {
            his.sequence = sequence;
            _accept(_opening(his), "Bob's");
        }
        _accept(_opening(claim), "Alice's");
        _accept(_executing(desk), "booked");
    }

    function test_refusesStatementsItCannotRead() public {
        bytes32 other = keccak256("open, miscounted");
        router.addAccountRoute(address(new AcceptingVerifier(other, 10 + uint256(SLOTS))));
        desk.setKeyAllowed(other, true);
        uint256[] memory words = MarginWords.open(_requested(desk, 1));
        words[5] ^= 1 << 16;
        _refuse(_attestation(other, words), IMarginConsumer.StatementUnknown.selector, "slots");
    }

    function test_refusesOtherLinearHoldingsAndCash() public {
        MarginWords.Claim memory claim = _requested(desk, 1);
        claim.linear++;
        _refuse(_opening(claim), MarginGated.BookMismatch.selector, "linear");
        claim.linear--;
        claim.cash++;
        _refuse(_opening(claim), MarginGated.BookMismatch.selector, "cash");
    }

    /// @dev The protocol asks for more, or holds less, than when the margin was proven.
    function test_gateAsksAgain() public {
        PositionStub stub = new PositionStub(address(this), registry, BTC, PARAMETERS, _rules());
        stub.setKeyAllowed(OPEN_KEY, true);
        bytes32 account = bytes32(uint256(1));
        MarginWords.Claim memory claim = _claim(address(stub), account, 1, FUNDS);
        bytes32 book = PortfolioMarginWords.bookHash(new uint256[](0), claim.linear, claim.cash);
        MarginGated.Position memory position = MarginGated.Position(book, FUNDS, MAINTENANCE);
        stub.setPosition(account, position);
        _accept(_opening(claim), "proof");
        vm.assertTrue(stub.isMargined(account), "as proven");
        position.level = INITIAL;
        stub.setPosition(account, position);
        vm.assertTrue(!stub.isMargined(account), "a higher level");
        position = MarginGated.Position(book, FUNDS - 1, MAINTENANCE);
        stub.setPosition(account, position);
        vm.assertTrue(!stub.isMargined(account), "less collateral");
        position = MarginGated.Position(keccak256("other"), FUNDS, MAINTENANCE);
        stub.setPosition(account, position);
        vm.assertTrue(!stub.isMargined(account), "another book");
        vm.assertTrue(!stub.isMargined(bytes32(0)), "an account of nothing");
        _publish(BTC, SPOT * 103 / 100, VOLATILITY);
        stub.setPosition(account, MarginGated.Position(book, FUNDS, MAINTENANCE));
        vm.assertTrue(!stub.isMargined(account), "another market");
    }

    /// @dev Cut to 128 bits, this W would be within anything.
    function test_refusesBoundsOfMoreThan128Bits() public {
        PositionStub stub = new PositionStub(address(this), registry, BTC, PARAMETERS, _rules());
        stub.setKeyAllowed(OPEN_KEY, true);
        bytes32 account = bytes32(uint256(1));
        MarginWords.Claim memory claim = _claim(address(stub), account, 1, 1 << 128);
        bytes32 book = PortfolioMarginWords.bookHash(new uint256[](0), claim.linear, claim.cash);
        stub.setPosition(account, MarginGated.Position(book, type(uint256).max, MAINTENANCE));
        _refuse(_opening(claim), SafeCast.SafeCastOverflowedUintDowncast.selector, "W");
    }

    function test_refusesOlderSnapshotThanUsed() public {
        MarginWords.Claim memory older = _requested(desk, 2);
        _publish();
        MarginWords.Claim memory claim = _requested(desk, 1);
        claim.bound = FUNDS;
        _accept(_opening(claim), "newer");
        _refuse(_opening(older), IMarginConsumer.SnapshotOlderThanUsed.selector, "older");
    }
}
