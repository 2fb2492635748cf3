// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IVerifierRouter
/// @notice Which verifier answers for a key id. A key id has one verifier across all time: routes
/// are added, stopped, resumed and buried, never replaced.
interface IVerifierRouter {
    enum Status {
        Unset,
        Active,
        Stopped,
        Tombstone
    }

    /// @param verifier Contract that verifies proofs of the key.
    /// @param wordCount Number of words of its statement.
    /// @param marketWordCount How many words, from word index 3 on, the oracle's market hash
    /// covers; zero for an account statement, which names its market by digest.
    struct Route {
        address verifier;
        uint32 wordCount;
        uint32 marketWordCount;
        Status status;
    }

    event RouteAdded(
        bytes32 indexed keyId, address indexed verifier, uint256 wordCount, uint256 marketWordCount
    );
    event RouteStopped(bytes32 indexed keyId, address indexed by);
    event RouteResumed(bytes32 indexed keyId);
    event RouteBuried(bytes32 indexed keyId);

    /// @notice The address holds no contract.
    error VerifierWithoutCode(address verifier);

    /// @notice The key has, or had, a route.
    error RouteExists(bytes32 keyId, Status status);

    /// @notice Market words must be at least one, and fit behind the header.
    error MarketWordCountOutOfRange(uint256 marketWordCount, uint256 wordCount);

    /// @notice An account statement has at least the words that the registry checks.
    error AccountWordCountOutOfRange(uint256 wordCount);

    /// @notice The key's route is not in the status the call asks for.
    error RouteNotInStatus(bytes32 keyId, Status expected, Status actual);

    /// @notice The owner adds a route of a market statement for ever. The key id is read from the
    /// verifier.
    function addRoute(address verifier, uint256 marketWordCount) external returns (bytes32 keyId);

    /// @notice The owner adds a route of an account statement (PortfolioMarginWords) for ever.
    /// @dev A function of its own: a forgotten count must not let a market statement's market words
    /// go unchecked.
    function addAccountRoute(address verifier) external returns (bytes32 keyId);

    /// @notice Guardian or owner stop an active route at once.
    function stopRoute(bytes32 keyId) external;

    /// @notice The owner resumes a stopped route.
    function resumeRoute(bytes32 keyId) external;

    /// @notice The owner buries an active or stopped route for ever.
    function buryRoute(bytes32 keyId) external;

    /// @notice The key's route in whatever status; all zero where there never was one.
    function routeOf(bytes32 keyId) external view returns (Route memory);

    /// @notice The key's route; reverts with RouteNotInStatus unless it is active.
    function activeRoute(bytes32 keyId) external view returns (Route memory);
}
