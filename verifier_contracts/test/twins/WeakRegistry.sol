// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IMarketOracle } from "../../src/interfaces/IMarketOracle.sol";
import { IProofVerifier } from "../../src/interfaces/IProofVerifier.sol";
import { IVerifierRouter } from "../../src/interfaces/IVerifierRouter.sol";
import { HeaderWords } from "../../src/libraries/HeaderWords.sol";
import { Transcript } from "../../src/libraries/Transcript.sol";

/// @notice AttestationRegistry with one guard taken out at a time, and without hook. It keeps what it let in.
contract WeakRegistry {
    enum Hole {
        None,
        ChainId,
        Registry,
        Consumer,
        ValidUntil,
        Subject,
        MarketHash,
        SnapshotNumber,
        Staleness,
        Breaker,
        AccountMarket,
        AccountTime,
        AccountSpot,
        Sequence,
        SharedSequence,
        KeyedOnProof
    }

    IVerifierRouter private immutable ROUTER;
    IMarketOracle private immutable ORACLE;
    uint256 private immutable MAX_AGE;
    Hole private immutable HOLE;

    /// @notice Number of attestations of one claim; more than one is a double attestation.
    mapping(address consumer => mapping(bytes32 digest => uint256)) public attested;
    mapping(bytes32 slot => uint48) private _lastSequence;
    mapping(bytes32 proofHash => bool) private _isProofUsed;

    constructor(IVerifierRouter router, IMarketOracle oracle, uint256 maxAge, Hole hole) {
        ROUTER = router;
        ORACLE = oracle;
        MAX_AGE = maxAge;
        HOLE = hole;
    }

    /// @dev With Hole.Consumer the caller names the consumer instead of the header.
    function attest(
        bytes32 keyId,
        uint256[10] calldata proof,
        uint256[] calldata words,
        address namedConsumer
    ) external {
        IVerifierRouter.Route memory route = ROUTER.activeRoute(keyId);
        uint256 domain = words[0];
        require(HOLE == Hole.ChainId || domain >> 160 == block.chainid, "chain");
        require(HOLE == Hole.Registry || address(uint160(domain)) == address(this), "registry");
        require(HOLE == Hole.Staleness || block.timestamp <= uint40(words[1]), "stale");
        address consumer = HeaderWords.consumer(words[1]);
        if (HOLE == Hole.Consumer) consumer = namedConsumer;
        if (route.marketWordCount == 0) _checkAccountMarket(words);
        else _checkMarket(words, route.marketWordCount);
        _checkOrder(keyId, consumer, proof, words);
        bytes32 dataHash = IProofVerifier(route.verifier).verify(proof, words);
        attested[consumer][keccak256(abi.encode(keyId, dataHash))]++;
    }

    function _checkAccountMarket(uint256[] calldata words) private view {
        if (HOLE == Hole.AccountMarket) return;
        IMarketOracle.MarketSnapshot memory snapshot =
            ORACLE.snapshotByMarketDigest(bytes32(words[4]));
        bool isTime = uint40(words[5] >> 40) == snapshot.snapshotUnix;
        require(HOLE == Hole.AccountTime || isTime, "time");
        require(HOLE == Hole.AccountSpot || words[6] == snapshot.spot, "spot");
        bool isSnapshots = uint40(words[1]) == snapshot.snapshotUnix + MAX_AGE;
        require(HOLE == Hole.ValidUntil || isSnapshots, "valid until");
    }

    function _checkMarket(uint256[] calldata words, uint256 count) private view {
        require(HOLE == Hole.Subject || words[2] == words[3] >> 80, "subject");
        require(HOLE == Hole.Breaker || !ORACLE.breakerTripped(), "breaker");
        bytes32 marketHash = Transcript.rangeHashUnchecked(words, 3, count);
        IMarketOracle.MarketSnapshot memory snapshot = HOLE == Hole.SnapshotNumber
            ? ORACLE.snapshotByMarketHash(marketHash)
            : ORACLE.snapshotOf(bytes12(uint96(words[3] >> 80)), HeaderWords.sequence(words[1]));
        require(HOLE == Hole.MarketHash || snapshot.marketHash == marketHash, "market");
        bool isSnapshots = uint40(words[1]) == snapshot.snapshotUnix + MAX_AGE;
        require(HOLE == Hole.ValidUntil || isSnapshots, "valid until");
    }

    function _checkOrder(
        bytes32 keyId,
        address consumer,
        uint256[10] calldata proof,
        uint256[] calldata words
    ) private {
        if (HOLE == Hole.KeyedOnProof) {
            bytes32 proofHash = keccak256(abi.encode(proof));
            require(!_isProofUsed[proofHash], "proof used");
            _isProofUsed[proofHash] = true;
            return;
        }
        uint256 subject = HOLE == Hole.SharedSequence ? 0 : words[2];
        bytes32 slot = keccak256(abi.encode(keyId, consumer, subject));
        uint48 sequence = HeaderWords.sequence(words[1]);
        require(HOLE == Hole.Sequence || sequence > _lastSequence[slot], "sequence");
        _lastSequence[slot] = sequence;
    }
}
