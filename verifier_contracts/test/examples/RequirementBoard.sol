// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { MarginConsumer } from "../../src/base/MarginConsumer.sol";
import { IAttestationRegistry } from "../../src/interfaces/IAttestationRegistry.sol";
import { IMarketOracle } from "../../src/interfaces/IMarketOracle.sol";
import { HeaderWords } from "../../src/libraries/HeaderWords.sol";
import { PortfolioMarginWords } from "../../src/libraries/PortfolioMarginWords.sol";

/// @notice The smallest consumer of `requirement`: shows, in one number, what a hidden book needs, say
/// to a lender who sizes a credit line by it.
/// @dev An example. Keys must be those of `portfolio_margin` requirement and no others: `covered` has
/// the same words, but its W is any number above the need that its prover liked.
contract RequirementBoard is MarginConsumer {
    /// @param need The last number proven, as the W of a cover: it counts as long as one.
    struct Book {
        bytes32 commitment;
        uint48 sequence;
        uint48 usedSnapshot;
        Cover need;
    }

    /// @notice The account has another book, or none whose need is proven in today's market.
    error RequirementMissing(bytes32 account);

    mapping(bytes32 account => Book) private _books;

    constructor(
        address owner_,
        IAttestationRegistry registry_,
        bytes12 underlying_,
        bytes32 parametersDigest_,
        Rules memory rules_
    ) MarginConsumer(owner_, registry_, underlying_, parametersDigest_, rules_) { }

    function accountOf(address trader) public pure returns (bytes32) {
        return bytes32(uint256(uint160(trader)));
    }

    /// @notice Names the caller's book; what was proven of the one before counts no longer.
    function commit(bytes32 commitment) external {
        Book storage book = _books[accountOf(msg.sender)];
        book.commitment = commitment;
        delete book.need;
    }

    /// @notice The least collateral, up to the parameters' step, that covers the book at that level.
    function requirementOf(bytes32 account, bytes32 commitment, uint8 level)
        external
        view
        returns (uint128)
    {
        Book memory book = _books[account];
        bool isKnown = book.commitment == commitment && book.need.level == level;
        if (!isKnown || !_isLive(book.need)) revert RequirementMissing(account);
        return book.need.collateral;
    }

    function _consume(bytes32, bytes32, uint256[] calldata words) internal override {
        if (words.length != PortfolioMarginWords.COVERED_COUNT) {
            revert StatementUnknown(words.length);
        }
        bytes32 account = bytes32(words[HeaderWords.SUBJECT_INDEX]);
        Book storage book = _books[account];
        bytes32 commitment = bytes32(words[PortfolioMarginWords.COMMITMENT_INDEX]);
        if (commitment != book.commitment) revert RequirementMissing(account);
        _checkSequence(words, book.sequence);
        IMarketOracle.MarketSnapshot memory snapshot = _checkSnapshot(words, book.usedSnapshot);
        book.need = _newCover(words, words[PortfolioMarginWords.COLLATERAL_INDEX], snapshot);
        book.sequence++;
        book.usedSnapshot = snapshot.number;
    }
}
