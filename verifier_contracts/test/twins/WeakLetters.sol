// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import { IMarginConsumer } from "../../src/interfaces/IMarginConsumer.sol";
import { IMarketOracle } from "../../src/interfaces/IMarketOracle.sol";
import { HeaderWords } from "../../src/libraries/HeaderWords.sol";

/// @notice CoveredLetters with one guard taken out at a time, or with one too many, by which others
/// keep true statements out. It takes words from anybody: what the registry and the base refuse is
/// tested elsewhere.
contract WeakLetters {
    enum Hole {
        None,
        Commitment,
        Parameters,
        Underlying,
        Sequence,
        BestOfMany,
        Older,
        CoveredBound,
        BreachBound,
        BreachLevel,
        DeadCover,
        Age,
        Spot,
        Volatility,
        HeldMove,
        WithdrawLevel,
        WithdrawBound,
        Breached,
        OldCovers,
        StaleCovers,
        RepeatedCommitment,
        AccountOwner,
        Breaker,
        Fee,
        Reentrancy,
        ExactBound,
        OneSequence,
        SharedCounts,
        SharedCommitments
    }

    struct Account {
        address owner;
        bytes32 commitment;
        uint256 collateral;
        uint48 coveredSequence;
        uint48 breachSequence;
        uint48 usedSnapshot;
        bool isBreached;
    }

    struct Cover {
        uint256 bound;
        IMarketOracle.MarketSnapshot snapshot;
    }

    IMarketOracle private immutable ORACLE;
    IERC20 private immutable TOKEN;
    bytes12 private immutable UNDERLYING;
    bytes32 private immutable PARAMETERS;
    Hole private immutable HOLE;
    IMarginConsumer.Rules private _rules;
    mapping(bytes32 => Account) private _accounts;
    mapping(bytes32 => mapping(uint256 level => Cover)) private _covers;
    mapping(bytes32 => bool) private _isUsed;
    bool private _isEntered;

    constructor(
        IMarketOracle oracle,
        IERC20 token,
        bytes12 underlying,
        bytes32 parameters,
        IMarginConsumer.Rules memory rules,
        Hole hole
    ) {
        (ORACLE, TOKEN, UNDERLYING) = (oracle, token, underlying);
        (PARAMETERS, HOLE, _rules) = (parameters, hole, rules);
    }

    modifier guarded() {
        require(HOLE == Hole.Reentrancy || !_isEntered, "reentered");
        _isEntered = true;
        _;
        _isEntered = false;
    }

    /* CALLS */

    function register(bytes32, bytes32 commitment) external returns (bytes32 account) {
        account = bytes32(uint256(keccak256(abi.encode(address(this), msg.sender))) >> 8);
        _accounts[account].owner = msg.sender;
        _setCommitment(account, commitment);
    }

    function update(bytes32 account, bytes32 commitment) external {
        require(HOLE == Hole.Breaker || !ORACLE.breakerTripped(), "breaker");
        require(_accounts[account].owner == msg.sender, "owner");
        _setCommitment(account, commitment);
        if (HOLE != Hole.StaleCovers) _dropCovers(account);
    }

    function deposit(bytes32 account, uint256 amount) external guarded {
        uint256 before = TOKEN.balanceOf(address(this));
        require(TOKEN.transferFrom(msg.sender, address(this), amount), "transfer");
        if (HOLE != Hole.Fee) amount = TOKEN.balanceOf(address(this)) - before;
        _accounts[account].collateral += amount;
    }

    function withdraw(bytes32 account, uint256 amount, address to) external guarded {
        Account storage held = _accounts[account];
        require(HOLE == Hole.Breaker || !ORACLE.breakerTripped(), "breaker");
        require(HOLE == Hole.AccountOwner || held.owner == msg.sender, "owner");
        require(HOLE == Hole.Breached || !held.isBreached, "breached");
        Cover memory cover = _covers[account][2];
        if (HOLE == Hole.WithdrawLevel && cover.bound == 0) cover = _covers[account][1];
        require(_isLive(cover), "live");
        bool isLeft = held.collateral - amount >= cover.bound;
        require(HOLE == Hole.WithdrawBound || isLeft, "bound");
        held.collateral -= amount;
        require(TOKEN.transfer(to, amount), "transfer");
    }

    function onAttestation(bytes32, bytes32, uint256[] calldata words) external {
        bytes32 account = bytes32(words[2]);
        Account storage held = _accounts[account];
        require(HOLE == Hole.Commitment || bytes32(words[7]) == held.commitment, "commitment");
        require(HOLE == Hole.Parameters || bytes32(words[3]) == PARAMETERS, "parameters");
        Account storage counts = _countsOf(account);
        IMarketOracle.MarketSnapshot memory snapshot = _snapshot(words, counts.usedSnapshot);
        counts.usedSnapshot = snapshot.number;
        if (words.length == 9) _cover(account, words, snapshot);
        else _breach(account, words);
    }

    /* STATEMENTS */

    function _snapshot(uint256[] calldata words, uint48 used)
        private
        view
        returns (IMarketOracle.MarketSnapshot memory snapshot)
    {
        snapshot = ORACLE.snapshotByMarketDigest(bytes32(words[4]));
        bool isOurs = snapshot.underlying == UNDERLYING;
        require(HOLE == Hole.Underlying || isOurs, "underlying");
        if (HOLE == Hole.Underlying && !isOurs) return snapshot;
        require(HOLE == Hole.Older || snapshot.number >= used, "older");
        uint48 behind = ORACLE.latestNumber(UNDERLYING) - snapshot.number;
        require(HOLE == Hole.BestOfMany || behind <= _rules.maxSnapshotsBehind, "behind");
    }

    function _cover(
        bytes32 account,
        uint256[] calldata words,
        IMarketOracle.MarketSnapshot memory snapshot
    ) private {
        Account storage held = _accounts[account];
        _checkSequence(words, _countsOf(account).coveredSequence++);
        require(HOLE == Hole.CoveredBound || words[8] <= held.collateral, "bound");
        require(HOLE != Hole.ExactBound || words[8] == held.collateral, "exact");
        Cover memory cover = Cover(words[8], snapshot);
        require(HOLE == Hole.DeadCover || HOLE == Hole.Underlying || _isLive(cover), "live");
        held.isBreached = false;
        _covers[account][uint8(words[5] >> 32)] = cover;
    }

    function _breach(bytes32 account, uint256[] calldata words) private {
        Account storage held = _accounts[account];
        Account storage counts = _countsOf(account);
        if (HOLE == Hole.OneSequence) _checkSequence(words, counts.coveredSequence++);
        else _checkSequence(words, counts.breachSequence++);
        require(HOLE == Hole.BreachLevel || uint8(words[5] >> 32) == 1, "level");
        require(HOLE == Hole.BreachBound || words[8] >= held.collateral, "bound");
        require(HOLE != Hole.ExactBound || words[8] == held.collateral, "exact");
        held.isBreached = true;
        if (HOLE != Hole.OldCovers && HOLE != Hole.Breached) _dropCovers(account);
    }

    function _countsOf(bytes32 account) private view returns (Account storage) {
        return _accounts[HOLE == Hole.SharedCounts ? bytes32(0) : account];
    }

    function _checkSequence(uint256[] calldata words, uint48 last) private view {
        bool isNext = HeaderWords.sequence(words[1]) == last + 1;
        require(HOLE == Hole.Sequence || isNext, "sequence");
    }

    function _setCommitment(bytes32 account, bytes32 commitment) private {
        bytes32 user = HOLE == Hole.SharedCommitments ? bytes32(0) : account;
        bytes32 use = keccak256(abi.encode(user, commitment));
        require(HOLE == Hole.RepeatedCommitment || !_isUsed[use], "repeated");
        _isUsed[use] = true;
        _accounts[account].commitment = commitment;
    }

    function _dropCovers(bytes32 account) private {
        delete _covers[account][1];
        delete _covers[account][2];
    }

    function _isLive(Cover memory cover) private view returns (bool) {
        IMarketOracle.MarketSnapshot memory newest = ORACLE.latestSnapshot(UNDERLYING);
        IMarketOracle.MarketSnapshot memory old = cover.snapshot;
        if (old.number == 0) return false;
        if (HOLE != Hole.HeldMove && ORACLE.heldSnapshot(UNDERLYING).number != 0) return false;
        bool isYoung = block.timestamp <= old.snapshotUnix + _rules.coverSeconds;
        return (HOLE == Hole.Age || isYoung)
            && (HOLE == Hole.Spot || _isNear(newest.spot, old.spot, _rules.spotMoveBps))
            && (HOLE == Hole.Volatility
                || _isNear(
                newest.atTheMoneyVolatility, old.atTheMoneyVolatility, _rules.volatilityMoveBps
            ));
    }

    function _isNear(uint256 value, uint256 base, uint256 bps) private pure returns (bool) {
        return value * 10_000 <= base * (10_000 + bps) && value * 10_000 >= base * (10_000 - bps);
    }
}
