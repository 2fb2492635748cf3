// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import { IMarginConsumer } from "./IMarginConsumer.sol";

/// @title ICoveredLetters
/// @notice Letters of credit for hidden books, one account at a time. An account commits to its
/// book, posts collateral in one token, and shows now and then that its margin is covered; readers
/// rely on `isCovered`. What the chain learns of a book is a commitment, the bounds its owner chose
/// to prove, and, in a breach, a bound of its equity. Refusals say nothing of the book: they compare
/// public numbers.
///
/// Bounds: `covered` is proven with some W and holds for an account with at least W, `breach` with
/// some W and holds for an account with at most W. A deposit in front of a `covered` changes
/// nothing; one in front of a `breach` can exceed its W, so a breach is proven with headroom: with W
/// as large as the maintenance margin leaves negative. What a deposit then needs to escape is the
/// missing margin itself. Amounts are the token's smallest units, in words and in calls alike.
///
/// An account's next sequences are `coveredSequence + 1` and `breachSequence + 1`: apart, so that no
/// run of `covered` attestations can outrun a breach. Who holds an opening of a book can prove about
/// it, and so cost its owner another proof; it gives no authority, and nobody else's account knows
/// of it.
///
/// A breach ends every cover and withdrawal. A live `covered` of a snapshot not older than the
/// breach's cures it: for one book, market, parameters and W just one of the two is provable, so the
/// account was topped up, changed or saved by the market. What happens to an account that stays in
/// breach is for a contract that knows the counterparties.
///
/// Collateral is shown here, not pledged: an owner may replace his book by an empty one, in breach
/// too, have that covered with nothing and leave with everything. Counterparties who need a pledge
/// let a contract of theirs own the account; it decides when the book changes and what is withdrawn.
interface ICoveredLetters is IMarginConsumer {
    /// @notice Whether an account exists, and whether no `covered` followed its last breach.
    enum Standing {
        Unknown,
        Good,
        Breached
    }

    /// @dev Collateral to standing share the slot that every statement changes; `register` opens it.
    /// @param owner Who withdraws, updates, transfers.
    /// @param breachSequence Sequence of the last breach.
    /// @param commitment Poseidon commitment to the book; it holds this contract and the account id.
    /// @param collateral Deposits less withdrawals.
    /// @param coveredSequence Sequence of the last `covered`.
    /// @param usedSnapshot Newest snapshot number used for the account, by either statement.
    /// @param equityBound While in breach: Q of the last one proven, at least the equity of the book of
    /// then with the W of then. Not tight: whoever has the opening may prove another with a larger W.
    /// @param maintenance The last `covered` at that level.
    /// @param initial Likewise. Withdrawals ask for this one.
    struct Account {
        address owner;
        uint48 breachSequence;
        bytes32 commitment;
        uint128 collateral;
        uint48 coveredSequence;
        uint48 usedSnapshot;
        Standing standing;
        uint128 equityBound;
        Cover maintenance;
        Cover initial;
    }

    event Registered(bytes32 indexed account, address indexed owner, bytes32 commitment);
    event Updated(bytes32 indexed account, bytes32 commitment);

    /// @param amount What arrived; less than was sent where the token takes a fee.
    event Deposited(bytes32 indexed account, address indexed from, uint256 amount);
    event Withdrawn(bytes32 indexed account, address indexed to, uint256 amount);
    event Covered(
        bytes32 indexed account,
        uint8 level,
        uint128 collateralBound,
        uint48 snapshotNumber,
        uint40 liveUntil
    );
    event Breached(
        bytes32 indexed account, uint128 collateralBound, uint128 equityBound, uint48 snapshotNumber
    );
    event BreachCured(bytes32 indexed account);
    event TransferOffered(bytes32 indexed account, address indexed to);
    event Transferred(bytes32 indexed account, address indexed from, address indexed to);

    error AccountExists(bytes32 account);
    error AccountUnknown(bytes32 account);
    error NotAccountOwner(bytes32 account, address caller);
    error NotOffered(bytes32 account, address caller);

    /// @notice A commitment is a scalar and not zero.
    error CommitmentOutOfRange(bytes32 commitment);

    /// @notice The account had this commitment before: its book would be seen to be an old one.
    error CommitmentRepeated(bytes32 account, bytes32 commitment);

    /// @notice The statement is about another book than the account's.
    error CommitmentMismatch(bytes32 expected, bytes32 received);
    error AmountIsZero();
    error AmountAboveCollateral(uint256 amount, uint256 collateral);
    error RecipientIsThis();
    error AccountBreached(bytes32 account);

    /// @notice No live `covered` at initial level.
    error NotCovered(bytes32 account);

    /// @notice The account has more than the bound the breach was proven with.
    error CollateralAboveBound(uint256 collateral, uint256 bound);

    /// @notice Opens an account of the caller.
    /// @param salt Tells the caller's accounts apart.
    /// @param commitment Made for this contract and for accountIdOf(caller, salt).
    function register(bytes32 salt, bytes32 commitment) external returns (bytes32 account);

    /// @notice Adds collateral. Anybody may, to any account.
    function deposit(bytes32 account, uint256 amount) external;

    /// @notice The owner takes collateral out. What remains must be at least the W of a live
    /// `covered` at initial level.
    function withdraw(bytes32 account, uint256 amount, address to) external;

    /// @notice The owner replaces the book. Nothing covers it until that is proven; a breach stays.
    function update(bytes32 account, bytes32 commitment) external;

    /// @notice The owner offers the account; the id and all else stay. Zero takes an offer back.
    function offerAccount(bytes32 account, address to) external;

    /// @notice Who was offered the account takes it.
    function acceptAccount(bytes32 account) external;

    function token() external view returns (IERC20);

    /// @notice The id an owner's account has or would have; below 2^248.
    function accountIdOf(address owner, bytes32 salt) external view returns (bytes32);

    /// @notice Reverts with AccountUnknown.
    function accountOf(bytes32 account) external view returns (Account memory);

    /// @notice Who may accept the account; zero for nobody.
    function offeredTo(bytes32 account) external view returns (address);

    /// @notice Whether the account still has this book, is not in breach, and has a live cover of
    /// either level within its collateral. False for unknown accounts. Who relies on the account
    /// names the book he knows: its owner may replace it by another, and have that covered with
    /// nothing, within one block.
    function isCovered(bytes32 account, bytes32 commitment) external view returns (bool);
}
