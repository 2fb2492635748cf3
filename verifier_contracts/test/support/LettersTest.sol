// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { CoveredLetters } from "../../src/CoveredLetters.sol";
import { ICoveredLetters } from "../../src/interfaces/ICoveredLetters.sol";
import { MarginTest } from "./MarginTest.sol";
import { MarginWords } from "./MarginWords.sol";
import { TestToken } from "./TestToken.sol";

/// @notice Letters with everything allowed, and one-line steps on them or on a twin of them.
abstract contract LettersTest is MarginTest {
    uint256 internal constant FUNDS = 1_000e6;
    bytes32 internal constant BOOK = bytes32(uint256(0xb001));
    bytes32 internal constant OTHER_BOOK = bytes32(uint256(0xb002));

    TestToken internal token;
    CoveredLetters internal letters;

    function setUp() public virtual override {
        super.setUp();
        token = new TestToken();
        letters = new CoveredLetters(address(this), registry, token, BTC, PARAMETERS, _rules());
        letters.setKeyAllowed(COVERED_KEY, true);
        letters.setKeyAllowed(BREACH_KEY, true);
    }

    /* ACCOUNTS */

    /// @dev An account of FUNDS.
    function _open(ICoveredLetters target, address owner) internal returns (bytes32 account) {
        account = _register(target, owner, BOOK);
        _deposit(target, account, FUNDS);
    }

    function _register(ICoveredLetters target, address owner, bytes32 commitment)
        internal
        returns (bytes32)
    {
        vm.prank(owner);
        return target.register(bytes32(0), commitment);
    }

    function _deposit(ICoveredLetters target, bytes32 account, uint256 amount) internal {
        _accept(_depositing(target, account, amount), "deposit");
    }

    function _depositing(ICoveredLetters target, bytes32 account, uint256 amount)
        internal
        returns (Step memory)
    {
        token.mint(BOB, amount);
        vm.prank(BOB);
        token.approve(address(target), type(uint256).max);
        return
            Step(BOB, address(target), abi.encodeCall(ICoveredLetters.deposit, (account, amount)));
    }

    function _withdrawing(ICoveredLetters target, bytes32 account, uint256 amount)
        internal
        pure
        returns (Step memory)
    {
        bytes memory data = abi.encodeCall(ICoveredLetters.withdraw, (account, amount, ALICE));
        return Step(ALICE, address(target), data);
    }

    function _updating(ICoveredLetters target, bytes32 account, bytes32 commitment)
        internal
        pure
        returns (Step memory)
    {
        bytes memory data = abi.encodeCall(ICoveredLetters.update, (account, commitment));
        return Step(ALICE, address(target), data);
    }

    /* STATEMENTS */

    function _bookClaim(ICoveredLetters target, bytes32 account, uint48 sequence, uint256 bound)
        internal
        view
        returns (MarginWords.Claim memory claim)
    {
        claim = _claim(address(target), account, sequence, bound);
        claim.commitment = BOOK;
    }

    /// @dev As `_bookClaim`, at a level.
    function _covering(
        ICoveredLetters target,
        bytes32 account,
        uint48 sequence,
        uint8 level,
        uint256 bound
    ) internal view returns (Step memory) {
        MarginWords.Claim memory claim = _bookClaim(target, account, sequence, bound);
        claim.level = level;
        return _covering(claim);
    }

    function _covering(MarginWords.Claim memory claim) internal view returns (Step memory) {
        return _attestation(COVERED_KEY, MarginWords.covered(claim));
    }

    function _breaching(
        ICoveredLetters target,
        bytes32 account,
        uint48 sequence,
        uint256 bound,
        uint256 equityBound
    ) internal view returns (Step memory) {
        MarginWords.Claim memory claim = _bookClaim(target, account, sequence, bound);
        claim.equityBound = equityBound;
        return _breaching(claim);
    }

    function _breaching(MarginWords.Claim memory claim) internal view returns (Step memory) {
        return _attestation(BREACH_KEY, MarginWords.breach(claim));
    }
}
