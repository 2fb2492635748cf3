// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IMarketOracle } from "./IMarketOracle.sol";

/// @title IMarginConsumer
/// @notice What every consumer of margin statements decides: of which underlying, by which
/// parameters, how recent, and how long a proven margin counts.
interface IMarginConsumer {
    /// @param coverSeconds How long after its snapshot a proven margin counts.
    /// @param spotMoveBps It counts only while the newest snapshot's spot is within so many 1e-4 of
    /// its own; the spot of one that the oracle holds back, if there is one, as well.
    /// @param volatilityMoveBps Likewise for the at-the-money volatility, below 10^4. A newest snapshot
    /// without one ends every cover: signers of an underlying with margin accounts always report it.
    /// @param maxSnapshotsBehind A statement's snapshot number is at most so far behind the newest
    /// accepted one. Without it, whoever proves picks the best of all recent markets. Number gaps
    /// count.
    struct Rules {
        uint40 coverSeconds;
        uint16 spotMoveBps;
        uint16 volatilityMoveBps;
        uint48 maxSnapshotsBehind;
    }

    /// @notice A proven margin; one slot.
    /// @param collateral The bound W that was proven.
    /// @param liveUntil Last second of its age.
    /// @param spotTicks Spot of its snapshot.
    /// @param volatility At-the-money volatility of its snapshot.
    /// @param level 1 maintenance, 2 initial; 0 where there is no cover.
    struct Cover {
        uint128 collateral;
        uint40 liveUntil;
        uint40 spotTicks;
        uint32 volatility;
        uint8 level;
    }

    /// @param previousUntil Last second the previous digest is accepted.
    event ParametersChanged(bytes32 indexed digest, bytes32 indexed previous, uint40 previousUntil);

    error RulesOutOfRange();
    error ParametersOutOfRange(bytes32 digest);
    error ParametersUnchanged(bytes32 digest);

    /// @notice The last change is less than one covered lifetime old.
    error ParametersStillChanging(uint40 until);

    /// @notice The statement was proven by parameters that are not governed here (any more).
    error ParametersNotGoverned(bytes32 digest);
    error UnderlyingMismatch(bytes12 expected, bytes12 received);
    error SnapshotTooFarBehind(uint48 latest, uint48 number, uint48 maxBehind);

    /// @notice A newer snapshot was used for the account already.
    error SnapshotOlderThanUsed(uint48 used, uint48 number);

    /// @notice Sequences of an account neither repeat nor skip.
    error SequenceNotNext(uint48 expected, uint48 received);
    error StatementUnknown(uint256 wordCount);
    error LevelUnexpected(uint8 level);

    /// @notice The account has less than the bound the margin was proven with.
    error CollateralBelowBound(uint256 collateral, uint256 bound);

    /// @notice The margin was proven in a market that is too old or has moved away.
    error CoverNotLive(uint40 liveUntil, uint40 spotTicks, uint32 volatility);
    error BreakerTripped();

    /// @notice The owner, meant to be a timelock (its delay is the announcement), replaces the
    /// digest. The old one stays accepted for one covered lifetime, and nothing proven under it
    /// counts longer.
    function setParametersDigest(bytes32 digest) external;

    function oracle() external view returns (IMarketOracle);

    function underlying() external view returns (bytes12);

    function rules() external view returns (Rules memory);

    function parametersDigest() external view returns (bytes32);

    function previousParametersDigest() external view returns (bytes32);

    function previousParametersUntil() external view returns (uint40);
}
