// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IAttestationConsumer } from "../../src/interfaces/IAttestationConsumer.sol";

/// @notice A consumer that notes what it gets, or misbehaves.
contract StubConsumer is IAttestationConsumer {
    enum Mood {
        Content,
        Reverting,
        BurningGas,
        Talkative
    }

    error HookRefuses(uint256 wordCount);

    Mood public mood;
    uint256 public calls;
    uint256 public gasReceived;
    bytes32 public dataHash;
    bytes32 public keyId;

    function setMood(Mood mood_) external {
        mood = mood_;
    }

    function onAttestation(bytes32 keyId_, bytes32 dataHash_, uint256[] calldata words) external {
        uint256 received = gasleft();
        if (mood == Mood.Reverting) revert HookRefuses(words.length);
        while (mood == Mood.BurningGas) { }
        if (mood == Mood.Talkative) {
            assembly {
                return(0, 150000)
            }
        }
        gasReceived = received;
        calls++;
        (keyId, dataHash) = (keyId_, dataHash_);
    }
}
