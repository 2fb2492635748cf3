// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ProofVerifier } from "../src/ProofVerifier.sol";
import { IProofVerifier } from "../src/interfaces/IProofVerifier.sol";
import { BN254 } from "../src/libraries/BN254.sol";
import { ToyKey } from "./support/ToyKeys.sol";
import { ToyProver } from "./support/ToyProver.sol";

/// @notice Must fail: one valid proof of nine words, every word and coordinate of it altered.
contract ProofVerifierTamperTest is ToyProver {
    uint256 internal constant COUNT = 9;

    ToyKey internal key;
    ProofVerifier internal verifier;
    uint256[10] internal proof;
    uint256[] internal words;

    function setUp() public {
        key = _key("sound");
        verifier = new ProofVerifier(key.statementId, key.r1csDigest, key.words, COUNT);
        for (uint256 i = 0; i < COUNT; i++) {
            words.push(uint256(keccak256(abi.encode(i))) % (R >> 8));
        }
        proof = _prove(key, words, 1);
        verifier.verify(proof, words);
    }

    function _call(uint256[10] memory proof_, uint256[] memory words_)
        private
        pure
        returns (bytes memory)
    {
        return abi.encodeCall(IProofVerifier.verify, (proof_, words_));
    }

    function _refuse(uint256[10] memory proof_, uint256[] memory words_, bytes4 selector, uint256 i)
        private
    {
        _assertRefused(address(verifier), _call(proof_, words_), selector, vm.toString(i));
    }

    /// @dev A changed coordinate is off the curve, or off the field, or (with luck) another valid
    /// point.
    function _refuseProof(uint256[10] memory proof_, uint256 i) private {
        bytes4[] memory selectors = new bytes4[](4);
        selectors[0] = BN254.PairingFailed.selector;
        selectors[1] = IProofVerifier.ProofRejected.selector;
        selectors[2] = IProofVerifier.CoordinateOutsideField.selector;
        selectors[3] = IProofVerifier.ProofPointAtInfinity.selector;
        _assertRefused(address(verifier), _call(proof_, words), selectors, vm.toString(i));
    }

    /* WORDS */

    function test_refusesEveryWordWithAnyBitFlipped() public {
        for (uint256 i = 0; i < COUNT; i++) {
            uint256[] memory altered = words;
            altered[i] ^= 1;
            _refuse(proof, altered, IProofVerifier.ProofRejected.selector, i);
            altered[i] = words[i] ^ (1 << (17 * i));
            _refuse(proof, altered, IProofVerifier.ProofRejected.selector, i);
        }
    }

    function test_refusesEveryWordPlusModulus() public {
        for (uint256 i = 0; i < COUNT; i++) {
            uint256[] memory altered = words;
            altered[i] += R;
            bytes memory reason =
                abi.encodeWithSelector(IProofVerifier.WordOutsideField.selector, i, altered[i]);
            vm.expectRevert(reason);
            verifier.verify(proof, altered);
        }
    }

    function test_refusesModulusAndLargestWord() public {
        for (uint256 i = 0; i < COUNT; i++) {
            uint256[] memory altered = words;
            altered[i] = R;
            _refuse(proof, altered, IProofVerifier.WordOutsideField.selector, i);
            altered[i] = type(uint256).max;
            _refuse(proof, altered, IProofVerifier.WordOutsideField.selector, i);
        }
    }

    function test_refusesEveryWordZeroed() public {
        for (uint256 i = 0; i < COUNT; i++) {
            uint256[] memory altered = words;
            altered[i] = 0;
            _refuse(proof, altered, IProofVerifier.ProofRejected.selector, i);
        }
    }

    function test_refusesEveryTwoWordsSwapped() public {
        for (uint256 i = 0; i < COUNT; i++) {
            for (uint256 j = i + 1; j < COUNT; j++) {
                uint256[] memory altered = words;
                (altered[i], altered[j]) = (altered[j], altered[i]);
                _refuse(proof, altered, IProofVerifier.ProofRejected.selector, i);
            }
        }
    }

    function test_fuzz_refusesAnyAlteredWord(uint256 index, uint256 difference) public {
        index %= COUNT;
        vm.assume(difference % R != 0);
        uint256[] memory altered = words;
        altered[index] = addmod(altered[index], difference, R);
        _refuse(proof, altered, IProofVerifier.ProofRejected.selector, index);
    }

    /* COORDINATES */

    function test_refusesEveryCoordinateWithABitFlipped() public {
        for (uint256 i = 0; i < 10; i++) {
            uint256[10] memory altered = proof;
            altered[i] ^= 1;
            _refuseProof(altered, i);
            altered[i] = proof[i] ^ (1 << (25 * i));
            _refuseProof(altered, i);
        }
    }

    function test_refusesEveryCoordinatePlusBaseModulus() public {
        for (uint256 i = 0; i < 10; i++) {
            uint256[10] memory altered = proof;
            altered[i] += P;
            bytes memory reason = abi.encodeWithSelector(
                IProofVerifier.CoordinateOutsideField.selector, i, altered[i]
            );
            vm.expectRevert(reason);
            verifier.verify(altered, words);
        }
    }

    function test_refusesEveryCoordinatePlusScalarModulus() public {
        for (uint256 i = 0; i < 10; i++) {
            uint256[10] memory altered = proof;
            altered[i] += R;
            _refuseProof(altered, i);
        }
    }

    function test_refusesEveryCoordinateZeroed() public {
        for (uint256 i = 0; i < 10; i++) {
            uint256[10] memory altered = proof;
            altered[i] = 0;
            _refuseProof(altered, i);
        }
    }

    function test_refusesEveryTwoCoordinatesSwapped() public {
        for (uint256 i = 0; i < 10; i++) {
            for (uint256 j = i + 1; j < 10; j++) {
                uint256[10] memory altered = proof;
                (altered[i], altered[j]) = (altered[j], altered[i]);
                _refuseProof(altered, i);
            }
        }
    }

    function test_refusesEveryPointAtInfinity() public {
        uint8[4] memory starts = [0, 2, 6, 8];
        uint8[4] memory lengths = [2, 4, 2, 2];
        for (uint256 i = 0; i < 4; i++) {
            uint256[10] memory altered = proof;
            for (uint256 j = 0; j < lengths[i]; j++) {
                altered[starts[i] + j] = 0;
            }
            bytes memory reason =
                abi.encodeWithSelector(IProofVerifier.ProofPointAtInfinity.selector, starts[i]);
            vm.expectRevert(reason);
            verifier.verify(altered, words);
        }
    }

    function test_refusesPointsOffTheCurve() public {
        uint8[3] memory starts = [0, 6, 8];
        for (uint256 i = 0; i < 3; i++) {
            uint256[10] memory altered = proof;
            (altered[starts[i]], altered[starts[i] + 1]) = (1, 3);
            _refuse(altered, words, BN254.PairingFailed.selector, i);
        }
        uint256[10] memory offTwist = proof;
        offTwist[5] = addmod(offTwist[5], 1, P);
        _refuse(offTwist, words, BN254.PairingFailed.selector, 2);
    }

    function test_refusesPointOfTwistOutsideSubgroup() public {
        uint256[] memory outside = vm.parseJsonUintArray(_readKeys(), ".outsideSubgroup");
        uint256[10] memory altered = proof;
        for (uint256 i = 0; i < 4; i++) {
            altered[2 + i] = outside[i];
        }
        _refuse(altered, words, BN254.PairingFailed.selector, 2);
    }

    function test_refusesEveryPointNegatedOrReplaced() public {
        uint8[3] memory starts = [0, 6, 8];
        for (uint256 i = 0; i < 3; i++) {
            uint256[10] memory altered = proof;
            altered[starts[i] + 1] = P - altered[starts[i] + 1];
            _refuse(altered, words, IProofVerifier.ProofRejected.selector, i);
            (altered[starts[i]], altered[starts[i] + 1]) = (1, 2);
            _refuse(altered, words, IProofVerifier.ProofRejected.selector, i);
        }
    }

    function test_fuzz_refusesAnyFlippedBitOfTheProof(uint8 index, uint8 bit) public {
        uint256[10] memory altered = proof;
        altered[index % 10] ^= 1 << bit;
        _refuseProof(altered, index);
    }

    /* SIZE */

    function test_refusesAnotherNumberOfWords() public {
        uint256[] memory fewer = new uint256[](COUNT - 1);
        uint256[] memory more = new uint256[](COUNT + 1);
        for (uint256 i = 0; i < COUNT; i++) {
            if (i < COUNT - 1) fewer[i] = words[i];
            more[i] = words[i];
        }
        _refuse(proof, fewer, IProofVerifier.WordCountMismatch.selector, COUNT - 1);
        _refuse(proof, more, IProofVerifier.WordCountMismatch.selector, COUNT + 1);
        _refuse(proof, new uint256[](0), IProofVerifier.WordCountMismatch.selector, 0);
    }

    function test_refusesTruncatedCalldata() public {
        bytes memory data = _call(proof, words);
        for (uint256 cut = 1; cut < data.length; cut += 13) {
            bytes memory shorter = new bytes(data.length - cut);
            for (uint256 i = 0; i < shorter.length; i++) {
                shorter[i] = data[i];
            }
            (bool success,) = address(verifier).call(shorter);
            vm.assertTrue(!success, vm.toString(cut));
        }
    }

    function test_refusesCalldataThatIsTooLong() public {
        bytes memory data = _call(proof, words);
        bytes4 selector = IProofVerifier.CalldataLengthMismatch.selector;
        _assertRefused(address(verifier), bytes.concat(data, hex"00"), selector, "one byte");
        _assertRefused(address(verifier), bytes.concat(data, new bytes(32)), selector, "one word");
    }
}
