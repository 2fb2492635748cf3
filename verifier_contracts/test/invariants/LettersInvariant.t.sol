// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { LettersTest } from "../support/LettersTest.sol";
import { MarginWords } from "../support/MarginWords.sol";

/// @notice Three accounts, a market and a breaker in any order, beside a book of what each may do.
contract LettersHandler is LettersTest {
    uint256 public constant ACCOUNTS = 3;

    /// @dev The last initial cover that nothing has ended, and the market it was proven in.
    struct Ghost {
        bool hasCover;
        bool isBreached;
        uint256 bound;
        uint256 unixTime;
        uint256 spot;
        uint256 volatility;
    }

    bytes32[ACCOUNTS] public accounts;
    mapping(uint256 index => Ghost) public ghosts;
    uint256 public spot = SPOT;
    uint256 public volatility = VOLATILITY;
    uint256 public donated;
    uint256 public withdrawals;
    bool public paidWithoutCover;
    bool public touchedAnother;
    uint256 private _books;

    constructor() {
        setUp();
        for (uint256 i = 0; i < ACCOUNTS; i++) {
            vm.prank(_ownerOf(i));
            accounts[i] = letters.register(bytes32(i), _commitmentOf(i));
            _deposit(letters, accounts[i], FUNDS);
        }
    }

    /// @dev Whatever is done to one account, the others stay as they are.
    modifier touching(uint256 index) {
        bytes32 before = _othersOf(index);
        _;
        if (_othersOf(index) != before) touchedAnother = true;
    }

    function deposit(uint256 pick, uint256 amount) external touching(pick % ACCOUNTS) {
        _deposit(letters, accounts[pick % ACCOUNTS], 1 + amount % FUNDS);
    }

    function donate(uint256 amount) external {
        amount %= FUNDS;
        token.mint(address(letters), amount);
        donated += amount;
    }

    function cover(uint256 pick, uint256 bound, uint256 behind, bool isInitial)
        external
        touching(pick % ACCOUNTS)
    {
        uint256 index = pick % ACCOUNTS;
        uint48 sequence = letters.accountOf(accounts[index]).coveredSequence + 1;
        MarginWords.Claim memory claim = _ghostClaim(index, sequence, behind);
        claim.bound = bound % (letters.accountOf(accounts[index]).collateral + 2);
        isInitial = isInitial || bound % 2 == 0;
        claim.level = isInitial ? INITIAL : MAINTENANCE;
        (bool success,) = _run(_covering(claim));
        if (!success) return;
        Ghost storage ghost = ghosts[index];
        ghost.isBreached = false;
        if (!isInitial) return;
        uint256 marketVolatility =
            oracle.snapshotByMarketDigest(claim.marketDigest).atTheMoneyVolatility;
        ghosts[index] =
            Ghost(true, false, claim.bound, claim.snapshotUnix, claim.spot, marketVolatility);
    }

    function breach(uint256 pick, uint256 bound, uint256 behind)
        external
        touching(pick % ACCOUNTS)
    {
        if (bound % 3 == 0) return;
        uint256 index = pick % ACCOUNTS;
        uint48 sequence = letters.accountOf(accounts[index]).breachSequence + 1;
        MarginWords.Claim memory claim = _ghostClaim(index, sequence, behind);
        uint256 collateral = letters.accountOf(accounts[index]).collateral;
        claim.bound = bound % (collateral + collateral / 4 + 1);
        (bool success,) = _run(_breaching(claim));
        if (!success) return;
        delete ghosts[index];
        ghosts[index].isBreached = true;
    }

    function update(uint256 pick) external touching(pick % ACCOUNTS) {
        if (pick % 4 != 0) return;
        uint256 index = pick % ACCOUNTS;
        _books++;
        vm.prank(_ownerOf(index));
        letters.update(accounts[index], _commitmentOf(index));
        ghosts[index].hasCover = false;
    }

    function withdraw(uint256 pick, uint256 amount) external touching(pick % ACCOUNTS) {
        uint256 index = pick % ACCOUNTS;
        uint256 collateral = letters.accountOf(accounts[index]).collateral;
        // mostly within what the cover leaves, sometimes above it and above everything
        uint256 bound = ghosts[index].bound;
        uint256 surplus = bound < collateral ? collateral - bound : collateral;
        amount = 1 + amount % (surplus + surplus / 4 + 1);
        vm.prank(_ownerOf(index));
        letters.withdraw(accounts[index], amount, ALICE);
        withdrawals++;
        if (amount > collateral || !_mayPay(index, collateral - amount)) paidWithoutCover = true;
    }

    function publish(uint256 spotMove, uint256 volatilityMove) external {
        spot = spot * (9_900 + spotMove % 201) / 10_000;
        volatility = volatility * (9_500 + volatilityMove % 1_001) / 10_000;
        _publish(BTC, spot, uint32(volatility));
    }

    function wait_(uint256 secondsPassed) external {
        vm.warp(block.timestamp + secondsPassed % 300);
    }

    function flipBreaker(uint256 luck) external {
        if (oracle.breakerTripped()) oracle.resetBreaker();
        else if (luck % 8 == 0) oracle.tripBreaker();
    }

    /* WHAT MUST HOLD */

    function totalCollateral() external view returns (uint256 total) {
        for (uint256 i = 0; i < ACCOUNTS; i++) {
            total += letters.accountOf(accounts[i]).collateral;
        }
    }

    function balance() external view returns (uint256) {
        return token.balanceOf(address(letters));
    }

    /// @dev Coverage as the interface promises it, in other words than the contract's.
    function coveredWithoutReason() external view returns (bool) {
        for (uint256 i = 0; i < ACCOUNTS; i++) {
            if (_isCovered(i) && ghosts[i].isBreached) return true;
        }
        return false;
    }

    function _mayPay(uint256 index, uint256 remaining) private view returns (bool) {
        Ghost memory ghost = ghosts[index];
        bool isNear = 100 * spot <= 102 * ghost.spot && 100 * spot >= 98 * ghost.spot
            && 10 * volatility <= 11 * ghost.volatility && 10 * volatility >= 9 * ghost.volatility;
        return ghost.hasCover && !ghost.isBreached && isNear && ghost.bound <= remaining
            && block.timestamp <= ghost.unixTime + COVER_SECONDS && !oracle.breakerTripped();
    }

    function _ghostClaim(uint256 index, uint48 sequence, uint256 behind)
        private
        view
        returns (MarginWords.Claim memory claim)
    {
        claim = _claim(address(letters), accounts[index], sequence, 0);
        claim.commitment = letters.accountOf(accounts[index]).commitment;
        behind %= MAX_BEHIND + 2;
        if (behind < lastNumber) _dated(claim, BTC, lastNumber - uint48(behind));
    }

    function _isCovered(uint256 index) private view returns (bool) {
        return letters.isCovered(accounts[index], letters.accountOf(accounts[index]).commitment);
    }

    function _ownerOf(uint256 index) private pure returns (address) {
        return address(uint160(0xa000 + index));
    }

    function _commitmentOf(uint256 index) private view returns (bytes32) {
        return bytes32(1 + index + ACCOUNTS * _books);
    }

    function _othersOf(uint256 index) private view returns (bytes32 hash) {
        for (uint256 i = 0; i < ACCOUNTS; i++) {
            if (i == index) continue;
            hash = keccak256(abi.encode(hash, letters.accountOf(accounts[i]), _isCovered(i)));
        }
    }
}

contract LettersInvariantTest is LettersTest {
    LettersHandler internal handler;

    function setUp() public override {
        handler = new LettersHandler();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    function targetSelectors() public view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0].addr = address(handler);
        targets[0].selectors = new bytes4[](12);
        targets[0].selectors[0] = LettersHandler.deposit.selector;
        targets[0].selectors[1] = LettersHandler.donate.selector;
        targets[0].selectors[2] = LettersHandler.cover.selector;
        targets[0].selectors[3] = LettersHandler.cover.selector;
        targets[0].selectors[4] = LettersHandler.cover.selector;
        targets[0].selectors[5] = LettersHandler.breach.selector;
        targets[0].selectors[6] = LettersHandler.update.selector;
        targets[0].selectors[7] = LettersHandler.withdraw.selector;
        targets[0].selectors[8] = LettersHandler.withdraw.selector;
        targets[0].selectors[9] = LettersHandler.publish.selector;
        targets[0].selectors[10] = LettersHandler.wait_.selector;
        targets[0].selectors[11] = LettersHandler.flipBreaker.selector;
    }

    function invariant_collateralIsInTheContract() public view {
        uint256 owed = handler.totalCollateral();
        vm.assertEq(owed + handler.donated(), handler.balance(), "collateral and balance");
    }

    function invariant_nothingIsPaidWithoutALiveCover() public view {
        vm.assertTrue(!handler.paidWithoutCover(), "paid without cover");
    }

    function invariant_breachedAccountsAreNotCovered() public view {
        vm.assertTrue(!handler.coveredWithoutReason(), "covered in breach");
    }

    function invariant_accountsAreNothingToEachOther() public view {
        vm.assertTrue(!handler.touchedAnother(), "another account changed");
    }

    /// @dev The handler gets through to what the invariants are about.
    function test_handlerIsPaid() public {
        handler.deposit(1, 500);
        handler.cover(1, 100, 0, true);
        handler.withdraw(1, 50);
        vm.assertEq(handler.withdrawals(), 1, "withdrawals");
        handler.breach(1, FUNDS + 460, 0);
        (, bool isBreached,,,,) = handler.ghosts(1);
        vm.assertTrue(isBreached, "breached");
    }
}
