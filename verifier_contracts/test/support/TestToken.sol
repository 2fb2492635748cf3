// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ERC20 } from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @notice A token that anybody mints; it may take a fee, and call back whoever is paid or pays.
contract TestToken is ERC20 {
    uint256 public feeBps;
    address public callee;
    bytes public callback;
    bool public callbackSucceeded;
    bytes public callbackReason;

    constructor() ERC20("Test", "TEST") { }

    function decimals() public pure override returns (uint8) {
        return 6;
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function setFee(uint256 feeBps_) external {
        feeBps = feeBps_;
    }

    /// @dev Called once, in the middle of the next transfer.
    function setCallback(address callee_, bytes calldata callback_) external {
        (callee, callback) = (callee_, callback_);
    }

    function _update(address from, address to, uint256 amount) internal override {
        uint256 fee = from == address(0) ? 0 : amount * feeBps / 10_000;
        super._update(from, to, amount - fee);
        if (fee != 0) super._update(from, address(0xfee), fee);
        if (callee == address(0)) return;
        address target = callee;
        callee = address(0);
        (callbackSucceeded, callbackReason) = target.call(callback);
    }
}
