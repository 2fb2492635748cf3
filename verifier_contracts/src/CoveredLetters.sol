// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {
    ReentrancyGuardTransient
} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import { AttestationConsumer } from "./base/AttestationConsumer.sol";
import { MarginConsumer } from "./base/MarginConsumer.sol";
import { IAttestationRegistry } from "./interfaces/IAttestationRegistry.sol";
import { ICoveredLetters } from "./interfaces/ICoveredLetters.sol";
import { IMarketOracle } from "./interfaces/IMarketOracle.sol";
import { BN254 } from "./libraries/BN254.sol";
import { HeaderWords } from "./libraries/HeaderWords.sol";
import { PortfolioMarginWords } from "./libraries/PortfolioMarginWords.sol";

/// @title CoveredLetters
/// @notice See ICoveredLetters. Allowed keys must be those of the kinds covered and breach of
/// `portfolio_margin`; they are told apart by their number of words. (A requirement has the words of
/// `covered` and implies it.) Tokens whose balances change by themselves are not supported.
contract CoveredLetters is ICoveredLetters, MarginConsumer, ReentrancyGuardTransient {
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /// @inheritdoc ICoveredLetters
    IERC20 public immutable token;
    /// @inheritdoc ICoveredLetters
    mapping(bytes32 account => address) public offeredTo;

    mapping(bytes32 account => Account) private _accounts;
    mapping(bytes32 account => mapping(bytes32 commitment => bool)) private _isCommitmentUsed;

    constructor(
        address owner_,
        IAttestationRegistry registry_,
        IERC20 token_,
        bytes12 underlying_,
        bytes32 parametersDigest_,
        Rules memory rules_
    ) MarginConsumer(owner_, registry_, underlying_, parametersDigest_, rules_) {
        token = token_;
    }

    modifier onlyAccountOwner(bytes32 account) {
        _requireAccountOwner(account);
        _;
    }

    /* ACCOUNTS */

    /// @inheritdoc ICoveredLetters
    function register(bytes32 salt, bytes32 commitment)
        external
        nonReentrant
        unlessBreakerTripped
        returns (bytes32 account)
    {
        account = accountIdOf(msg.sender, salt);
        Account storage held = _accounts[account];
        if (held.standing != Standing.Unknown) revert AccountExists(account);
        (held.owner, held.standing) = (msg.sender, Standing.Good);
        _setCommitment(account, commitment);
        emit Registered(account, msg.sender, commitment);
    }

    /// @inheritdoc ICoveredLetters
    function update(bytes32 account, bytes32 commitment)
        external
        nonReentrant
        unlessBreakerTripped
        onlyAccountOwner(account)
    {
        _setCommitment(account, commitment);
        _dropCovers(account);
        emit Updated(account, commitment);
    }

    /// @inheritdoc ICoveredLetters
    function offerAccount(bytes32 account, address to) external onlyAccountOwner(account) {
        offeredTo[account] = to;
        emit TransferOffered(account, to);
    }

    /// @inheritdoc ICoveredLetters
    function acceptAccount(bytes32 account) external nonReentrant {
        if (offeredTo[account] != msg.sender) revert NotOffered(account, msg.sender);
        delete offeredTo[account];
        address from = _accounts[account].owner;
        _accounts[account].owner = msg.sender;
        emit Transferred(account, from, msg.sender);
    }

    /// @dev Used commitments are kept by account: a commitment holds its account's id, so elsewhere
    /// it can never be opened, and refusing it there would let strangers use up ours before us.
    function _setCommitment(bytes32 account, bytes32 commitment) private {
        bool fits = commitment != bytes32(0) && uint256(commitment) < BN254.SCALAR_MODULUS;
        if (!fits) revert CommitmentOutOfRange(commitment);
        if (_isCommitmentUsed[account][commitment]) revert CommitmentRepeated(account, commitment);
        _isCommitmentUsed[account][commitment] = true;
        _accounts[account].commitment = commitment;
    }

    /* COLLATERAL */

    /// @inheritdoc ICoveredLetters
    function deposit(bytes32 account, uint256 amount) external nonReentrant {
        Account storage held = _knownAccount(account);
        uint256 before = token.balanceOf(address(this));
        token.safeTransferFrom(msg.sender, address(this), amount);
        uint256 received = token.balanceOf(address(this)) - before;
        if (received == 0) revert AmountIsZero();
        held.collateral = (held.collateral + received).toUint128();
        emit Deposited(account, msg.sender, received);
    }

    /// @inheritdoc ICoveredLetters
    function withdraw(bytes32 account, uint256 amount, address to)
        external
        nonReentrant
        unlessBreakerTripped
        onlyAccountOwner(account)
    {
        Account storage held = _accounts[account];
        if (amount == 0) revert AmountIsZero();
        if (to == address(this)) revert RecipientIsThis();
        if (held.standing == Standing.Breached) revert AccountBreached(account);
        Cover memory cover = held.initial;
        if (!_isLive(cover)) revert NotCovered(account);
        uint256 collateral = held.collateral;
        if (amount > collateral) revert AmountAboveCollateral(amount, collateral);
        uint256 remaining = collateral - amount;
        if (remaining < cover.collateral) revert CollateralBelowBound(remaining, cover.collateral);
        held.collateral = uint128(remaining);
        emit Withdrawn(account, to, amount);
        token.safeTransfer(to, amount);
    }

    /* STATEMENTS */

    /// @inheritdoc AttestationConsumer
    function _consume(bytes32, bytes32, uint256[] calldata words) internal override nonReentrant {
        bytes32 account = bytes32(words[HeaderWords.SUBJECT_INDEX]);
        Account storage held = _knownAccount(account);
        bytes32 commitment = bytes32(words[PortfolioMarginWords.COMMITMENT_INDEX]);
        if (commitment != held.commitment) revert CommitmentMismatch(held.commitment, commitment);
        if (words.length == PortfolioMarginWords.COVERED_COUNT) {
            _consumeCovered(account, held, words);
        } else if (words.length == PortfolioMarginWords.BREACH_COUNT) {
            _consumeBreach(account, held, words);
        } else {
            revert StatementUnknown(words.length);
        }
    }

    function _consumeCovered(bytes32 account, Account storage held, uint256[] calldata words)
        private
    {
        _checkSequence(words, held.coveredSequence);
        IMarketOracle.MarketSnapshot memory snapshot = _checkSnapshot(words, held.usedSnapshot);
        uint256 bound = words[PortfolioMarginWords.COLLATERAL_INDEX];
        if (bound > held.collateral) revert CollateralBelowBound(held.collateral, bound);
        Cover memory cover = _newCover(words, bound, snapshot);

        held.coveredSequence++;
        held.usedSnapshot = snapshot.number;
        if (cover.level == PortfolioMarginWords.INITIAL) held.initial = cover;
        else held.maintenance = cover;
        if (held.standing == Standing.Breached) {
            held.standing = Standing.Good;
            held.equityBound = 0;
            emit BreachCured(account);
        }
        emit Covered(account, cover.level, cover.collateral, snapshot.number, cover.liveUntil);
    }

    /// @dev Covers end for good: an older one must not come back to life when the breach is cured.
    function _consumeBreach(bytes32 account, Account storage held, uint256[] calldata words)
        private
    {
        _checkSequence(words, held.breachSequence);
        IMarketOracle.MarketSnapshot memory snapshot = _checkSnapshot(words, held.usedSnapshot);
        _checkParameters(words);
        uint8 level = PortfolioMarginWords.level(words[PortfolioMarginWords.SNAPSHOT_INDEX]);
        if (level != PortfolioMarginWords.MAINTENANCE) revert LevelUnexpected(level);
        uint256 bound = words[PortfolioMarginWords.COLLATERAL_INDEX];
        if (bound < held.collateral) revert CollateralAboveBound(held.collateral, bound);
        uint128 equityBound = words[PortfolioMarginWords.EQUITY_BOUND_INDEX].toUint128();

        held.breachSequence++;
        held.usedSnapshot = snapshot.number;
        held.standing = Standing.Breached;
        held.equityBound = equityBound;
        _dropCovers(account);
        emit Breached(account, bound.toUint128(), equityBound, snapshot.number);
    }

    function _dropCovers(bytes32 account) private {
        delete _accounts[account].maintenance;
        delete _accounts[account].initial;
    }

    /* VIEWS */

    /// @inheritdoc ICoveredLetters
    function accountIdOf(address owner_, bytes32 salt) public view returns (bytes32) {
        return
            bytes32(uint256(keccak256(abi.encode(block.chainid, address(this), owner_, salt))) >> 8);
    }

    /// @inheritdoc ICoveredLetters
    function accountOf(bytes32 account) external view returns (Account memory) {
        return _knownAccount(account);
    }

    /// @inheritdoc ICoveredLetters
    function isCovered(bytes32 account, bytes32 commitment) external view returns (bool) {
        Account storage held = _accounts[account];
        if (held.standing != Standing.Good || commitment != held.commitment) return false;
        return _covers(held.maintenance, held.collateral) || _covers(held.initial, held.collateral);
    }

    function _covers(Cover memory cover, uint128 collateral) private view returns (bool) {
        return cover.collateral <= collateral && _isLive(cover);
    }

    function _knownAccount(bytes32 account) private view returns (Account storage held) {
        held = _accounts[account];
        if (held.standing == Standing.Unknown) revert AccountUnknown(account);
    }

    function _requireAccountOwner(bytes32 account) private view {
        if (_knownAccount(account).owner != msg.sender) {
            revert NotAccountOwner(account, msg.sender);
        }
    }
}
