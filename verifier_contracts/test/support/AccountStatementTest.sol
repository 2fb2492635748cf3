// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ProofVerifier } from "../../src/ProofVerifier.sol";
import { IAttestationRegistry } from "../../src/interfaces/IAttestationRegistry.sol";
import { WeakRegistry } from "../twins/WeakRegistry.sol";
import { MarginTest } from "./MarginTest.sol";
import { MarginWords } from "./MarginWords.sol";
import { StubConsumer } from "./StubConsumer.sol";
import { ToyKey } from "./ToyKeys.sol";

/// @notice Account statements with valid proofs for a consumer that takes everything, and the same made
/// out to twins of the registry.
abstract contract AccountStatementTest is MarginTest {
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
        internal
        view
        returns (MarginWords.Claim memory)
    {
        return _claim(address(consumer), account, sequence, 0);
    }

    function _data(MarginWords.Claim memory claim, uint256 seed)
        internal
        view
        returns (bytes memory)
    {
        uint256[] memory words = MarginWords.covered(claim);
        uint256[10] memory proof = _prove(accountKey, words, seed);
        return abi.encodeCall(IAttestationRegistry.attest, (accountKey.keyId, proof, words));
    }

    function _accepted(MarginWords.Claim memory claim, string memory what) internal {
        _assertAccepted(address(registry), _data(claim, 1), what);
    }

    function _refused(MarginWords.Claim memory claim, bytes4 selector, string memory what)
        internal
    {
        _assertRefused(address(registry), _data(claim, 1), selector, what);
    }

    /// @dev The same claim made out to twins: the one without hole refuses it, the other accepts.
    function _twins(WeakRegistry.Hole hole, MarginWords.Claim memory claim) internal {
        WeakRegistry tight = _newTwin(WeakRegistry.Hole.None);
        (bool success,) = address(tight).call(_twinData(tight, claim));
        vm.assertTrue(!success, "refused by the twin without hole");
        WeakRegistry twin = _newTwin(hole);
        _assertAccepted(address(twin), _twinData(twin, claim), "the twin");
    }

    /// @dev Made out to the twin, unless it names a stranger's registry.
    function _twinData(WeakRegistry twin, MarginWords.Claim memory claim)
        internal
        view
        returns (bytes memory)
    {
        address named = claim.registry;
        if (named == address(registry)) claim.registry = address(twin);
        uint256[] memory words = MarginWords.covered(claim);
        claim.registry = named;
        return _twinCall(words, _prove(accountKey, words, 1), address(consumer));
    }

    function _twinCall(uint256[] memory words, uint256[10] memory proof, address named)
        internal
        view
        returns (bytes memory)
    {
        return abi.encodeCall(WeakRegistry.attest, (accountKey.keyId, proof, words, named));
    }

    function _newTwin(WeakRegistry.Hole hole) internal returns (WeakRegistry) {
        return new WeakRegistry(router, oracle, MAX_AGE, hole);
    }

    /// @dev The words of the first claim, made out to a twin or to the product.
    function _wordsFor(address target) internal view returns (uint256[] memory) {
        MarginWords.Claim memory claim = _about(ACCOUNT, 1);
        claim.registry = target;
        return MarginWords.covered(claim);
    }

    function _digestOf(uint256[] memory words) internal view returns (bytes32) {
        bytes32 dataHash = keccak256(abi.encodePacked(words.length, words));
        return keccak256(abi.encode(accountKey.keyId, dataHash));
    }
}
