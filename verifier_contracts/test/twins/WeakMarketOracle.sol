// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import { IMarketOracle } from "../../src/interfaces/IMarketOracle.sol";

/// @notice MarketOracle's checks with one taken out at a time. One underlying, two of three signers.
contract WeakMarketOracle is EIP712 {
    enum Hole {
        None,
        TooFewSigners,
        DuplicateSigners,
        UnknownSigners,
        OtherDomain,
        Future,
        TimeOrder,
        NumberOrder,
        Repetition,
        SpotMove,
        SelfConfirmation
    }

    uint256 public acceptedNumber;
    uint256 public acceptedSpot;

    Hole private immutable HOLE;
    mapping(address => bool) private _isSigner;
    uint256 private _lastNumber;
    uint256 private _lastUnix;
    uint256 private _heldSpot;
    mapping(bytes32 marketHashOrDigest => bool) private _isSeen;

    constructor(address[] memory signers, Hole hole) EIP712("proofmark MarketOracle", "1") {
        HOLE = hole;
        for (uint256 i = 0; i < signers.length; i++) {
            _isSigner[signers[i]] = true;
        }
    }

    function submit(IMarketOracle.MarketSnapshot calldata snapshot, bytes[] calldata signatures)
        external
    {
        _checkSignatures(_structHash(snapshot), signatures);
        require(HOLE == Hole.Future || snapshot.snapshotUnix <= block.timestamp, "future");
        require(HOLE == Hole.TimeOrder || snapshot.snapshotUnix > _lastUnix, "time");
        require(HOLE == Hole.NumberOrder || snapshot.number > _lastNumber, "number");
        _checkRepetition(snapshot.marketHash);
        _checkRepetition(snapshot.marketDigest);
        if (_isHeldBack(snapshot.spot)) {
            _heldSpot = snapshot.spot;
            if (HOLE == Hole.SelfConfirmation) return; // and forgets to count the held report as seen
        } else {
            (acceptedNumber, acceptedSpot) = (snapshot.number, snapshot.spot);
        }
        (_lastUnix, _lastNumber) = (snapshot.snapshotUnix, snapshot.number);
    }

    function _checkRepetition(bytes32 marketHashOrDigest) private {
        require(HOLE == Hole.Repetition || !_isSeen[marketHashOrDigest], "repeated");
        _isSeen[marketHashOrDigest] = HOLE != Hole.SelfConfirmation;
    }

    function _isHeldBack(uint256 spot) private view returns (bool) {
        if (acceptedNumber == 0 || HOLE == Hole.SpotMove) return false;
        return !_isClose(spot, acceptedSpot) && !_isClose(spot, _heldSpot);
    }

    function _isClose(uint256 spot, uint256 base) private pure returns (bool) {
        uint256 move = spot > base ? spot - base : base - spot;
        return move * 10 <= base;
    }

    function _structHash(IMarketOracle.MarketSnapshot calldata snapshot)
        private
        pure
        returns (bytes32)
    {
        bytes32 typeHash = keccak256(
            "MarketSnapshot(bytes12 underlying,uint48 number,uint40 snapshotUnix,bytes32 marketHash,uint256 spot,uint32 atTheMoneyVolatility,bytes32 marketDigest)"
        );
        return keccak256(abi.encode(typeHash, snapshot));
    }

    function _checkSignatures(bytes32 structHash, bytes[] calldata signatures) private view {
        require(HOLE == Hole.TooFewSigners || signatures.length >= 2, "too few");
        bytes32 digest = HOLE == Hole.OtherDomain ? structHash : _hashTypedDataV4(structHash);
        address previous = address(0);
        for (uint256 i = 0; i < signatures.length; i++) {
            address signer = ECDSA.recoverCalldata(digest, signatures[i]);
            require(HOLE == Hole.DuplicateSigners || signer > previous, "order");
            require(HOLE == Hole.UnknownSigners || _isSigner[signer], "unknown");
            previous = signer;
        }
    }
}
