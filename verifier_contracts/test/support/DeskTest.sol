// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { OptionDesk } from "../examples/OptionDesk.sol";
import { MarginTest } from "./MarginTest.sol";
import { MarginWords } from "./MarginWords.sol";

/// @notice The example of a gated protocol, and one-line steps on it or on a twin of it.
abstract contract DeskTest is MarginTest {
    uint256 internal constant FUNDS = 1_000e6;

    OptionDesk internal desk;

    function setUp() public override {
        super.setUp();
        desk = new OptionDesk(address(this), registry, BTC, PARAMETERS, _rules());
        desk.setKeyAllowed(OPEN_KEY, true);
    }

    function _leg(uint256 strike) internal pure returns (uint256) {
        return MarginWords.leg(START_UNIX + 86_400, strike, false);
    }

    /// @dev Credits and requests; then the claim about the book with the request in it.
    function _requested(OptionDesk target, uint48 sequence)
        internal
        returns (MarginWords.Claim memory claim)
    {
        target.credit(ALICE, FUNDS);
        vm.prank(ALICE);
        target.request(_leg(100));
        claim = _claim(address(target), desk.accountOf(ALICE), sequence, FUNDS);
        claim.level = INITIAL;
        claim.legs = new uint256[](1);
        claim.legs[0] = _leg(100);
    }

    function _opening(MarginWords.Claim memory claim) internal view returns (Step memory) {
        return _attestation(OPEN_KEY, MarginWords.open(claim));
    }

    function _executing(OptionDesk target) internal pure returns (Step memory) {
        return Step(ALICE, address(target), abi.encodeCall(OptionDesk.execute, ()));
    }
}
