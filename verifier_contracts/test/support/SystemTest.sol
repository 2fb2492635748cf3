// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { AttestationRegistry } from "../../src/AttestationRegistry.sol";
import { MarkBoard } from "../../src/MarkBoard.sol";
import { MarketOracle } from "../../src/MarketOracle.sol";
import { ProofVerifier } from "../../src/ProofVerifier.sol";
import { VerifierRouter } from "../../src/VerifierRouter.sol";
import { IAttestationRegistry } from "../../src/interfaces/IAttestationRegistry.sol";
import { IMarketOracle } from "../../src/interfaces/IMarketOracle.sol";
import { MarketWords } from "./MarketWords.sol";
import { OracleSigners } from "./OracleSigners.sol";
import { ToyKey } from "./ToyKeys.sol";
import { ToyProver } from "./ToyProver.sol";

/// @notice Everything deployed, one shape of one group routed, and one-line steps from snapshot to mark.
abstract contract SystemTest is ToyProver, OracleSigners {
    uint256 internal constant GROUPS = 1;
    uint40 internal constant START_UNIX = 1_779_000_000;
    uint256 internal constant MAX_AGE = 600;
    uint256 internal constant SPOT = 770_000_000;
    uint32 internal constant VOLATILITY = 25_000_000;
    bytes12 internal constant BTC = bytes12(keccak256("BTC"));
    bytes12 internal constant ETH = bytes12(keccak256("ETH"));
    address internal constant GUARDIAN = address(0xbeef);

    ToyKey internal key;
    MarketOracle internal oracle;
    VerifierRouter internal router;
    AttestationRegistry internal registry;
    MarkBoard internal board;

    function setUp() public virtual {
        vm.warp(START_UNIX);
        key = _key("sound");
        oracle = new MarketOracle(address(this), GUARDIAN, _signers(), 2, 1_000);
        router = new VerifierRouter(address(this), GUARDIAN);
        registry = new AttestationRegistry(router, oracle, MAX_AGE);
        board = new MarkBoard(address(this), address(registry), MAX_AGE);
        _route(key, GROUPS);
        board.setKeyAllowed(key.keyId, true);
    }

    function _route(ToyKey memory key_, uint256 groups) internal returns (ProofVerifier verifier) {
        verifier = new ProofVerifier(
            key_.statementId, key_.r1csDigest, key_.words, MarketWords.wordCount(groups)
        );
        router.addRoute(address(verifier), MarketWords.marketWordCount(groups));
    }

    /// @dev As the registry wants it for a snapshot of START_UNIX + sequence.
    function _header(uint48 sequence) internal view returns (MarketWords.Header memory header) {
        header = MarketWords.Header({
            chainId: block.chainid,
            registry: address(registry),
            consumer: address(board),
            sequence: sequence,
            validUntil: START_UNIX + uint40(sequence) + uint40(MAX_AGE)
        });
    }

    /// @dev Words of snapshot `number` of BTC; its time is START_UNIX + number.
    function _words(uint48 number) internal view returns (uint256[] memory) {
        return MarketWords.build(_header(number), BTC, START_UNIX + uint40(number), GROUPS);
    }

    function _snapshot(uint48 number) internal view returns (IMarketOracle.MarketSnapshot memory) {
        return _snapshotOf(_words(number), number, GROUPS);
    }

    function _snapshotOf(uint256[] memory words, uint48 number, uint256 groups)
        internal
        pure
        returns (IMarketOracle.MarketSnapshot memory)
    {
        return IMarketOracle.MarketSnapshot({
            underlying: bytes12(uint96(words[3] >> 80)),
            number: number,
            snapshotUnix: uint40(words[3] >> 32),
            marketHash: MarketWords.marketHash(words, groups),
            spot: SPOT,
            atTheMoneyVolatility: VOLATILITY,
            marketDigest: _marketDigest(number)
        });
    }

    function _marketDigest(uint48 number) internal pure returns (bytes32) {
        return bytes32(uint256(keccak256(abi.encode("margin listing", number))) >> 8);
    }

    function _submit(IMarketOracle.MarketSnapshot memory snapshot) internal returns (bool) {
        if (block.timestamp < snapshot.snapshotUnix) vm.warp(snapshot.snapshotUnix);
        return oracle.submit(snapshot, _sign(oracle, snapshot, 2));
    }

    /// @dev Snapshot, proof, attestation.
    function _attest(uint48 number) internal returns (uint256[] memory words) {
        words = _words(number);
        _submit(_snapshot(number));
        registry.attest(key.keyId, _prove(key, words, number), words);
    }

    function _attestCall(uint256[] memory words, uint256 seed)
        internal
        view
        returns (bytes memory)
    {
        return abi.encodeCall(
            IAttestationRegistry.attest, (key.keyId, _prove(key, words, seed), words)
        );
    }

    /// @dev Head of a registry's chain before any attestation.
    function _firstHead() internal view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(registry)));
    }

    function _expectError(bytes4 selector) internal {
        vm.expectRevert(abi.encodeWithSelector(selector));
    }
}
