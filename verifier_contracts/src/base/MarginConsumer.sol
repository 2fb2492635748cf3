// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import { IAttestationRegistry } from "../interfaces/IAttestationRegistry.sol";
import { IMarginConsumer } from "../interfaces/IMarginConsumer.sol";
import { IMarketOracle } from "../interfaces/IMarketOracle.sol";
import { BN254 } from "../libraries/BN254.sol";
import { BasisPoints } from "../libraries/BasisPoints.sol";
import { HeaderWords } from "../libraries/HeaderWords.sol";
import { PortfolioMarginWords } from "../libraries/PortfolioMarginWords.sol";
import { AttestationConsumer } from "./AttestationConsumer.sol";

/// @title MarginConsumer
/// @notice See IMarginConsumer. The registry has seen to it that market digest, time and spot of the
/// words are those of one snapshot.
abstract contract MarginConsumer is IMarginConsumer, AttestationConsumer {
    using SafeCast for uint256;

    uint256 private constant MAX_COVER_SECONDS = 1 days;

    /// @inheritdoc IMarginConsumer
    IMarketOracle public immutable oracle;
    /// @inheritdoc IMarginConsumer
    bytes12 public immutable underlying;

    uint40 private immutable COVER_SECONDS;
    uint16 private immutable SPOT_MOVE_BPS;
    uint16 private immutable VOLATILITY_MOVE_BPS;
    uint48 private immutable MAX_SNAPSHOTS_BEHIND;

    /// @inheritdoc IMarginConsumer
    bytes32 public parametersDigest;
    /// @inheritdoc IMarginConsumer
    bytes32 public previousParametersDigest;
    /// @inheritdoc IMarginConsumer
    uint40 public previousParametersUntil;

    constructor(
        address owner_,
        IAttestationRegistry registry_,
        bytes12 underlying_,
        bytes32 parametersDigest_,
        Rules memory rules_
    ) AttestationConsumer(owner_, address(registry_)) {
        oracle = registry_.oracle();
        underlying = underlying_;
        _checkRules(rules_);
        COVER_SECONDS = rules_.coverSeconds;
        SPOT_MOVE_BPS = rules_.spotMoveBps;
        VOLATILITY_MOVE_BPS = rules_.volatilityMoveBps;
        MAX_SNAPSHOTS_BEHIND = rules_.maxSnapshotsBehind;
        _checkDigest(parametersDigest_);
        parametersDigest = parametersDigest_;
        emit ParametersChanged(parametersDigest_, bytes32(0), 0);
    }

    /// @dev The breaker stops new risk and withdrawals; covered, breach and deposits go on.
    modifier unlessBreakerTripped() {
        _requireBreakerReset();
        _;
    }

    /* PARAMETERS */

    /// @inheritdoc IMarginConsumer
    function setParametersDigest(bytes32 digest) external onlyOwner {
        _checkDigest(digest);
        bytes32 previous = parametersDigest;
        if (digest == previous) revert ParametersUnchanged(digest);
        if (block.timestamp <= previousParametersUntil) {
            revert ParametersStillChanging(previousParametersUntil);
        }
        uint40 until = uint40(block.timestamp) + COVER_SECONDS;
        parametersDigest = digest;
        previousParametersDigest = previous;
        previousParametersUntil = until;
        emit ParametersChanged(digest, previous, until);
    }

    /// @inheritdoc IMarginConsumer
    function rules() external view returns (Rules memory) {
        return Rules(COVER_SECONDS, SPOT_MOVE_BPS, VOLATILITY_MOVE_BPS, MAX_SNAPSHOTS_BEHIND);
    }

    /// @dev A move of everything would be one to zero, which says that there is no volatility.
    function _checkRules(Rules memory rules_) private pure {
        bool fits = rules_.coverSeconds != 0 && rules_.coverSeconds <= MAX_COVER_SECONDS
            && rules_.spotMoveBps != 0 && rules_.spotMoveBps <= BasisPoints.ONE
            && rules_.volatilityMoveBps != 0 && rules_.volatilityMoveBps < BasisPoints.ONE;
        if (!fits) revert RulesOutOfRange();
    }

    function _checkDigest(bytes32 digest) private pure {
        bool fits = digest != bytes32(0) && uint256(digest) < BN254.SCALAR_MODULUS;
        if (!fits) revert ParametersOutOfRange(digest);
    }

    /* STATEMENTS */

    /// @dev Last second for which the parameters of the words are accepted.
    function _checkParameters(uint256[] calldata words) internal view returns (uint40) {
        bytes32 digest = bytes32(words[PortfolioMarginWords.PARAMETERS_INDEX]);
        if (digest == parametersDigest) return type(uint40).max;
        uint40 until = previousParametersUntil;
        bool isAccepted = digest == previousParametersDigest && block.timestamp <= until;
        if (!isAccepted) revert ParametersNotGoverned(digest);
        return until;
    }

    function _checkSequence(uint256[] calldata words, uint48 last) internal pure {
        uint48 sequence = HeaderWords.sequence(words[HeaderWords.CALL_INDEX]);
        if (sequence != last + 1) revert SequenceNotNext(last + 1, sequence);
    }

    /// @dev The snapshot of the words. `used` is the number of the newest one that was used for the
    /// account.
    function _checkSnapshot(uint256[] calldata words, uint48 used)
        internal
        view
        returns (IMarketOracle.MarketSnapshot memory snapshot)
    {
        bytes32 marketDigest = bytes32(words[PortfolioMarginWords.MARKET_DIGEST_INDEX]);
        snapshot = oracle.snapshotByMarketDigest(marketDigest);
        if (snapshot.underlying != underlying) {
            revert UnderlyingMismatch(underlying, snapshot.underlying);
        }
        if (snapshot.number < used) revert SnapshotOlderThanUsed(used, snapshot.number);
        uint48 latest = oracle.latestNumber(underlying);
        if (latest - snapshot.number > MAX_SNAPSHOTS_BEHIND) {
            revert SnapshotTooFarBehind(latest, snapshot.number, MAX_SNAPSHOTS_BEHIND);
        }
    }

    /// @dev The cover that the words prove with `bound` of collateral; reverts if it is none at once.
    function _newCover(
        uint256[] calldata words,
        uint256 bound,
        IMarketOracle.MarketSnapshot memory snapshot
    ) internal view returns (Cover memory cover) {
        uint8 level = PortfolioMarginWords.level(words[PortfolioMarginWords.SNAPSHOT_INDEX]);
        if (level != PortfolioMarginWords.MAINTENANCE && level != PortfolioMarginWords.INITIAL) {
            revert LevelUnexpected(level);
        }
        uint40 liveUntil = snapshot.snapshotUnix + COVER_SECONDS;
        uint40 acceptedUntil = _checkParameters(words);
        cover = Cover({
            collateral: bound.toUint128(),
            liveUntil: liveUntil < acceptedUntil ? liveUntil : acceptedUntil,
            spotTicks: snapshot.spot.toUint40(),
            volatility: snapshot.atTheMoneyVolatility,
            level: level
        });
        if (!_isLive(cover)) {
            revert CoverNotLive(cover.liveUntil, cover.spotTicks, cover.volatility);
        }
    }

    /// @dev Compared with the newest snapshot whenever it is asked: nobody has to call for a cover
    /// to end. A held snapshot counts too: it is signed, and who is paid by the market before a fall
    /// must not be faster than its confirmation.
    function _isLive(Cover memory cover) internal view returns (bool) {
        if (block.timestamp > cover.liveUntil) return false;
        if (!_isNear(cover, oracle.latestSnapshot(underlying))) return false;
        IMarketOracle.MarketSnapshot memory held = oracle.heldSnapshot(underlying);
        return held.number == 0 || _isNear(cover, held);
    }

    function _isNear(Cover memory cover, IMarketOracle.MarketSnapshot memory newest)
        private
        view
        returns (bool)
    {
        return BasisPoints.isMoveWithin(newest.spot, cover.spotTicks, SPOT_MOVE_BPS)
            && BasisPoints.isMoveWithin(
            newest.atTheMoneyVolatility, cover.volatility, VOLATILITY_MOVE_BPS
        );
    }

    function _requireBreakerReset() internal view {
        if (oracle.breakerTripped()) revert BreakerTripped();
    }
}
