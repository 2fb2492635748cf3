// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IAttestationRegistry } from "../src/interfaces/IAttestationRegistry.sol";
import { IMarketOracle } from "../src/interfaces/IMarketOracle.sol";
import { IProofVerifier } from "../src/interfaces/IProofVerifier.sol";
import { MarketWords } from "./support/MarketWords.sol";
import { SystemTest } from "./support/SystemTest.sol";
import { WeakRegistry } from "./twins/WeakRegistry.sol";

/// @notice Must fail: valid proofs in the wrong place, at the wrong time, of the wrong market, or twice.
/// For each, a twin without the guard accepts what the product refuses.
contract AttestationRegistryMustFailTest is SystemTest {
    address internal constant ATTACKER = address(0xbad);

    function setUp() public override {
        super.setUp();
        _submit(_snapshot(1));
    }

    /* WHERE */

    function test_refusesProofForAnotherChain() public {
        MarketWords.Header memory header = _header(1);
        header.chainId = block.chainid + 1;
        _product(header, IAttestationRegistry.ChainIdMismatch.selector);
        _twin(WeakRegistry.Hole.ChainId, header);
    }

    function test_refusesProofForAnotherRegistry() public {
        MarketWords.Header memory header = _header(1);
        header.registry = address(0x1234);
        _product(header, IAttestationRegistry.RegistryMismatch.selector);
        WeakRegistry twin = _newTwin(WeakRegistry.Hole.Registry);
        _attestOn(twin, _build(header), 1, header.consumer);
    }

    function test_refusesConsumerWithoutCode() public {
        MarketWords.Header memory header = _header(1);
        header.consumer = ATTACKER;
        _product(header, IAttestationRegistry.ConsumerWithoutCode.selector);
        header.consumer = address(0);
        _product(header, IAttestationRegistry.ConsumerWithoutCode.selector);
    }

    /// @dev The header names the consumer, so a copied proof serves its author's consumer only.
    function test_copiedProofServesItsConsumerOnly() public {
        WeakRegistry twin = _newTwin(WeakRegistry.Hole.Consumer);
        MarketWords.Header memory header = _header(1);
        header.registry = address(twin);
        uint256[] memory words = _build(header);
        _attestOn(twin, words, 1, ATTACKER);
        bytes32 dataHash = keccak256(abi.encodePacked(words.length, words));
        bytes32 digest = keccak256(abi.encode(key.keyId, dataHash));
        vm.assertEq(twin.attested(ATTACKER, digest), 1, "stolen from the twin");

        words = _build(_header(1));
        uint256[10] memory proof = _prove(key, words, 1);
        words[1] = uint256(uint160(address(oracle))) << 88 | (words[1] & ((1 << 88) - 1));
        vm.expectRevert(abi.encodeWithSelector(IProofVerifier.ProofRejected.selector));
        registry.attest(key.keyId, proof, words);
    }

    function test_refusesBitsAboveTheConsumer() public {
        uint256[] memory words = _build(_header(1));
        words[1] |= 1 << 248;
        bytes4 selector = IAttestationRegistry.CallWordOutOfRange.selector;
        _assertRefused(address(registry), _attestCall(words, 1), selector, "bit 248");
    }

    function test_refusesProofUnderAnotherKey() public {
        uint256[] memory words = _build(_header(1));
        uint256[10] memory proof = _prove(_key("other"), words, 1);
        vm.expectRevert(abi.encodeWithSelector(IProofVerifier.ProofRejected.selector));
        registry.attest(key.keyId, proof, words);
    }

    /* WHEN */

    /// @dev Who could choose it would shut out everybody else's words of the same snapshot.
    function test_refusesAnotherValidUntilThanTheSnapshots() public {
        MarketWords.Header memory header = _header(1);
        header.validUntil = uint40(block.timestamp) - 1;
        _product(header, IAttestationRegistry.AttestationExpired.selector);
        for (uint256 bit = 0; bit < 40; bit++) {
            header.validUntil = _header(1).validUntil ^ uint40(1 << bit);
            if (header.validUntil < block.timestamp) continue;
            _product(header, IAttestationRegistry.ValidUntilMismatch.selector);
        }
        header.validUntil = _header(1).validUntil + 1;
        _twin(WeakRegistry.Hole.ValidUntil, header);
    }

    function test_refusesStaleSnapshot() public {
        vm.warp(START_UNIX + 1 + MAX_AGE + 1);
        _product(_header(1), IAttestationRegistry.AttestationExpired.selector);
        _twin(WeakRegistry.Hole.Staleness, _header(1));
    }

    function test_acceptsSnapshotOfTheLargestAge() public {
        vm.warp(START_UNIX + 1 + MAX_AGE);
        _assertAccepted(address(registry), _attestCall(_words(1), 1), "largest age");
    }

    function test_refusesWhileBreakerIsTripped() public {
        oracle.tripBreaker();
        _product(_header(1), IAttestationRegistry.BreakerTripped.selector);
        _twin(WeakRegistry.Hole.Breaker, _header(1));
        oracle.resetBreaker();
        _assertAccepted(address(registry), _attestCall(_words(1), 1), "reset");
    }

    /* WHICH MARKET */

    function test_refusesUnsignedVolatility() public {
        WeakRegistry twin = _newTwin(WeakRegistry.Hole.MarketHash);
        MarketWords.Header memory header = _header(1);
        header.registry = address(twin);
        uint256[] memory words = _build(header);
        words[5] ^= 1 << 20;
        _attestOn(twin, words, 1, header.consumer);

        words = _build(_header(1));
        words[5] ^= 1 << 20;
        bytes4 selector = IAttestationRegistry.MarketHashMismatch.selector;
        _assertRefused(address(registry), _attestCall(words, 1), selector, "volatility");
    }

    function test_refusesEveryUnsignedMarketWord() public {
        for (uint256 i = 4; i < 3 + MarketWords.marketWordCount(GROUPS); i++) {
            uint256[] memory words = _words(1);
            words[i] ^= 1;
            bytes4 selector = IAttestationRegistry.MarketHashMismatch.selector;
            _assertRefused(address(registry), _attestCall(words, 1), selector, vm.toString(i));
        }
    }

    function test_refusesEveryAlteredBitOfTheShapeWord() public {
        for (uint256 bit = 0; bit < 80; bit++) {
            uint256[] memory words = _words(1);
            words[3] ^= 1 << bit;
            bytes4 selector = IAttestationRegistry.MarketHashMismatch.selector;
            _assertRefused(address(registry), _attestCall(words, 1), selector, vm.toString(bit));
        }
    }

    function test_refusesSubjectThatIsNotTheUnderlying() public {
        uint256[] memory words = _words(1);
        words[2] = uint96(ETH);
        bytes4 selector = IAttestationRegistry.SubjectMismatch.selector;
        _assertRefused(address(registry), _attestCall(words, 1), selector, "subject");

        WeakRegistry twin = _newTwin(WeakRegistry.Hole.Subject);
        MarketWords.Header memory header = _header(1);
        header.registry = address(twin);
        words = _build(header);
        words[2] = uint96(ETH);
        _attestOn(twin, words, 1, header.consumer);
    }

    function test_refusesUnderlyingWiderThanItsField() public {
        uint256[] memory words = _words(1);
        words[2] |= 1 << 96;
        words[3] |= 1 << 176;
        bytes4 selector = IAttestationRegistry.SubjectMismatch.selector;
        _assertRefused(address(registry), _attestCall(words, 1), selector, "subject");
    }

    function test_refusesSnapshotOfAnotherNumber() public {
        _submit(_snapshot(2));
        uint256[] memory words = _build(_header(2));
        bytes4 selector = IAttestationRegistry.MarketHashMismatch.selector;
        _assertRefused(address(registry), _attestCall(words, 1), selector, "market 1, number 2");
    }

    /// @dev A sequence far ahead would shut out every later snapshot.
    function test_refusesSequenceFarAhead() public {
        MarketWords.Header memory header = _header(1);
        header.sequence = type(uint48).max;
        _product(header, IMarketOracle.SnapshotUnknown.selector);
        _twin(WeakRegistry.Hole.SnapshotNumber, header);
    }

    function test_refusesUnknownUnderlying() public {
        uint256[] memory words = MarketWords.build(_header(1), ETH, START_UNIX + 1, GROUPS);
        bytes4 selector = IMarketOracle.SnapshotUnknown.selector;
        _assertRefused(address(registry), _attestCall(words, 1), selector, "ETH");
    }

    function test_refusesAlteredPrices() public {
        for (uint256 i = 3 + MarketWords.marketWordCount(GROUPS); i < 15; i++) {
            uint256[] memory words = _words(1);
            uint256[10] memory proof = _prove(key, words, 1);
            words[i] ^= 1;
            vm.expectRevert(abi.encodeWithSelector(IProofVerifier.ProofRejected.selector));
            registry.attest(key.keyId, proof, words);
        }
    }

    /* TWICE */

    function test_refusesReplay() public {
        _attestTwice(1, 1, IAttestationRegistry.AlreadyAttested.selector);
        WeakRegistry twin = _newTwin(WeakRegistry.Hole.Sequence);
        MarketWords.Header memory header = _header(1);
        header.registry = address(twin);
        _attestOn(twin, _build(header), 1, header.consumer);
        _attestOn(twin, _build(header), 1, header.consumer);
    }

    /// @dev Neither another proof by the same prover nor one re-randomised by a stranger is a new attestation.
    function test_rerandomisedProofStaysOneAttestation() public {
        WeakRegistry twin = _newTwin(WeakRegistry.Hole.KeyedOnProof);
        MarketWords.Header memory header = _header(1);
        header.registry = address(twin);
        uint256[] memory words = _build(header);
        uint256[10] memory proof = _prove(key, words, 1);
        twin.attest(key.keyId, proof, words, header.consumer);
        twin.attest(key.keyId, _rerandomised(proof), words, header.consumer);
        bytes32 dataHash = keccak256(abi.encodePacked(words.length, words));
        bytes32 digest = keccak256(abi.encode(key.keyId, dataHash));
        vm.assertEq(twin.attested(header.consumer, digest), 2, "the twin counts it twice");

        words = _words(1);
        proof = _prove(key, words, 1);
        registry.attest(key.keyId, proof, words);
        bytes32 head = registry.chainHead();
        bytes memory data =
            abi.encodeCall(IAttestationRegistry.attest, (key.keyId, _rerandomised(proof), words));
        bytes4 selector = IAttestationRegistry.AlreadyAttested.selector;
        _assertRefused(address(registry), data, selector, "negated A and B");
        _assertRefused(address(registry), _attestCall(words, 2), selector, "another proof");
        vm.assertEq(registry.chainHead(), head, "one link");
    }

    function test_refusesOlderSnapshotAfterNewer() public {
        _submit(_snapshot(2));
        _attestTwice(2, 1, IAttestationRegistry.SequenceNotIncreasing.selector);
    }

    /* SIZE */

    function test_refusesOtherSizes() public {
        bytes memory data = _attestCall(_words(1), 1);
        bytes4 selector = IAttestationRegistry.CalldataLengthMismatch.selector;
        _assertRefused(address(registry), bytes.concat(data, hex"00"), selector, "too long");
        uint256[] memory words = new uint256[](16);
        selector = IAttestationRegistry.WordCountMismatch.selector;
        _assertRefused(address(registry), _attestCall(words, 1), selector, "one more word");
        for (uint256 cut = 1; cut < data.length; cut += 31) {
            bytes memory shorter = new bytes(data.length - cut);
            for (uint256 i = 0; i < shorter.length; i++) {
                shorter[i] = data[i];
            }
            (bool success,) = address(registry).call(shorter);
            vm.assertTrue(!success, vm.toString(cut));
        }
    }

    /* HELPERS */

    function _build(MarketWords.Header memory header) private pure returns (uint256[] memory) {
        return MarketWords.build(header, BTC, START_UNIX + 1, GROUPS);
    }

    function _product(MarketWords.Header memory header, bytes4 selector) private {
        _assertRefused(address(registry), _attestCall(_build(header), 1), selector, "product");
    }

    function _newTwin(WeakRegistry.Hole hole) private returns (WeakRegistry) {
        return new WeakRegistry(router, oracle, MAX_AGE, hole);
    }

    /// @dev The same attack, made out to the twin; a twin without hole refuses it too.
    function _twin(WeakRegistry.Hole hole, MarketWords.Header memory header) private {
        WeakRegistry tight = _newTwin(WeakRegistry.Hole.None);
        header.registry = address(tight);
        uint256[] memory words = _build(header);
        bytes memory data = abi.encodeCall(
            WeakRegistry.attest, (key.keyId, _prove(key, words, 1), words, header.consumer)
        );
        (bool success,) = address(tight).call(data);
        vm.assertTrue(!success, "refused by the twin without hole");

        WeakRegistry twin = _newTwin(hole);
        header.registry = address(twin);
        _attestOn(twin, _build(header), 1, header.consumer);
    }

    function _attestOn(WeakRegistry twin, uint256[] memory words, uint256 seed, address consumer)
        private
    {
        twin.attest(key.keyId, _prove(key, words, seed), words, consumer);
    }

    function _attestTwice(uint48 first, uint48 second, bytes4 selector) private {
        registry.attest(key.keyId, _prove(key, _words(first), 1), _words(first));
        _assertRefused(address(registry), _attestCall(_words(second), 1), selector, "second");
    }
}
