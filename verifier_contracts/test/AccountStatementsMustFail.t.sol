// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IAttestationRegistry } from "../src/interfaces/IAttestationRegistry.sol";
import { IMarketOracle } from "../src/interfaces/IMarketOracle.sol";
import { IProofVerifier } from "../src/interfaces/IProofVerifier.sol";
import { AccountStatementTest } from "./support/AccountStatementTest.sol";
import { MarginWords } from "./support/MarginWords.sol";
import { StubConsumer } from "./support/StubConsumer.sol";
import { WeakRegistry } from "./twins/WeakRegistry.sol";

/// @notice Must fail: valid proofs about accounts in the wrong place, of the wrong market, at the wrong
/// time, or twice; and those of one account in the way of another's.
contract AccountStatementsMustFailTest is AccountStatementTest {
    /* WHERE */

    function test_refusesProofForAnotherChain() public {
        MarginWords.Claim memory claim = _about(ACCOUNT, 1);
        claim.chainId++;
        _refused(claim, IAttestationRegistry.ChainIdMismatch.selector, "product");
        _twins(WeakRegistry.Hole.ChainId, claim);
    }

    function test_refusesProofForAnotherRegistry() public {
        MarginWords.Claim memory claim = _about(ACCOUNT, 1);
        claim.registry = address(0x1234);
        _refused(claim, IAttestationRegistry.RegistryMismatch.selector, "product");
        _twins(WeakRegistry.Hole.Registry, claim);
    }

    /// @dev A copier writes his consumer over the one that was proven.
    function test_refusesProofForAnotherConsumer() public {
        StubConsumer other = new StubConsumer();
        uint256 mask = uint160(address(consumer)) ^ uint160(address(other));
        _refuseAltered(1, mask << 88);

        WeakRegistry twin = _newTwin(WeakRegistry.Hole.Consumer);
        uint256[] memory words = _wordsFor(address(twin));
        uint256[10] memory proof = _prove(accountKey, words, 1);
        _assertAccepted(address(twin), _twinCall(words, proof, address(other)), "the twin");
        vm.assertEq(twin.attested(address(other), _digestOf(words)), 1, "stolen from the twin");
    }

    /// @dev The twin of a verifier that leaves a word out is in ProofVerifierForgery.t.sol.
    function test_refusesProofForAnotherAccountAndSequence() public {
        _refuseAltered(2, 1);
        _refuseAltered(1, (1 ^ 2) << 40);
    }

    function _refuseAltered(uint256 index, uint256 mask) private {
        uint256[] memory words = _wordsFor(address(registry));
        uint256[10] memory proof = _prove(accountKey, words, 1);
        words[index] ^= mask;
        bytes memory data =
            abi.encodeCall(IAttestationRegistry.attest, (accountKey.keyId, proof, words));
        bytes4 selector = IProofVerifier.ProofRejected.selector;
        _assertRefused(address(registry), data, selector, vm.toString(mask));
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
        WeakRegistry twin = _newTwin(WeakRegistry.Hole.Sequence);
        _assertAccepted(address(twin), _twinData(twin, claim), "twin, first");
        _assertAccepted(address(twin), _twinData(twin, claim), "twin, again");
    }

    function test_refusesRerandomisedProof() public {
        uint256[] memory words = _wordsFor(address(registry));
        uint256[10] memory proof = _prove(accountKey, words, 1);
        registry.attest(accountKey.keyId, proof, words);
        bytes memory data = abi.encodeCall(
            IAttestationRegistry.attest, (accountKey.keyId, _rerandomised(proof), words)
        );
        bytes4 selector = IAttestationRegistry.AlreadyAttested.selector;
        _assertRefused(address(registry), data, selector, "negated A and B");

        WeakRegistry twin = _newTwin(WeakRegistry.Hole.KeyedOnProof);
        words = _wordsFor(address(twin));
        proof = _prove(accountKey, words, 1);
        _assertAccepted(address(twin), _twinCall(words, proof, address(consumer)), "twin");
        proof = _rerandomised(proof);
        _assertAccepted(address(twin), _twinCall(words, proof, address(consumer)), "twin, again");
    }

    /// @dev Whoever owns an account could else shut out all others of its consumer.
    function test_accountsCountApart() public {
        MarginWords.Claim memory high = _about(ACCOUNT, type(uint48).max);
        MarginWords.Claim memory other = _about(bytes32(uint256(43)), 1);
        _accepted(high, "as high as can be");
        _accepted(other, "another account");
        WeakRegistry tight = _newTwin(WeakRegistry.Hole.None);
        _assertAccepted(address(tight), _twinData(tight, high), "tight, as high as can be");
        _assertAccepted(address(tight), _twinData(tight, other), "tight, another account");
        WeakRegistry twin = _newTwin(WeakRegistry.Hole.SharedSequence);
        _assertAccepted(address(twin), _twinData(twin, high), "twin, as high as can be");
        (bool success,) = address(twin).call(_twinData(twin, other));
        vm.assertTrue(!success, "blocked at the twin");
    }
}
