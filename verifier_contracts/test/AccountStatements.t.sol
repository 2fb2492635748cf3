// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ProofVerifier } from "../src/ProofVerifier.sol";
import { IAttestationRegistry } from "../src/interfaces/IAttestationRegistry.sol";
import { IMarketOracle } from "../src/interfaces/IMarketOracle.sol";
import { IProofVerifier } from "../src/interfaces/IProofVerifier.sol";
import { MarginTest } from "./support/MarginTest.sol";
import { MarginWords } from "./support/MarginWords.sol";
import { StubConsumer } from "./support/StubConsumer.sol";
import { ToyKey } from "./support/ToyKeys.sol";
import { WeakRegistry } from "./twins/WeakRegistry.sol";

/// @notice What the registry checks of account statements, with valid proofs; refusals beside twins
/// that accept. The consumer takes everything.
contract AccountStatementsTest is MarginTest {
    bytes32 internal constant ACCOUNT = bytes32(uint256(42));

    ToyKey internal accountKey;
    StubConsumer internal consumer;

    function setUp() public override {
        super.setUp();
        consumer = new StubConsumer();
        accountKey = _renamed(_key("sound"), keccak256("account statement"));
        router.addAccountRoute(
            address(
                new ProofVerifier(
                    accountKey.statementId, accountKey.r1csDigest, accountKey.words, 9
                )
            )
        );
    }

    function _about(bytes32 account, uint48 sequence)
        private
        view
        returns (MarginWords.Claim memory)
    {
        return _claim(address(consumer), account, sequence, 0);
    }

    function _data(MarginWords.Claim memory claim, uint256 seed)
        private
        view
        returns (bytes memory)
    {
        uint256[] memory words = MarginWords.covered(claim);
        uint256[10] memory proof = _prove(accountKey, words, seed);
        return abi.encodeCall(IAttestationRegistry.attest, (accountKey.keyId, proof, words));
    }

    function _accepted(MarginWords.Claim memory claim, string memory what) private {
        _assertAccepted(address(registry), _data(claim, 1), what);
    }

    function _refused(MarginWords.Claim memory claim, bytes4 selector, string memory what) private {
        _assertRefused(address(registry), _data(claim, 1), selector, what);
    }

    /// @dev The same claim made out to twins: the one without hole refuses it, the other accepts.
    function _twins(WeakRegistry.Hole hole, MarginWords.Claim memory claim) private {
        WeakRegistry tight = new WeakRegistry(router, oracle, MAX_AGE, WeakRegistry.Hole.None);
        (bool success,) = address(tight).call(_twinData(tight, claim));
        vm.assertTrue(!success, "refused by the twin without hole");
        WeakRegistry twin = new WeakRegistry(router, oracle, MAX_AGE, hole);
        _assertAccepted(address(twin), _twinData(twin, claim), "the twin");
    }

    function _twinData(WeakRegistry twin, MarginWords.Claim memory claim)
        private
        view
        returns (bytes memory)
    {
        claim.registry = address(twin);
        uint256[] memory words = MarginWords.covered(claim);
        uint256[10] memory proof = _prove(accountKey, words, 1);
        return
            abi.encodeCall(WeakRegistry.attest, (accountKey.keyId, proof, words, address(consumer)));
    }

    /* TAKEN */

    function test_attestsAboutAnAccount() public {
        uint256[] memory words = MarginWords.covered(_about(ACCOUNT, 1));
        bytes32 dataHash = keccak256(abi.encodePacked(words.length, words));
        bytes32 digest = keccak256(abi.encode(accountKey.keyId, dataHash));
        bytes32 head = keccak256(abi.encode(bytes32(0), digest));
        uint256[10] memory proof = _prove(accountKey, words, 1);
        vm.expectEmit(address(registry));
        emit IAttestationRegistry.Attested(
            accountKey.keyId, address(consumer), ACCOUNT, 1, dataHash, head
        );
        registry.attest(accountKey.keyId, proof, words);
        vm.assertEq(consumer.dataHash(), dataHash, "hook");
    }

    function test_breakerStopsMarksAlone() public {
        oracle.tripBreaker();
        _accepted(_about(ACCOUNT, 1), "account statement");
        bytes4 selector = IAttestationRegistry.BreakerTripped.selector;
        _assertRefused(address(registry), _attestCall(_words(1), 1), selector, "mark");
    }

    function test_accountsCountApart() public {
        _accepted(_about(ACCOUNT, type(uint48).max), "as high as can be");
        _accepted(_about(bytes32(uint256(43)), 1), "another account");
    }

    /* WHICH MARKET */

    function test_refusesUnknownMarket() public {
        MarginWords.Claim memory claim = _about(ACCOUNT, 1);
        claim.marketDigest = bytes32(uint256(5));
        _refused(claim, IMarketOracle.MarketDigestUnknown.selector, "made up");
        _twins(WeakRegistry.Hole.AccountMarket, claim);
        claim = _about(ACCOUNT, 1);
        claim.marketDigest = bytes32(0);
        _refused(claim, IMarketOracle.MarketDigestUnknown.selector, "none");
    }

    /// @dev Signed, but not accepted: nobody confirmed the move.
    function test_refusesHeldMarket() public {
        _publish(BTC, 2 * SPOT, VOLATILITY);
        MarginWords.Claim memory claim = _claimOfNumber(1);
        claim.marketDigest = _marketDigest(lastNumber);
        _refused(claim, IMarketOracle.MarketDigestUnknown.selector, "held");
    }

    function _claimOfNumber(uint48 number) private returns (MarginWords.Claim memory claim) {
        uint48 last = lastNumber;
        lastNumber = number;
        claim = _about(ACCOUNT, 1);
        lastNumber = last;
    }

    function test_refusesOtherTimeAndSpotThanTheSnapshots() public {
        MarginWords.Claim memory claim = _about(ACCOUNT, 1);
        claim.snapshotUnix++;
        _refused(claim, IAttestationRegistry.SnapshotTimeMismatch.selector, "future");
        _twins(WeakRegistry.Hole.AccountTime, claim);
        claim = _about(ACCOUNT, 1);
        claim.snapshotUnix--;
        _refused(claim, IAttestationRegistry.SnapshotTimeMismatch.selector, "past");
        claim = _about(ACCOUNT, 1);
        claim.spot++;
        _refused(claim, IAttestationRegistry.SpotMismatch.selector, "spot");
        _twins(WeakRegistry.Hole.AccountSpot, claim);
    }

    /* WHEN */

    /// @dev A longer one would keep a favourable proof for later.
    function test_refusesAnotherValidUntilThanTheSnapshots() public {
        bytes4 selector = IAttestationRegistry.ValidUntilMismatch.selector;
        MarginWords.Claim memory claim;
        for (uint256 bit = 0; bit < 40; bit++) {
            claim = _about(ACCOUNT, 1);
            claim.validUntil ^= uint40(1 << bit);
            if (claim.validUntil < block.timestamp) continue;
            _refused(claim, selector, vm.toString(bit));
        }
        claim = _about(ACCOUNT, 1);
        claim.validUntil++;
        _twins(WeakRegistry.Hole.ValidUntil, claim);
    }

    function test_refusesStaleSnapshot() public {
        MarginWords.Claim memory claim = _about(ACCOUNT, 1);
        vm.warp(block.timestamp + MAX_AGE);
        uint256 state = vm.snapshotState();
        _accepted(claim, "largest age");
        vm.revertToState(state);
        vm.warp(block.timestamp + 1);
        _refused(claim, IAttestationRegistry.AttestationExpired.selector, "a second later");
        _twins(WeakRegistry.Hole.Staleness, claim);
    }

    /* ONCE */

    function test_refusesReplay() public {
        MarginWords.Claim memory claim = _about(ACCOUNT, 1);
        _accepted(claim, "first");
        bytes4 selector = IAttestationRegistry.AlreadyAttested.selector;
        _assertRefused(address(registry), _data(claim, 1), selector, "the same proof");
        _assertRefused(address(registry), _data(claim, 2), selector, "another proof");
        _publish();
        selector = IAttestationRegistry.SequenceNotIncreasing.selector;
        _refused(_about(ACCOUNT, 1), selector, "the sequence again");
        WeakRegistry twin = new WeakRegistry(router, oracle, MAX_AGE, WeakRegistry.Hole.Sequence);
        _assertAccepted(address(twin), _twinData(twin, claim), "twin, first");
        _assertAccepted(address(twin), _twinData(twin, claim), "twin, again");
    }

    function test_refusesPaddingAndOtherWords() public {
        bytes memory data = _data(_about(ACCOUNT, 1), 1);
        bytes4 selector = IAttestationRegistry.CalldataLengthMismatch.selector;
        _assertRefused(address(registry), bytes.concat(data, hex"00"), selector, "padding");
        _assertRefused(
            address(registry), bytes.concat(data, bytes32(0)), selector, "a word of padding"
        );
    }

    function test_refusesEveryAlteredWord() public {
        uint256[] memory words = MarginWords.covered(_about(ACCOUNT, 1));
        uint256[10] memory proof = _prove(accountKey, words, 1);
        for (uint256 i = 0; i < words.length; i++) {
            words[i] ^= 1;
            bytes memory data =
                abi.encodeCall(IAttestationRegistry.attest, (accountKey.keyId, proof, words));
            (bool success,) = address(registry).call(data);
            vm.assertTrue(!success, vm.toString(i));
            words[i] ^= 1;
        }
    }

    /// @dev id + r is the same field element and would be another account.
    function test_refusesAccountOutsideTheField() public {
        MarginWords.Claim memory claim = _about(bytes32(uint256(ACCOUNT) + R), 1);
        _refused(claim, IProofVerifier.WordOutsideField.selector, "id + r");
    }

    /// @dev With any gas limit the hook has its gas or nothing happened.
    function test_fuzz_starvedHookUndoesEverything(uint256 gasLimit) public {
        gasLimit = 250_000 + gasLimit % 400_000;
        bytes memory data = _data(_about(ACCOUNT, 1), 1);
        (bool success,) = address(registry).call{ gas: gasLimit }(data);
        vm.assertEq(consumer.calls(), success ? 1 : 0, "hook ran if and only if attested");
        if (success) vm.assertLe(registry.hookGas() - 500, consumer.gasReceived(), "its gas");
    }
}
