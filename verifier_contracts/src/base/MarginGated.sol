// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IMarketOracle } from "../interfaces/IMarketOracle.sol";
import { HeaderWords } from "../libraries/HeaderWords.sol";
import { PortfolioMarginWords } from "../libraries/PortfolioMarginWords.sol";
import { MarginConsumer } from "./MarginConsumer.sol";

/// @title MarginGated
/// @notice Base of protocols that hold positions themselves. They say what they hold of an account
/// (`_positionOf`), and put `_requireMargin` in front of what needs margin; an `open` statement of
/// `portfolio_margin`, proven by anybody, opens that gate. Allowed keys must be of such statements.
///
/// A statement is taken only if its legs, linear holdings and cash are the protocol's at that moment,
/// at least at the level it asks for, with at most the collateral it holds; and the gate asks again.
/// So strangers who prove can say nothing but what the account itself would.
///
/// To let a position in only if the margin after it is proven, hold it back first: count it in
/// `_positionOf`, at initial level, and book it behind the gate. test/examples/OptionDesk.sol does.
abstract contract MarginGated is MarginConsumer {
    /// @param bookHash PortfolioMarginWords.bookHash of everything the account holds.
    /// @param collateral What counts as W, in the statement's units.
    /// @param level PortfolioMarginWords.MAINTENANCE or INITIAL.
    struct Position {
        bytes32 bookHash;
        uint256 collateral;
        uint256 level;
    }

    /// @param sequence Sequence of the account's last statement; the next is one more.
    /// @param usedSnapshot Newest snapshot number used for it.
    struct Margin {
        bytes32 bookHash;
        uint48 sequence;
        uint48 usedSnapshot;
        Cover cover;
    }

    mapping(bytes32 account => Margin) private _margins;

    event MarginProven(
        bytes32 indexed account, uint8 level, uint48 snapshotNumber, uint40 liveUntil
    );

    /// @notice The statement is about another book than the account's.
    error BookMismatch(bytes32 expected, bytes32 received);

    /// @notice The account has no live margin for what it holds now.
    error MarginMissing(bytes32 account);

    /// @notice The last margin proven for an account; all zero where there is none.
    function marginOf(bytes32 account) external view returns (Margin memory) {
        return _margins[account];
    }

    /// @notice Whether a live margin covers what the account holds now, at the level it needs.
    function isMargined(bytes32 account) public view returns (bool) {
        Margin memory margin = _margins[account];
        Position memory position = _positionOf(account);
        return margin.bookHash == position.bookHash && margin.cover.level >= position.level
            && margin.cover.collateral <= position.collateral && _isLive(margin.cover);
    }

    /// @dev What the protocol holds of an account, and the level that this needs. Runs within the
    /// hook's gas: a protocol of large books keeps their hash. An unknown account must not look
    /// like a known one.
    function _positionOf(bytes32 account) internal view virtual returns (Position memory);

    /// @dev The gate, for new risk and withdrawals.
    function _requireMargin(bytes32 account) internal view {
        _requireBreakerReset();
        if (!isMargined(account)) revert MarginMissing(account);
    }

    /// @dev keyId is one of the allowed keys; the data hash adds nothing to what is compared.
    function _consume(bytes32, bytes32, uint256[] calldata words) internal override {
        if (!PortfolioMarginWords.isOpen(words)) revert StatementUnknown(words.length);
        bytes32 account = bytes32(words[HeaderWords.SUBJECT_INDEX]);
        Margin storage margin = _margins[account];
        _checkSequence(words, margin.sequence);
        IMarketOracle.MarketSnapshot memory snapshot = _checkSnapshot(words, margin.usedSnapshot);
        uint256 bound = words[PortfolioMarginWords.OPEN_COLLATERAL_INDEX];
        Cover memory cover = _newCover(words, bound, snapshot);

        bytes32 bookHash = PortfolioMarginWords.openBookHash(words);
        Position memory position = _positionOf(account);
        if (bookHash != position.bookHash) revert BookMismatch(position.bookHash, bookHash);
        if (cover.level < position.level) revert LevelUnexpected(cover.level);
        if (bound > position.collateral) revert CollateralBelowBound(position.collateral, bound);

        _margins[account] = Margin(bookHash, margin.sequence + 1, snapshot.number, cover);
        emit MarginProven(account, cover.level, snapshot.number, cover.liveUntil);
    }
}
