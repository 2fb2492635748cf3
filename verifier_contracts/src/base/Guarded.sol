// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Ownable, Ownable2Step } from "@openzeppelin/contracts/access/Ownable2Step.sol";

/// @title Guarded
/// @notice An owner, meant to be a timelock, decides; a guardian may only stop things, and at once.
abstract contract Guarded is Ownable2Step {
    /// @notice Account that may stop but never start; zero for none.
    address public guardian;

    event GuardianSet(address indexed guardian);

    /// @notice The caller is neither guardian nor owner.
    error NotGuardianOrOwner(address caller);

    constructor(address owner_, address guardian_) Ownable(owner_) {
        _setGuardian(guardian_);
    }

    modifier onlyGuardianOrOwner() {
        if (msg.sender != guardian && msg.sender != owner()) revert NotGuardianOrOwner(msg.sender);
        _;
    }

    function setGuardian(address guardian_) external onlyOwner {
        _setGuardian(guardian_);
    }

    function _setGuardian(address guardian_) private {
        guardian = guardian_;
        emit GuardianSet(guardian_);
    }
}
