// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    ReentrancyGuardTransient
} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import { CoveredLetters } from "../src/CoveredLetters.sol";
import { ICoveredLetters } from "../src/interfaces/ICoveredLetters.sol";
import { IMarginConsumer } from "../src/interfaces/IMarginConsumer.sol";
import { AttestationConsumer } from "../src/base/AttestationConsumer.sol";
import { AcceptingVerifier } from "./support/AcceptingVerifier.sol";
import { LettersTest } from "./support/LettersTest.sol";
import { MarginWords } from "./support/MarginWords.sol";

/// @notice Accounts, their owners, their collateral, and a token that misbehaves.
contract CoveredLettersAccountsTest is LettersTest {
    function _assertEq(address left, address right, string memory what) private pure {
        vm.assertEq(left, right, what);
    }

    /* ACCOUNTS */

    function test_registersAnAccountOfTheCaller() public {
        bytes32 expected = letters.accountIdOf(ALICE, bytes32(0));
        vm.assertLe(uint256(expected), (1 << 248) - 1, "a field element");
        vm.expectEmit(address(letters));
        emit ICoveredLetters.Registered(expected, ALICE, BOOK);
        vm.assertEq(_register(letters, ALICE, BOOK), expected, "id");
        _assertEq(letters.accountOf(expected).owner, ALICE, "owner");
        vm.assertEq(letters.accountOf(expected).commitment, BOOK, "commitment");
    }

    function test_accountsOfAllOwnersAndSaltsDiffer() public view {
        bytes32 account = letters.accountIdOf(ALICE, bytes32(0));
        vm.assertTrue(account != letters.accountIdOf(BOB, bytes32(0)), "owner");
        vm.assertTrue(account != letters.accountIdOf(ALICE, bytes32(uint256(1))), "salt");
    }

    /// @dev A book committed to one account is nobody's elsewhere.
    function test_accountsOfAllContractsAndChainsDiffer() public {
        bytes32 account = letters.accountIdOf(ALICE, bytes32(0));
        CoveredLetters other =
            new CoveredLetters(address(this), registry, token, BTC, PARAMETERS, _rules());
        vm.assertTrue(account != other.accountIdOf(ALICE, bytes32(0)), "contract");
        vm.chainId(block.chainid + 1);
        vm.assertTrue(account != letters.accountIdOf(ALICE, bytes32(0)), "chain");
    }

    function test_refusesTheSameAccountTwice() public {
        _register(letters, ALICE, BOOK);
        bytes memory data = abi.encodeCall(ICoveredLetters.register, (bytes32(0), OTHER_BOOK));
        bytes4 selector = ICoveredLetters.AccountExists.selector;
        _refuse(Step(ALICE, address(letters), data), selector, "again");
    }

    function test_refusesCommitmentsOutOfRange() public {
        uint256[3] memory commitments = [0, R, type(uint256).max];
        bytes32 account = _register(letters, ALICE, BOOK);
        bytes4 selector = ICoveredLetters.CommitmentOutOfRange.selector;
        for (uint256 i = 0; i < 3; i++) {
            bytes32 commitment = bytes32(commitments[i]);
            bytes memory data = abi.encodeCall(ICoveredLetters.register, (bytes32(0), commitment));
            _refuse(Step(BOB, address(letters), data), selector, "register");
            _refuse(_updating(letters, account, commitment), selector, "update");
        }
    }

    function test_onlyTheOwnerUpdatesOffersAndWithdraws() public {
        bytes32 account = _open(letters, ALICE);
        bytes4 selector = ICoveredLetters.NotAccountOwner.selector;
        Step memory step = _updating(letters, account, OTHER_BOOK);
        step.sender = BOB;
        _refuse(step, selector, "update");
        step.data = abi.encodeCall(ICoveredLetters.offerAccount, (account, BOB));
        _refuse(step, selector, "offer");
        step.data = abi.encodeCall(ICoveredLetters.withdraw, (account, 1, BOB));
        _refuse(step, selector, "withdraw");
    }

    function test_refusesUnknownAccounts() public {
        bytes32 nobody = bytes32(uint256(77));
        bytes4 selector = ICoveredLetters.AccountUnknown.selector;
        _refuse(_depositing(letters, nobody, 1), selector, "deposit");
        _refuse(_withdrawing(letters, nobody, 1), selector, "withdraw");
        _refuse(_updating(letters, nobody, BOOK), selector, "update");
        _refuse(_covering(letters, nobody, 1, MAINTENANCE, 0), selector, "covered");
        _refuse(_breaching(letters, nobody, 1, 0, 0), selector, "breach");
        vm.assertTrue(!letters.isCovered(nobody, bytes32(0)), "covered");
        vm.expectRevert(abi.encodeWithSelector(selector, nobody));
        letters.accountOf(nobody);
    }

    function test_accountChangesHandsInTwoSteps() public {
        bytes32 account = _open(letters, ALICE);
        _accept(_covering(letters, account, 1, INITIAL, 0), "covered");
        Step memory accepting =
            Step(BOB, address(letters), abi.encodeCall(ICoveredLetters.acceptAccount, (account)));
        bytes4 selector = ICoveredLetters.NotOffered.selector;
        _refuse(accepting, selector, "not offered");
        vm.prank(ALICE);
        letters.offerAccount(account, BOB);
        accepting.sender = STRANGER;
        _refuse(accepting, selector, "not offered to him");
        accepting.sender = BOB;
        _accept(accepting, "accept");
        _refuse(accepting, selector, "once");

        _assertEq(letters.accountOf(account).owner, BOB, "owner");
        vm.assertTrue(letters.isCovered(account, BOOK), "the same account");
        selector = ICoveredLetters.NotAccountOwner.selector;
        _refuse(_withdrawing(letters, account, 1), selector, "the old owner");
    }

    function test_offersAreTakenBack() public {
        bytes32 account = _open(letters, ALICE);
        vm.prank(ALICE);
        letters.offerAccount(account, BOB);
        vm.prank(ALICE);
        letters.offerAccount(account, address(0));
        bytes memory data = abi.encodeCall(ICoveredLetters.acceptAccount, (account));
        bytes4 selector = ICoveredLetters.NotOffered.selector;
        _refuse(Step(BOB, address(letters), data), selector, "taken back");
    }

    function test_newOwnersIdIsStillFree() public {
        bytes32 account = _open(letters, ALICE);
        vm.prank(ALICE);
        letters.offerAccount(account, BOB);
        vm.prank(BOB);
        letters.acceptAccount(account);
        vm.assertTrue(_register(letters, BOB, OTHER_BOOK) != account, "an account of his own");
    }

    /* COLLATERAL */

    function test_anybodyDeposits() public {
        bytes32 account = _register(letters, ALICE, BOOK);
        Step memory step = _depositing(letters, account, 5);
        vm.expectEmit(address(letters));
        emit ICoveredLetters.Deposited(account, BOB, 5);
        _accept(step, "deposit");
        vm.assertEq(letters.accountOf(account).collateral, 5, "collateral");
    }

    function test_refusesAmountsThatMeanNothing() public {
        bytes32 account = _open(letters, ALICE);
        _accept(_covering(letters, account, 1, INITIAL, 0), "covered");
        bytes4 selector = ICoveredLetters.AmountIsZero.selector;
        _refuse(_depositing(letters, account, 0), selector, "deposit");
        _refuse(_withdrawing(letters, account, 0), selector, "withdraw");
        Step memory step = _withdrawing(letters, account, FUNDS + 1);
        _refuse(step, ICoveredLetters.AmountAboveCollateral.selector, "more than there is");
        step.data = abi.encodeCall(ICoveredLetters.withdraw, (account, 1, address(letters)));
        _refuse(step, ICoveredLetters.RecipientIsThis.selector, "to itself");
    }

    function test_refusesCollateralAboveItsField() public {
        bytes32 account = _open(letters, ALICE);
        Step memory step = _depositing(letters, account, type(uint128).max);
        (bool success,) = _run(step);
        vm.assertTrue(!success, "2^128");
    }

    function test_creditsWhatArrives() public {
        token.setFee(1_000);
        bytes32 account = _open(letters, ALICE);
        vm.assertEq(letters.accountOf(account).collateral, FUNDS * 9 / 10, "collateral");
        vm.assertEq(token.balanceOf(address(letters)), FUNDS * 9 / 10, "balance");
    }

    /* A TOKEN THAT CALLS BACK */

    function _assertCallbackRefused(string memory what) private view {
        vm.assertTrue(!token.callbackSucceeded(), what);
        bytes32 reason = bytes32(bytes4(token.callbackReason()));
        bytes4 selector = ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector;
        vm.assertEq(reason, bytes32(selector), what);
    }

    function test_nothingMovesWithinATransfer() public {
        bytes32 account = _open(letters, ALICE);
        _accept(_covering(letters, account, 1, INITIAL, 0), "covered");
        bytes[5] memory calls = [
            abi.encodeCall(ICoveredLetters.deposit, (account, 1)),
            abi.encodeCall(ICoveredLetters.withdraw, (account, 1, ALICE)),
            abi.encodeCall(ICoveredLetters.update, (account, OTHER_BOOK)),
            abi.encodeCall(ICoveredLetters.register, (bytes32(0), BOOK)),
            abi.encodeCall(ICoveredLetters.acceptAccount, (account))
        ];
        for (uint256 i = 0; i < calls.length; i++) {
            Step memory outer =
                i % 2 == 0 ? _withdrawing(letters, account, 1) : _depositing(letters, account, 1);
            token.setCallback(address(letters), calls[i]);
            _accept(outer, "outer call");
            _assertCallbackRefused(vm.toString(i));
        }
    }

    function test_nothingIsAttestedWithinATransfer() public {
        bytes32 account = _open(letters, ALICE);
        Step memory outer = _depositing(letters, account, 1);
        Step memory inner = _covering(letters, account, 1, MAINTENANCE, FUNDS);
        token.setCallback(inner.target, inner.data);
        _accept(outer, "deposit");
        _assertCallbackRefused("attestation");
    }

    /* KEYS AND STATEMENTS */

    function test_takesWordsFromTheRegistryAndUnderAllowedKeysOnly() public {
        bytes32 account = _open(letters, ALICE);
        uint256[] memory words = MarginWords.covered(_bookClaim(letters, account, 1, 0));
        vm.expectRevert(
            abi.encodeWithSelector(AttestationConsumer.NotRegistry.selector, address(this))
        );
        letters.onAttestation(COVERED_KEY, bytes32(0), words);
        letters.setKeyAllowed(COVERED_KEY, false);
        _refuse(
            _covering(letters, account, 1, MAINTENANCE, 0),
            AttestationConsumer.KeyNotAllowed.selector,
            "key"
        );
    }

    function test_refusesStatementsItCannotRead() public {
        bytes32 other = keccak256("another statement");
        router.addAccountRoute(address(new AcceptingVerifier(other, 11)));
        letters.setKeyAllowed(other, true);
        MarginWords.Claim memory claim = _bookClaim(letters, _open(letters, ALICE), 1, 0);
        uint256[] memory words = new uint256[](11);
        for (uint256 i = 0; i < 9; i++) {
            words[i] = MarginWords.covered(claim)[i];
        }
        bytes4 selector = IMarginConsumer.StatementUnknown.selector;
        _refuse(_attestation(other, words), selector, "eleven words");
    }

    /// @dev The circuit has 128 bits for each; cut off, they would say something else.
    function test_refusesBoundsOfMoreThan128Bits() public {
        bytes32 account = _open(letters, ALICE);
        bytes4 selector = SafeCast.SafeCastOverflowedUintDowncast.selector;
        uint256 large = 1 << 128;
        _refuse(_breaching(letters, account, 1, FUNDS, large), selector, "Q");
        _refuse(_breaching(letters, account, 1, large, 0), selector, "W of a breach");
        selector = IMarginConsumer.CollateralBelowBound.selector;
        _refuse(_covering(letters, account, 1, MAINTENANCE, large), selector, "W of a covered");
        letters = new CoveredLetters(address(this), registry, token, ETH, PARAMETERS, _rules());
        letters.setKeyAllowed(COVERED_KEY, true);
        MarginWords.Claim memory claim = _bookClaim(letters, _open(letters, ALICE), 1, FUNDS);
        _dated(claim, ETH, _publish(ETH, 1 << 40, VOLATILITY));
        selector = SafeCast.SafeCastOverflowedUintDowncast.selector;
        _refuse(_covering(claim), selector, "spot");
    }

    function test_refusesUnknownLevels() public {
        bytes32 account = _open(letters, ALICE);
        bytes4 selector = IMarginConsumer.LevelUnexpected.selector;
        _refuse(_covering(letters, account, 1, 0, 0), selector, "level 0");
        _refuse(_covering(letters, account, 1, 3, 0), selector, "level 3");
    }
}
