// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IMarketOracle } from "../../src/interfaces/IMarketOracle.sol";
import { HeaderWords } from "../../src/libraries/HeaderWords.sol";
import { PortfolioMarginWords } from "../../src/libraries/PortfolioMarginWords.sol";

/// @notice OptionDesk on a gate with one guard taken out at a time.
contract WeakDesk {
    enum Hole {
        None,
        BookWhenProven,
        BookWhenUsed,
        Level,
        Bound,
        Sequence,
        Age,
        HeldMove,
        Breaker
    }

    struct Trader {
        uint256[] legs;
        uint256 requested;
        uint256 collateral;
        bytes32 provenBook;
        uint48 sequence;
        uint40 liveUntil;
        uint8 level;
    }

    IMarketOracle private immutable ORACLE;
    uint40 private immutable COVER_SECONDS;
    Hole private immutable HOLE;
    mapping(bytes32 => Trader) private _traders;

    constructor(IMarketOracle oracle, uint40 coverSeconds, Hole hole) {
        (ORACLE, COVER_SECONDS, HOLE) = (oracle, coverSeconds, hole);
    }

    function credit(address trader, uint256 amount) external {
        _traders[bytes32(uint256(uint160(trader)))].collateral += amount;
    }

    function request(uint256 leg) external {
        _traders[bytes32(uint256(uint160(msg.sender)))].requested = leg;
    }

    function execute() external {
        Trader storage trader = _traders[bytes32(uint256(uint160(msg.sender)))];
        require(trader.requested != 0, "request");
        require(HOLE == Hole.Breaker || !ORACLE.breakerTripped(), "breaker");
        require(HOLE == Hole.BookWhenUsed || trader.provenBook == _bookOf(trader), "book");
        require(trader.provenBook != 0, "nothing proven");
        require(HOLE == Hole.Level || trader.level == 2, "level");
        require(HOLE == Hole.Age || block.timestamp <= trader.liveUntil, "age");
        bool isHeld = ORACLE.heldSnapshot(bytes12(keccak256("BTC"))).number != 0;
        require(HOLE == Hole.HeldMove || !isHeld, "held");
        trader.legs.push(trader.requested);
        trader.requested = 0;
    }

    function onAttestation(bytes32, bytes32, uint256[] calldata words) external {
        Trader storage trader = _traders[bytes32(words[2])];
        bool isNext = HeaderWords.sequence(words[1]) == trader.sequence + 1;
        require(HOLE == Hole.Sequence || isNext, "sequence");
        require(HOLE == Hole.Bound || words[7] <= trader.collateral, "bound");
        bytes32 book = PortfolioMarginWords.openBookHash(words);
        if (HOLE == Hole.BookWhenProven) book = _bookOf(trader);
        require(book == _bookOf(trader), "book");
        trader.provenBook = book;
        trader.sequence++;
        trader.liveUntil = uint40(words[5] >> 40) + COVER_SECONDS;
        trader.level = uint8(words[5] >> 32);
    }

    function _bookOf(Trader storage trader) private view returns (bytes32) {
        uint256 held = trader.legs.length;
        uint256[] memory legs = new uint256[](trader.requested == 0 ? held : held + 1);
        for (uint256 i = 0; i < held; i++) {
            legs[i] = trader.legs[i];
        }
        if (trader.requested != 0) legs[held] = trader.requested;
        return PortfolioMarginWords.bookHash(
            legs, PortfolioMarginWords.NO_LINEAR, PortfolioMarginWords.NO_CASH
        );
    }
}
