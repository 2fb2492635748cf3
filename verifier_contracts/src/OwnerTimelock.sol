// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { TimelockController } from "@openzeppelin/contracts/governance/TimelockController.sol";

/// @title OwnerTimelock
/// @notice OpenZeppelin's timelock under a name of ours: the owner that router, oracle and boards
/// are meant to have. It administers itself.
contract OwnerTimelock is TimelockController {
    constructor(uint256 minDelaySeconds, address[] memory proposers, address[] memory executors)
        TimelockController(minDelaySeconds, proposers, executors, address(0))
    { }
}
