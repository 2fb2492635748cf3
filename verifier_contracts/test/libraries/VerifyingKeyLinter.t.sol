// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ProofVerifier } from "../../src/ProofVerifier.sol";
import { IProofVerifier } from "../../src/interfaces/IProofVerifier.sol";
import { VerifyingKeyLinter } from "../../src/libraries/VerifyingKeyLinter.sol";
import { ToyKeys } from "../support/ToyKeys.sol";

/// @notice Keys that the constructor must not take.
contract VerifyingKeyLinterTest is ToyKeys {
    uint256[24] internal key;
    uint8[4] internal secretG2 = [2, 6, 10, 14];

    function setUp() public {
        key = _key("sound").words;
    }

    function _deploy(uint256[24] memory words) private {
        new ProofVerifier(bytes32(uint256(1)), bytes32(uint256(2)), words, 4);
    }

    function _copyG2(uint256[24] memory words, uint256 from, uint256 to) private pure {
        for (uint256 i = 0; i < 4; i++) {
            words[to + i] = words[from + i];
        }
    }

    function _negateG2(uint256[24] memory words, uint256 index) private pure {
        words[index + 2] = (P - words[index + 2]) % P;
        words[index + 3] = (P - words[index + 3]) % P;
    }

    function test_acceptsSoundKey() public {
        _deploy(key);
    }

    function test_acceptsGammaAtTheGenerator() public {
        uint256[24] memory words = key;
        _setGeneratorG2(words, VerifyingKeyLinter.GAMMA);
        _deploy(words);
    }

    function test_refusesRelatedSecrets() public {
        for (uint256 i = 0; i < 4; i++) {
            for (uint256 j = i + 1; j < 4; j++) {
                uint256[24] memory words = key;
                _copyG2(words, secretG2[i], secretG2[j]);
                _expect(IProofVerifier.KeyPointsRelated.selector, secretG2[i], secretG2[j]);
                _deploy(words);
                _negateG2(words, secretG2[j]);
                _expect(IProofVerifier.KeyPointsRelated.selector, secretG2[i], secretG2[j]);
                _deploy(words);
            }
        }
    }

    function test_refusesRelatedPublicPoints() public {
        for (uint256 i = 18; i < 24; i += 2) {
            for (uint256 j = i + 2; j < 24; j += 2) {
                uint256[24] memory words = key;
                (words[j], words[j + 1]) = (words[i], words[i + 1]);
                _expect(IProofVerifier.KeyPointsRelated.selector, i, j);
                _deploy(words);
                words[j + 1] = P - words[j + 1];
                _expect(IProofVerifier.KeyPointsRelated.selector, i, j);
                _deploy(words);
            }
        }
    }

    function test_refusesPointsAtInfinity() public {
        uint8[8] memory starts = [0, 2, 6, 10, 14, 18, 20, 22];
        for (uint256 i = 0; i < 8; i++) {
            uint256[24] memory words = key;
            uint256 length = i == 0 || i > 4 ? 2 : 4;
            for (uint256 j = 0; j < length; j++) {
                words[starts[i] + j] = 0;
            }
            vm.expectRevert(
                abi.encodeWithSelector(IProofVerifier.KeyPointAtInfinity.selector, starts[i])
            );
            _deploy(words);
        }
    }

    function test_refusesAlphaBetaAndDeltasAtTheGenerator() public {
        uint8[3] memory starts = [2, 10, 14];
        for (uint256 i = 0; i < 3; i++) {
            uint256[24] memory words = key;
            _setGeneratorG2(words, starts[i]);
            vm.expectRevert(
                abi.encodeWithSelector(IProofVerifier.KeyPointAtGenerator.selector, starts[i])
            );
            _deploy(words);
        }
        uint256[24] memory alphaIsGenerator = key;
        (alphaIsGenerator[0], alphaIsGenerator[1]) = (1, P - 2);
        vm.expectRevert(abi.encodeWithSelector(IProofVerifier.KeyPointAtGenerator.selector, 0));
        _deploy(alphaIsGenerator);
    }

    function test_refusesEveryWordAltered() public {
        for (uint256 i = 0; i < 24; i++) {
            uint256[24] memory words = key;
            words[i] = addmod(words[i], 1, P);
            vm.expectRevert(abi.encodeWithSelector(IProofVerifier.KeyPointInvalid.selector));
            _deploy(words);
            words[i] = key[i] + P;
            vm.expectRevert(abi.encodeWithSelector(IProofVerifier.KeyPointInvalid.selector));
            _deploy(words);
        }
    }

    function test_refusesPointsOutsideSubgroup() public {
        uint256[] memory outside = vm.parseJsonUintArray(_readKeys(), ".outsideSubgroup");
        for (uint256 start = 2; start < 18; start += 4) {
            uint256[24] memory words = key;
            for (uint256 i = 0; i < 4; i++) {
                words[start + i] = outside[i];
            }
            vm.expectRevert(abi.encodeWithSelector(IProofVerifier.KeyPointInvalid.selector));
            _deploy(words);
        }
    }

    function _setGeneratorG2(uint256[24] memory words, uint256 start) private pure {
        words[start] = 11559732032986387107991004021392285783925812861821192530917403151452391805634;
        words[start + 1] =
        10857046999023057135944570762232829481370756359578518086990519993285655852781;
        words[start + 2] =
        4082367875863433681332203403145435568316851327593401208105741076214120093531;
        words[start + 3] =
        8495653923123431417604973247489272438418190587263600148770280649306958101930;
    }

    function _expect(bytes4 selector, uint256 i, uint256 j) private {
        vm.expectRevert(abi.encodeWithSelector(selector, i, j));
    }
}
