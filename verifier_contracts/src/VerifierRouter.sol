// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import { Guarded } from "./base/Guarded.sol";
import { IProofVerifier } from "./interfaces/IProofVerifier.sol";
import { IVerifierRouter } from "./interfaces/IVerifierRouter.sol";
import { HeaderWords } from "./libraries/HeaderWords.sol";
import { PortfolioMarginWords } from "./libraries/PortfolioMarginWords.sol";

/// @title VerifierRouter
/// @notice See IVerifierRouter.
contract VerifierRouter is IVerifierRouter, Guarded {
    using SafeCast for uint256;

    mapping(bytes32 keyId => Route) private _routes;

    constructor(address owner_, address guardian_) Guarded(owner_, guardian_) { }

    /* ROUTES */

    /// @inheritdoc IVerifierRouter
    function addRoute(address verifier, uint256 marketWordCount)
        external
        onlyOwner
        returns (bytes32 keyId)
    {
        uint256 wordCount;
        (keyId, wordCount) = _newKey(verifier);
        if (marketWordCount == 0 || HeaderWords.COUNT + marketWordCount > wordCount) {
            revert MarketWordCountOutOfRange(marketWordCount, wordCount);
        }
        _add(keyId, verifier, wordCount, marketWordCount);
    }

    /// @inheritdoc IVerifierRouter
    function addAccountRoute(address verifier) external onlyOwner returns (bytes32 keyId) {
        uint256 wordCount;
        (keyId, wordCount) = _newKey(verifier);
        if (wordCount < PortfolioMarginWords.COMMON_COUNT) {
            revert AccountWordCountOutOfRange(wordCount);
        }
        _add(keyId, verifier, wordCount, 0);
    }

    function _newKey(address verifier) private view returns (bytes32 keyId, uint256 wordCount) {
        if (verifier.code.length == 0) revert VerifierWithoutCode(verifier);
        keyId = IProofVerifier(verifier).keyId();
        wordCount = IProofVerifier(verifier).wordCount();
        Status status = _routes[keyId].status;
        if (status != Status.Unset) revert RouteExists(keyId, status);
    }

    function _add(bytes32 keyId, address verifier, uint256 wordCount, uint256 marketWordCount)
        private
    {
        _routes[keyId] =
            Route(verifier, wordCount.toUint32(), marketWordCount.toUint32(), Status.Active);
        emit RouteAdded(keyId, verifier, wordCount, marketWordCount);
    }

    /// @inheritdoc IVerifierRouter
    function stopRoute(bytes32 keyId) external onlyGuardianOrOwner {
        _requireStatus(keyId, Status.Active);
        _routes[keyId].status = Status.Stopped;
        emit RouteStopped(keyId, msg.sender);
    }

    /// @inheritdoc IVerifierRouter
    function resumeRoute(bytes32 keyId) external onlyOwner {
        _requireStatus(keyId, Status.Stopped);
        _routes[keyId].status = Status.Active;
        emit RouteResumed(keyId);
    }

    /// @inheritdoc IVerifierRouter
    function buryRoute(bytes32 keyId) external onlyOwner {
        if (_routes[keyId].status != Status.Stopped) _requireStatus(keyId, Status.Active);
        _routes[keyId].status = Status.Tombstone;
        emit RouteBuried(keyId);
    }

    /* VIEWS */

    /// @inheritdoc IVerifierRouter
    function routeOf(bytes32 keyId) external view returns (Route memory) {
        return _routes[keyId];
    }

    /// @inheritdoc IVerifierRouter
    function activeRoute(bytes32 keyId) external view returns (Route memory) {
        _requireStatus(keyId, Status.Active);
        return _routes[keyId];
    }

    function _requireStatus(bytes32 keyId, Status expected) private view {
        Status actual = _routes[keyId].status;
        if (actual != expected) revert RouteNotInStatus(keyId, expected, actual);
    }
}
