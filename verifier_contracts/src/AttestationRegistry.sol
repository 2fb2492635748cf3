// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IAttestationConsumer } from "./interfaces/IAttestationConsumer.sol";
import { IAttestationRegistry } from "./interfaces/IAttestationRegistry.sol";
import { IMarketOracle } from "./interfaces/IMarketOracle.sol";
import { IProofVerifier } from "./interfaces/IProofVerifier.sol";
import { IVerifierRouter } from "./interfaces/IVerifierRouter.sol";
import { HeaderWords } from "./libraries/HeaderWords.sol";
import { OptionMarksWords } from "./libraries/OptionMarksWords.sol";
import { PortfolioMarginWords } from "./libraries/PortfolioMarginWords.sol";
import { Transcript } from "./libraries/Transcript.sol";

/// @title AttestationRegistry
/// @notice See IAttestationRegistry.
/// @dev Attestations are known by what they say, never by their proof, which anybody can
/// re-randomise.
contract AttestationRegistry is IAttestationRegistry {
    /// @inheritdoc IAttestationRegistry
    uint256 public constant hookGas = 200_000;

    /// @inheritdoc IAttestationRegistry
    IVerifierRouter public immutable router;
    /// @inheritdoc IAttestationRegistry
    IMarketOracle public immutable oracle;
    /// @inheritdoc IAttestationRegistry
    uint256 public immutable maxSnapshotAgeSeconds;

    /// @inheritdoc IAttestationRegistry
    bytes32 public chainHead;

    /// @dev One slot: 26 of 32 bytes are plenty to tell a repetition from another attestation.
    struct Last {
        uint48 sequence;
        bytes26 digestPrefix;
    }

    mapping(bytes32 keyId => mapping(address consumer => mapping(bytes32 subject => Last))) private
        _last;

    constructor(IVerifierRouter router_, IMarketOracle oracle_, uint256 maxSnapshotAgeSeconds_) {
        router = router_;
        oracle = oracle_;
        maxSnapshotAgeSeconds = maxSnapshotAgeSeconds_;
        chainHead = keccak256(abi.encode(block.chainid, this));
    }

    /* ATTEST */

    /// @inheritdoc IAttestationRegistry
    function attest(bytes32 keyId, uint256[10] calldata proof, uint256[] calldata words) external {
        IVerifierRouter.Route memory route = router.activeRoute(keyId);
        _checkSize(route.wordCount, words.length);
        (address consumer, uint48 sequence) = _checkHeader(words);
        if (route.marketWordCount == 0) _checkAccountMarket(words);
        else _checkMarket(words, route.marketWordCount, sequence);
        _checkSequence(keyId, consumer, words, sequence);

        bytes32 dataHash = IProofVerifier(route.verifier).verify(proof, words);
        _append(keyId, consumer, bytes32(words[HeaderWords.SUBJECT_INDEX]), sequence, dataHash);
        _callHook(consumer, keyId, dataHash, words);
    }

    /// @dev Selector, key id, ten proof words, offset and length of the array, then the words and
    /// nothing else.
    function _checkSize(uint256 expected, uint256 received) private pure {
        if (received != expected) revert WordCountMismatch(expected, received);
        uint256 expectedBytes = 4 + 32 * (13 + received);
        if (msg.data.length != expectedBytes) {
            revert CalldataLengthMismatch(expectedBytes, msg.data.length);
        }
    }

    function _checkHeader(uint256[] calldata words)
        private
        view
        returns (address consumer, uint48 sequence)
    {
        uint256 domainWord = words[HeaderWords.DOMAIN_INDEX];
        uint256 chainId = HeaderWords.chainId(domainWord);
        if (chainId != block.chainid) revert ChainIdMismatch(block.chainid, chainId);
        address registry = HeaderWords.registry(domainWord);
        if (registry != address(this)) revert RegistryMismatch(address(this), registry);

        uint256 callWord = words[HeaderWords.CALL_INDEX];
        if (callWord >> HeaderWords.CALL_BITS != 0) revert CallWordOutOfRange(callWord);
        uint40 validUntil = HeaderWords.validUntil(callWord);
        if (block.timestamp > validUntil) revert AttestationExpired(validUntil, block.timestamp);
        consumer = HeaderWords.consumer(callWord);
        if (consumer.code.length == 0) revert ConsumerWithoutCode(consumer);
        sequence = HeaderWords.sequence(callWord);
    }

    /// @dev The circuit ties prices to market words; that those are the market is only known here.
    /// A header whose validity is its snapshot's makes one snapshot one attestation, whoever
    /// submits it, and makes the header's expiry the freshness of the market.
    function _checkMarket(uint256[] calldata words, uint256 marketWordCount, uint48 sequence)
        private
        view
    {
        if (oracle.breakerTripped()) revert BreakerTripped();
        uint256 marketWord = words[OptionMarksWords.MARKET_INDEX];
        uint256 underlying = marketWord >> OptionMarksWords.UNDERLYING_SHIFT;
        uint256 subject = words[HeaderWords.SUBJECT_INDEX];
        if (subject != underlying || underlying > type(uint96).max) {
            revert SubjectMismatch(subject, underlying);
        }

        (bytes32 expectedHash, uint40 expectedUnix) =
            oracle.marketOf(OptionMarksWords.underlying(marketWord), sequence);
        bytes32 marketHash =
            Transcript.rangeHashUnchecked(words, OptionMarksWords.MARKET_INDEX, marketWordCount);
        if (marketHash != expectedHash) revert MarketHashMismatch(expectedHash, marketHash);
        _checkTime(words, OptionMarksWords.snapshotUnix(marketWord), expectedUnix);
    }

    /// @dev The circuit opens the market digest; that it is a market's is only known here.
    function _checkAccountMarket(uint256[] calldata words) private view {
        bytes32 marketDigest = bytes32(words[PortfolioMarginWords.MARKET_DIGEST_INDEX]);
        IMarketOracle.MarketSnapshot memory snapshot = oracle.snapshotByMarketDigest(marketDigest);
        uint256 spot = words[PortfolioMarginWords.SPOT_INDEX];
        if (spot != snapshot.spot) revert SpotMismatch(snapshot.spot, spot);
        uint256 snapshotWord = words[PortfolioMarginWords.SNAPSHOT_INDEX];
        _checkTime(words, PortfolioMarginWords.snapshotUnix(snapshotWord), snapshot.snapshotUnix);
    }

    function _checkTime(uint256[] calldata words, uint40 snapshotUnix, uint40 expectedUnix)
        private
        view
    {
        if (snapshotUnix != expectedUnix) {
            revert SnapshotTimeMismatch(expectedUnix, snapshotUnix);
        }
        uint256 lastSecond = snapshotUnix + maxSnapshotAgeSeconds;
        uint40 validUntil = HeaderWords.validUntil(words[HeaderWords.CALL_INDEX]);
        if (validUntil != lastSecond) revert ValidUntilMismatch(lastSecond, validUntil);
    }

    function _checkSequence(
        bytes32 keyId,
        address consumer,
        uint256[] calldata words,
        uint48 sequence
    ) private view {
        bytes32 subject = bytes32(words[HeaderWords.SUBJECT_INDEX]);
        Last memory last = _last[keyId][consumer][subject];
        if (sequence > last.sequence) return;
        bytes26 prefix = bytes26(_digest(keyId, Transcript.dataHash(words)));
        if (sequence == last.sequence && prefix == last.digestPrefix) {
            revert AlreadyAttested(keyId, consumer, subject, sequence);
        }
        revert SequenceNotIncreasing(last.sequence, sequence);
    }

    function _append(
        bytes32 keyId,
        address consumer,
        bytes32 subject,
        uint48 sequence,
        bytes32 dataHash
    ) private {
        bytes32 digest = _digest(keyId, dataHash);
        _last[keyId][consumer][subject] = Last(sequence, bytes26(digest));
        bytes32 head = keccak256(abi.encode(chainHead, digest));
        chainHead = head;
        emit Attested(keyId, consumer, subject, sequence, dataHash, head);
    }

    /// @dev The EVM forwards at most 63/64 of what is left. Checked with the call's data already
    /// encoded, so that nobody can starve the hook of the gas it is promised.
    function _callHook(address consumer, bytes32 keyId, bytes32 dataHash, uint256[] calldata words)
        private
    {
        bytes memory data =
            abi.encodeCall(IAttestationConsumer.onAttestation, (keyId, dataHash, words));
        uint256 available = gasleft() * 63 / 64;
        // the call itself costs at most 2,600 before it forwards anything
        if (available < hookGas + 3_000) revert HookGasMissing(hookGas + 3_000, available);
        // consumer.call{ gas: hookGas }(data), without copying what it may return, and with at most
        // 1,024 bytes of its reason to revert
        assembly ("memory-safe") {
            if iszero(call(hookGas, consumer, 0, add(data, 0x20), mload(data), 0, 0)) {
                let size := returndatasize()
                if gt(size, 1024) { size := 1024 }
                let reason := mload(0x40)
                returndatacopy(reason, 0, size)
                revert(reason, size)
            }
        }
    }

    function _digest(bytes32 keyId, bytes32 dataHash) private pure returns (bytes32) {
        return keccak256(abi.encode(keyId, dataHash));
    }

    /* VIEWS */

    /// @inheritdoc IAttestationRegistry
    function lastAttestation(bytes32 keyId, address consumer, bytes32 subject)
        external
        view
        returns (uint48 sequence, bytes26 digestPrefix)
    {
        Last memory last = _last[keyId][consumer][subject];
        return (last.sequence, last.digestPrefix);
    }
}
