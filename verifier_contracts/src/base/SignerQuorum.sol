// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

import { IMarketOracle } from "../interfaces/IMarketOracle.sol";
import { Guarded } from "./Guarded.sol";

/// @title SignerQuorum
/// @notice Who signs, how many must, and whether they did (see IMarketOracle).
abstract contract SignerQuorum is IMarketOracle, Guarded {
    /// @inheritdoc IMarketOracle
    mapping(address account => bool) public isSigner;
    /// @inheritdoc IMarketOracle
    uint256 public signerCount;
    /// @inheritdoc IMarketOracle
    uint256 public threshold;

    constructor(address[] memory signers, uint256 threshold_) {
        for (uint256 i = 0; i < signers.length; i++) {
            _setSigner(signers[i], true);
        }
        _setThreshold(threshold_);
    }

    /// @inheritdoc IMarketOracle
    function setSigner(address signer, bool isSigner_, uint256 threshold_) external onlyOwner {
        _setSigner(signer, isSigner_);
        _setThreshold(threshold_);
    }

    /// @inheritdoc IMarketOracle
    function setThreshold(uint256 threshold_) external onlyOwner {
        _setThreshold(threshold_);
    }

    function _checkSignatures(bytes32 digest, bytes[] calldata signatures) internal view {
        if (signatures.length < threshold) revert TooFewSignatures(threshold, signatures.length);
        address previous = address(0);
        for (uint256 i = 0; i < signatures.length; i++) {
            (address signer, ECDSA.RecoverError fault,) =
                ECDSA.tryRecoverCalldata(digest, signatures[i]);
            if (fault != ECDSA.RecoverError.NoError) revert SignatureInvalid(i);
            if (signer <= previous) revert SignersNotAscending(i, previous, signer);
            if (!isSigner[signer]) revert UnknownSigner(i, signer);
            previous = signer;
        }
    }

    function _setSigner(address signer, bool isSigner_) private {
        if (signer == address(0)) revert SignerIsZero();
        if (isSigner[signer] == isSigner_) revert SignerUnchanged(signer, isSigner_);
        isSigner[signer] = isSigner_;
        signerCount = isSigner_ ? signerCount + 1 : signerCount - 1;
        emit SignerSet(signer, isSigner_);
    }

    function _setThreshold(uint256 threshold_) private {
        if (threshold_ > signerCount || threshold_ <= signerCount / 2) {
            revert ThresholdOutOfRange(threshold_, signerCount);
        }
        threshold = threshold_;
        emit ThresholdSet(threshold_);
    }
}
