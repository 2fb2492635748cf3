// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { BN254 } from "./BN254.sol";

/// @title Transcript
/// @notice Data hash, challenge and fingerprint: byte for byte what the prover computes.
library Transcript {
    bytes32 internal constant TAG = keccak256("proofmark.transcript.v1");

    uint256 private constant R = BN254.SCALAR_MODULUS;

    /// @notice keccak256(k || word_1 || ... || word_k).
    function dataHash(uint256[] calldata words) internal pure returns (bytes32 hash) {
        // keccak256(abi.encodePacked(words.length, words)), without bounds and allocation
        assembly ("memory-safe") {
            let input := mload(0x40)
            mstore(input, words.length)
            calldatacopy(add(input, 0x20), words.offset, shl(5, words.length))
            hash := keccak256(input, shl(5, add(words.length, 1)))
        }
    }

    /// @notice keccak256 of `count` words from index `first` on: the market hash that oracle
    /// signers sign.
    /// @dev Unchecked: the caller makes sure that first + count <= words.length.
    function rangeHashUnchecked(uint256[] calldata words, uint256 first, uint256 count)
        internal
        pure
        returns (bytes32 hash)
    {
        assembly ("memory-safe") {
            let input := mload(0x40)
            calldatacopy(input, add(words.offset, shl(5, first)), shl(5, count))
            hash := keccak256(input, shl(5, count))
        }
    }

    /// @notice keccak256(TAG || keyId || D.x || D.y || dataHash) mod r.
    function challenge(bytes32 keyId, uint256 dX, uint256 dY, bytes32 hash)
        internal
        pure
        returns (uint256)
    {
        return uint256(keccak256(abi.encode(TAG, keyId, dX, dY, hash))) % R;
    }

    /// @notice k * challenge^k + sum of word_i * challenge^(k - i), mod r, by Horner's rule
    /// starting from k.
    /// @return value The fingerprint; meaningless where allInField is false.
    /// @return allInField Whether every word is below r.
    function fingerprint(uint256[] calldata words, uint256 point)
        internal
        pure
        returns (uint256 value, bool allInField)
    {
        // for (i = 0; i < k; i++) {
        //     allInField = allInField && words[i] < R;
        //     value = (value * point + words[i]) % R;
        // }
        // Lazy: value = mulmod(value, point, R) + word stays below 2 R < 2^255 for words below R,
        // so no step overflows and one reduction at the end is enough. Eight words a turn.
        uint256 modulus = R;
        assembly ("memory-safe") {
            let cursor := words.offset
            let end := add(cursor, shl(5, words.length))
            value := words.length
            allInField := 1
            for { let whole := add(cursor, and(shl(5, words.length), 0xe0)) } lt(cursor, whole) {
                cursor := add(cursor, 0x20)
            } {
                let word := calldataload(cursor)
                allInField := and(allInField, lt(word, modulus))
                value := add(mulmod(value, point, modulus), word)
            }
            for { } lt(cursor, end) { cursor := add(cursor, 0x100) } {
                {
                    let left := calldataload(cursor)
                    let right := calldataload(add(cursor, 0x20))
                    allInField := and(and(lt(left, modulus), lt(right, modulus)), allInField)
                    value := add(
                        mulmod(add(mulmod(value, point, modulus), left), point, modulus),
                        right
                    )
                }
                {
                    let left := calldataload(add(cursor, 0x40))
                    let right := calldataload(add(cursor, 0x60))
                    allInField := and(and(lt(left, modulus), lt(right, modulus)), allInField)
                    value := add(
                        mulmod(add(mulmod(value, point, modulus), left), point, modulus),
                        right
                    )
                }
                {
                    let left := calldataload(add(cursor, 0x80))
                    let right := calldataload(add(cursor, 0xa0))
                    allInField := and(and(lt(left, modulus), lt(right, modulus)), allInField)
                    value := add(
                        mulmod(add(mulmod(value, point, modulus), left), point, modulus),
                        right
                    )
                }
                {
                    let left := calldataload(add(cursor, 0xc0))
                    let right := calldataload(add(cursor, 0xe0))
                    allInField := and(and(lt(left, modulus), lt(right, modulus)), allInField)
                    value := add(
                        mulmod(add(mulmod(value, point, modulus), left), point, modulus),
                        right
                    )
                }
            }
            value := mod(value, modulus)
        }
    }
}
