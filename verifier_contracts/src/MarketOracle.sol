// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Pausable } from "@openzeppelin/contracts/utils/Pausable.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import { Guarded } from "./base/Guarded.sol";
import { SignerQuorum } from "./base/SignerQuorum.sol";
import { IMarketOracle } from "./interfaces/IMarketOracle.sol";
import { BN254 } from "./libraries/BN254.sol";
import { BasisPoints } from "./libraries/BasisPoints.sol";

/// @title MarketOracle
/// @notice See IMarketOracle. The breaker is OpenZeppelin's pause.
contract MarketOracle is SignerQuorum, Pausable, EIP712 {
    bytes32 private constant SNAPSHOT_TYPEHASH = keccak256(
        "MarketSnapshot(bytes12 underlying,uint48 number,uint40 snapshotUnix,bytes32 marketHash,uint256 spot,uint32 atTheMoneyVolatility,bytes32 marketDigest)"
    );
    uint256 private constant VOLATILITY_BITS = 28;

    /// @dev Two slots, and a third where there is a margin listing. A record exists where its time
    /// is not zero.
    struct Record {
        bytes32 marketHash;
        uint184 spot;
        uint32 atTheMoneyVolatility;
        uint40 snapshotUnix;
        bytes32 marketDigest;
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
    uint256 public spotMoveLimitBps;

    mapping(bytes12 underlying => Progress) private _progress;
    mapping(bytes12 underlying => mapping(uint48 number => Record)) private _records;
    mapping(bytes12 underlying => Record) private _held;
    mapping(bytes32 marketHash => Reference) private _byMarketHash;
    mapping(bytes32 marketDigest => Reference) private _byMarketDigest;

    constructor(
        address owner_,
        address guardian_,
        address[] memory signers,
        uint256 threshold_,
        uint256 spotMoveLimitBps_
    )
        Guarded(owner_, guardian_)
        SignerQuorum(signers, threshold_)
        EIP712("proofmark MarketOracle", "1")
    {
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
        if (snapshot.spot == 0 || snapshot.spot > type(uint184).max) {
            revert SpotOutOfRange(snapshot.spot);
        }
        if (_byMarketHash[snapshot.marketHash].number != 0) {
            revert MarketHashRepeated(snapshot.marketHash);
        }
        _checkMarginListing(snapshot.atTheMoneyVolatility, snapshot.marketDigest);
    }

    function _checkMarginListing(uint32 volatility, bytes32 marketDigest) private view {
        bool isMissing = volatility == 0 && marketDigest != bytes32(0);
        if (isMissing || volatility >> VOLATILITY_BITS != 0) {
            revert VolatilityOutOfRange(volatility);
        }
        if (uint256(marketDigest) >= BN254.SCALAR_MODULUS) {
            revert MarketDigestOutOfRange(marketDigest);
        }
        if (_byMarketDigest[marketDigest].number != 0) revert MarketDigestRepeated(marketDigest);
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
        uint256 limit = spotMoveLimitBps;
        if (BasisPoints.isMoveWithin(snapshot.spot, acceptedSpot, limit)) return true;
        return progress.heldNumber != 0
            && BasisPoints.isMoveWithin(snapshot.spot, _held[underlying].spot, limit);
    }

    function _accept(MarketSnapshot calldata snapshot, Progress memory progress) private {
        bytes12 underlying = snapshot.underlying;
        if (progress.heldNumber != 0) delete _held[underlying];
        progress.heldNumber = 0;
        progress.acceptedNumber = snapshot.number;
        _progress[underlying] = progress;
        _records[underlying][snapshot.number] = _recordOf(snapshot);
        _byMarketHash[snapshot.marketHash] = Reference(underlying, snapshot.number);
        if (snapshot.marketDigest != bytes32(0)) {
            _byMarketDigest[snapshot.marketDigest] = Reference(underlying, snapshot.number);
        }
        emit SnapshotAccepted(
            underlying,
            snapshot.number,
            snapshot.snapshotUnix,
            snapshot.marketHash,
            snapshot.spot,
            snapshot.atTheMoneyVolatility,
            snapshot.marketDigest
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
        return Record(
            snapshot.marketHash,
            uint184(snapshot.spot),
            snapshot.atTheMoneyVolatility,
            snapshot.snapshotUnix,
            snapshot.marketDigest
        );
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
    function setSpotMoveLimit(uint256 spotMoveLimitBps_) external onlyOwner {
        _setSpotMoveLimit(spotMoveLimitBps_);
    }

    function _setSpotMoveLimit(uint256 spotMoveLimitBps_) private {
        if (spotMoveLimitBps_ == 0 || spotMoveLimitBps_ > BasisPoints.ONE) {
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
        return _snapshotOf(underlying, number, record);
    }

    /// @inheritdoc IMarketOracle
    function marketOf(bytes12 underlying, uint48 number)
        external
        view
        returns (bytes32 marketHash, uint40 snapshotUnix)
    {
        Record storage record = _records[underlying][number];
        (marketHash, snapshotUnix) = (record.marketHash, record.snapshotUnix);
        if (snapshotUnix == 0) revert SnapshotUnknown(underlying, number);
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
    function snapshotByMarketDigest(bytes32 marketDigest)
        external
        view
        returns (MarketSnapshot memory)
    {
        Reference memory found = _byMarketDigest[marketDigest];
        if (found.number == 0) revert MarketDigestUnknown(marketDigest);
        return snapshotOf(found.underlying, found.number);
    }

    /// @inheritdoc IMarketOracle
    function latestSnapshot(bytes12 underlying) external view returns (MarketSnapshot memory) {
        return snapshotOf(underlying, _progress[underlying].acceptedNumber);
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
        return _snapshotOf(underlying, number, record);
    }

    /// @inheritdoc IMarketOracle
    function snapshotDigest(MarketSnapshot calldata snapshot) public view returns (bytes32) {
        // a static struct is encoded field by field, as EIP-712 wants it
        return _hashTypedDataV4(keccak256(abi.encode(SNAPSHOT_TYPEHASH, snapshot)));
    }

    function _snapshotOf(bytes12 underlying, uint48 number, Record memory record)
        private
        pure
        returns (MarketSnapshot memory)
    {
        return MarketSnapshot({
            underlying: underlying,
            number: number,
            snapshotUnix: record.snapshotUnix,
            marketHash: record.marketHash,
            spot: record.spot,
            atTheMoneyVolatility: record.atTheMoneyVolatility,
            marketDigest: record.marketDigest
        });
    }
}
