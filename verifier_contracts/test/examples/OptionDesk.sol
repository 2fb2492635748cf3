// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { MarginConsumer } from "../../src/base/MarginConsumer.sol";
import { MarginGated } from "../../src/base/MarginGated.sol";
import { IAttestationRegistry } from "../../src/interfaces/IAttestationRegistry.sol";
import { PortfolioMarginWords } from "../../src/libraries/PortfolioMarginWords.sol";

/// @notice The smallest protocol on MarginGated: options against the house, one request at a time.
/// @dev An example: premiums, expiries and who may credit collateral are left out.
contract OptionDesk is MarginGated {
    struct Trader {
        uint256[] legs;
        uint256 requested;
        uint256 collateral;
    }

    error NothingRequested();

    mapping(bytes32 account => Trader) private _traders;

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

    function legsOf(address trader) external view returns (uint256[] memory) {
        return _traders[accountOf(trader)].legs;
    }

    function credit(address trader, uint256 amount) external onlyOwner {
        _traders[accountOf(trader)].collateral += amount;
    }

    /// @notice Asks for one more leg, packed, its key above those already held; zero takes it back.
    function request(uint256 leg) external {
        _traders[accountOf(msg.sender)].requested = leg;
    }

    /// @notice Books the request: only if the margin with it is proven.
    function execute() external {
        bytes32 account = accountOf(msg.sender);
        _requireMargin(account);
        Trader storage trader = _traders[account];
        if (trader.requested == 0) revert NothingRequested();
        trader.legs.push(trader.requested);
        trader.requested = 0;
    }

    function _positionOf(bytes32 account) internal view override returns (Position memory) {
        Trader storage trader = _traders[account];
        uint256 held = trader.legs.length;
        bool isAsking = trader.requested != 0;
        uint256[] memory legs = new uint256[](isAsking ? held + 1 : held);
        for (uint256 i = 0; i < held; i++) {
            legs[i] = trader.legs[i];
        }
        if (isAsking) legs[held] = trader.requested;
        return Position({
            bookHash: PortfolioMarginWords.bookHash(
                legs, PortfolioMarginWords.NO_LINEAR, PortfolioMarginWords.NO_CASH
            ),
            collateral: trader.collateral,
            level: isAsking ? PortfolioMarginWords.INITIAL : PortfolioMarginWords.MAINTENANCE
        });
    }
}
