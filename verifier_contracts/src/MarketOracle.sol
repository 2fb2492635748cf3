// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Pausable } from "@openzeppelin/contracts/utils/Pausable.sol";
import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import { Guarded } from "./base/Guarded.sol";
import { IMarketOracle } from "./interfaces/IMarketOracle.sol";

/// @title MarketOracle
/// @notice See IMarketOracle. The breaker is OpenZeppelin's pause.
contract MarketOracle is IMarketOracle, Guarded, Pausable, EIP712 {
    bytes32 private constant SNAPSHOT_TYPEHASH = keccak256(
        "MarketSnapshot(bytes12 underlying,uint48 number,uint40 snapshotUnix,bytes32 marketHash,uint256 spot)"
    );
    uint256 private constant BPS = 10_000;

    /// @dev Two slots. A record exists where its time is not zero.
    struct Record {
        bytes32 marketHash;
        uint216 spot;
        uint40 snapshotUnix;
    }

    /// @dev `seen` counts held snapshots too, so that no report is ever taken twice.
    struct Progress {
        uint48 seenNumber;
        uint40 seenUnix;
        uint48 acceptedNumber;
        uint48 heldNumber;
    }

    struct Reference {
        bytes12 underlying;
        uint48 number;
    }

    /// @inheritdoc IMarketOracle
    mapping(address account => bool) public isSigner;
    /// @inheritdoc IMarketOracle
    uint256 public signerCount;
    /// @inheritdoc IMarketOracle
    uint256 public threshold;
    /// @inheritdoc IMarketOracle
    uint256 public spotMoveLimitBps;

    mapping(bytes12 underlying => Progress) private _progress;
    mapping(bytes12 underlying => mapping(uint48 number => Record)) private _records;
    mapping(bytes12 underlying => Record) private _held;
    mapping(bytes32 marketHash => Reference) private _byMarketHash;

    constructor(
        address owner_,
        address guardian_,
        address[] memory signers,
        uint256 threshold_,
        uint256 spotMoveLimitBps_
    ) Guarded(owner_, guardian_) EIP712("proofmark MarketOracle", "1") {
        for (uint256 i = 0; i < signers.length; i++) {
            _setSigner(signers[i], true);
        }
        _setThreshold(threshold_);
        _setSpotMoveLimit(spotMoveLimitBps_);
    }

    /* SNAPSHOTS */

    /// @inheritdoc IMarketOracle
    function submit(MarketSnapshot calldata snapshot, bytes[] calldata signatures)
        external
        returns (bool accepted)
    {
        _checkSignatures(snapshotDigest(snapshot), signatures);
        Progress memory progress = _progress[snapshot.underlying];
        _checkSnapshot(snapshot, progress);

        accepted = _isSpotPlausible(snapshot, progress);
        progress.seenNumber = snapshot.number;
        progress.seenUnix = snapshot.snapshotUnix;
        if (accepted) _accept(snapshot, progress);
        else _hold(snapshot, progress);
    }

    function _checkSignatures(bytes32 digest, bytes[] calldata signatures) private view {
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

    function _checkSnapshot(MarketSnapshot calldata snapshot, Progress memory progress)
        private
        view
    {
        if (snapshot.snapshotUnix > block.timestamp) {
            revert SnapshotInFuture(snapshot.snapshotUnix, block.timestamp);
        }
        if (snapshot.snapshotUnix <= progress.seenUnix) {
            revert SnapshotTimeNotIncreasing(progress.seenUnix, snapshot.snapshotUnix);
        }
        if (snapshot.number <= progress.seenNumber) {
            revert SnapshotNumberNotIncreasing(progress.seenNumber, snapshot.number);
        }
        if (snapshot.spot == 0 || snapshot.spot > type(uint216).max) {
            revert SpotOutOfRange(snapshot.spot);
        }
        if (_byMarketHash[snapshot.marketHash].number != 0) {
            revert MarketHashRepeated(snapshot.marketHash);
        }
    }

    /// @dev The first snapshot has nothing to be compared with.
    function _isSpotPlausible(MarketSnapshot calldata snapshot, Progress memory progress)
        private
        view
        returns (bool)
    {
        bytes12 underlying = snapshot.underlying;
        if (progress.acceptedNumber == 0) return true;
        uint256 acceptedSpot = _records[underlying][progress.acceptedNumber].spot;
        if (_isWithinLimit(snapshot.spot, acceptedSpot)) return true;
        return progress.heldNumber != 0 && _isWithinLimit(snapshot.spot, _held[underlying].spot);
    }

    /// @dev |spot - base| <= base * limit / 10^4; no overflow: both are below 2^216, the limit
    /// below 2^14.
    function _isWithinLimit(uint256 spot, uint256 base) private view returns (bool) {
        uint256 move = spot > base ? spot - base : base - spot;
        return move * BPS <= base * spotMoveLimitBps;
    }

    function _accept(MarketSnapshot calldata snapshot, Progress memory progress) private {
        bytes12 underlying = snapshot.underlying;
        if (progress.heldNumber != 0) delete _held[underlying];
        progress.heldNumber = 0;
        progress.acceptedNumber = snapshot.number;
        _progress[underlying] = progress;
        _records[underlying][snapshot.number] = _recordOf(snapshot);
        _byMarketHash[snapshot.marketHash] = Reference(underlying, snapshot.number);
        emit SnapshotAccepted(
            underlying, snapshot.number, snapshot.snapshotUnix, snapshot.marketHash, snapshot.spot
        );
    }

    function _hold(MarketSnapshot calldata snapshot, Progress memory progress) private {
        bytes12 underlying = snapshot.underlying;
        progress.heldNumber = snapshot.number;
        _progress[underlying] = progress;
        _held[underlying] = _recordOf(snapshot);
        uint256 acceptedSpot = _records[underlying][progress.acceptedNumber].spot;
        emit SnapshotHeld(underlying, snapshot.number, snapshot.spot, acceptedSpot);
    }

    function _recordOf(MarketSnapshot calldata snapshot) private pure returns (Record memory) {
        // _checkSnapshot has bounded spot
        return Record(snapshot.marketHash, uint216(snapshot.spot), snapshot.snapshotUnix);
    }

    /* BREAKER */

    /// @inheritdoc IMarketOracle
    function tripBreaker() external onlyGuardianOrOwner {
        _pause();
    }

    /// @inheritdoc IMarketOracle
    function resetBreaker() external onlyOwner {
        _unpause();
    }

    /// @inheritdoc IMarketOracle
    function breakerTripped() external view returns (bool) {
        return paused();
    }

    /* PARAMETERS */

    /// @inheritdoc IMarketOracle
    function setSigner(address signer, bool isSigner_) external onlyOwner {
        _setSigner(signer, isSigner_);
        _checkThreshold(threshold);
    }

    /// @inheritdoc IMarketOracle
    function setThreshold(uint256 threshold_) external onlyOwner {
        _setThreshold(threshold_);
    }

    /// @inheritdoc IMarketOracle
    function setSpotMoveLimit(uint256 spotMoveLimitBps_) external onlyOwner {
        _setSpotMoveLimit(spotMoveLimitBps_);
    }

    function _setSigner(address signer, bool isSigner_) private {
        if (signer == address(0)) revert SignerIsZero();
        if (isSigner[signer] == isSigner_) revert SignerUnchanged(signer, isSigner_);
        isSigner[signer] = isSigner_;
        signerCount = isSigner_ ? signerCount + 1 : signerCount - 1;
        emit SignerSet(signer, isSigner_);
    }

    function _setThreshold(uint256 threshold_) private {
        _checkThreshold(threshold_);
        threshold = threshold_;
        emit ThresholdSet(threshold_);
    }

    function _checkThreshold(uint256 threshold_) private view {
        if (threshold_ > signerCount || threshold_ <= signerCount / 2) {
            revert ThresholdOutOfRange(threshold_, signerCount);
        }
    }

    function _setSpotMoveLimit(uint256 spotMoveLimitBps_) private {
        if (spotMoveLimitBps_ == 0 || spotMoveLimitBps_ > BPS) {
            revert SpotMoveLimitOutOfRange(spotMoveLimitBps_);
        }
        spotMoveLimitBps = spotMoveLimitBps_;
        emit SpotMoveLimitSet(spotMoveLimitBps_);
    }

    /* VIEWS */

    /// @inheritdoc IMarketOracle
    function snapshotOf(bytes12 underlying, uint48 number)
        public
        view
        returns (MarketSnapshot memory)
    {
        Record memory record = _records[underlying][number];
        if (record.snapshotUnix == 0) revert SnapshotUnknown(underlying, number);
        return
            MarketSnapshot(underlying, number, record.snapshotUnix, record.marketHash, record.spot);
    }

    /// @inheritdoc IMarketOracle
    function snapshotByMarketHash(bytes32 marketHash)
        external
        view
        returns (MarketSnapshot memory)
    {
        Reference memory found = _byMarketHash[marketHash];
        if (found.number == 0) revert MarketHashUnknown(marketHash);
        return snapshotOf(found.underlying, found.number);
    }

    /// @inheritdoc IMarketOracle
    function latestNumber(bytes12 underlying) external view returns (uint48) {
        return _progress[underlying].acceptedNumber;
    }

    /// @inheritdoc IMarketOracle
    function heldSnapshot(bytes12 underlying) external view returns (MarketSnapshot memory held) {
        uint48 number = _progress[underlying].heldNumber;
        if (number == 0) return held;
        Record memory record = _held[underlying];
        return
            MarketSnapshot(underlying, number, record.snapshotUnix, record.marketHash, record.spot);
    }

    /// @inheritdoc IMarketOracle
    function snapshotDigest(MarketSnapshot calldata snapshot) public view returns (bytes32) {
        return _hashTypedDataV4(
            keccak256(
                abi.encode(
                    SNAPSHOT_TYPEHASH,
                    snapshot.underlying,
                    snapshot.number,
                    snapshot.snapshotUnix,
                    snapshot.marketHash,
                    snapshot.spot
                )
            )
        );
    }
}
