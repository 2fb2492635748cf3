// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ProofVerifier } from "../src/ProofVerifier.sol";
import { MarginGated } from "../src/base/MarginGated.sol";
import { IAttestationRegistry } from "../src/interfaces/IAttestationRegistry.sol";
import { PortfolioMarginWords } from "../src/libraries/PortfolioMarginWords.sol";
import { LettersTest } from "./support/LettersTest.sol";
import { RequirementBoard } from "./examples/RequirementBoard.sol";
import { MarginWords } from "./support/MarginWords.sol";
import { PositionStub } from "./support/PositionStub.sol";
import { ToyKey } from "./support/ToyKeys.sol";

/// @notice Gas of whole transactions about accounts, with verified proofs.
/// @dev Isolated: every call from a test is a transaction of its own, with cold accounts and settled storage.
/// forge-config: default.isolate = true
contract AccountGasTest is LettersTest {
    uint256 internal constant SCENARIO_ROWS = 33;
    uint256 internal constant MOST_FOR_COVERED = 380_000;
    /// @dev Mean gas of one option price by the cheapest published on-chain implementation.
    uint256 internal constant ON_CHAIN_PRICE = 2_776;

    function _routed(string memory name, uint256 wordCount) private returns (ToyKey memory toy) {
        toy = _renamed(_key("sound"), keccak256(bytes(name)));
        router.addAccountRoute(
            address(new ProofVerifier(toy.statementId, toy.r1csDigest, toy.words, wordCount))
        );
    }

    function _attestGas(ToyKey memory toy, uint256[] memory words) private returns (uint256) {
        bytes memory data = abi.encodeCall(
            IAttestationRegistry.attest, (toy.keyId, _prove(toy, words, 1), words)
        );
        return _transactionGas(Step(STRANGER, address(registry), data));
    }

    function _transactionGas(Step memory step) private returns (uint256) {
        (bool success,) = _run(step);
        uint256 used = vm.lastCallGas().gasTotalUsed;
        vm.assertTrue(success, "transaction");
        uint256 tokens = 0;
        for (uint256 i = 0; i < step.data.length; i++) {
            tokens += step.data[i] == 0 ? 1 : 4;
        }
        uint256 floor = 21_000 + 10 * tokens; // EIP-7623; cancun does not know it
        return used > floor ? used : floor;
    }

    function _coveredWords(bytes32 account, uint48 sequence, uint8 level)
        private
        view
        returns (uint256[] memory)
    {
        MarginWords.Claim memory claim = _bookClaim(letters, account, sequence, FUNDS / 2);
        claim.commitment = _commitment();
        claim.level = level;
        return MarginWords.covered(claim);
    }

    /// @dev No zero bytes, as a real one.
    function _commitment() private pure returns (bytes32) {
        return bytes32(type(uint256).max / 32 * 3);
    }

    function _openLetters() private returns (ToyKey memory coveredKey, ToyKey memory breachKey) {
        (coveredKey, breachKey) = (_routed("covered", 9), _routed("breach", 10));
        letters.setKeyAllowed(coveredKey.keyId, true);
        letters.setKeyAllowed(breachKey.keyId, true);
    }

    function _breachWords(bytes32 account, uint48 sequence)
        private
        view
        returns (uint256[] memory)
    {
        MarginWords.Claim memory claim = _bookClaim(letters, account, sequence, FUNDS);
        claim.commitment = _commitment();
        claim.equityBound = FUNDS / 3;
        return MarginWords.breach(claim);
    }

    function _noteCovered(string memory name, ToyKey memory toy, uint256[] memory words) private {
        uint256 used = _attestGas(toy, words);
        vm.snapshotValue("gas", string.concat("letters, covered (9 words), ", name), used);
        vm.assertLe(used, MOST_FOR_COVERED, name);
    }

    function test_gasOfLetters() public {
        (ToyKey memory coveredKey, ToyKey memory breachKey) = _openLetters();
        bytes memory data = abi.encodeCall(letters.register, (bytes32(0), _commitment()));
        uint256 used = _transactionGas(Step(ALICE, address(letters), data));
        vm.snapshotValue("gas", "letters, register", used);
        bytes32 account = letters.accountIdOf(ALICE, bytes32(0));
        used = _transactionGas(_depositing(letters, account, FUNDS));
        vm.snapshotValue("gas", "letters, deposit", used);

        _noteCovered("first", coveredKey, _coveredWords(account, 1, INITIAL));
        _publish();
        _noteCovered("later", coveredKey, _coveredWords(account, 2, INITIAL));

        token.mint(ALICE, 1);
        used = _transactionGas(_withdrawing(letters, account, FUNDS / 4));
        vm.snapshotValue("gas", "letters, withdraw", used);

        _publish();
        used = _attestGas(breachKey, _breachWords(account, 1));
        vm.snapshotValue("gas", "letters, breach (10 words), first", used);
        _publish();
        _noteCovered("cures", coveredKey, _coveredWords(account, 3, INITIAL));
    }

    /// @dev The dearest one: to an account that has never had a cover nor a deposit, in breach.
    function test_gasOfAFirstCoveredThatCures() public {
        (ToyKey memory coveredKey, ToyKey memory breachKey) = _openLetters();
        bytes32 account = _register(letters, ALICE, _commitment());
        _attestGas(breachKey, _breachWords(account, 1));
        _publish();
        MarginWords.Claim memory claim = _bookClaim(letters, account, 1, 0);
        (claim.commitment, claim.level) = (_commitment(), INITIAL);
        _noteCovered("first, cures", coveredKey, MarginWords.covered(claim));
    }

    function test_gasOfRequirement() public {
        ToyKey memory toy = _routed("requirement", 9);
        RequirementBoard numbers =
            new RequirementBoard(address(this), registry, BTC, PARAMETERS, _rules());
        numbers.setKeyAllowed(toy.keyId, true);
        vm.prank(ALICE);
        numbers.commit(_commitment());
        uint256 used;
        for (uint48 sequence = 1; sequence < 3; sequence++) {
            _publish();
            MarginWords.Claim memory claim =
                _claim(address(numbers), numbers.accountOf(ALICE), sequence, FUNDS);
            claim.commitment = _commitment();
            used = _attestGas(toy, MarginWords.requirement(claim));
        }
        vm.snapshotValue("gas", "numbers, requirement (9 words), later", used);
    }

    function _openGas(uint16 slots, string memory name) private returns (uint256 later) {
        ToyKey memory toy = _routed(name, 10 + uint256(slots));
        PositionStub desk = new PositionStub(address(this), registry, BTC, PARAMETERS, _rules());
        desk.setKeyAllowed(toy.keyId, true);
        bytes32 account = bytes32(uint256(uint160(ALICE)));
        MarginWords.Claim memory claim;
        for (uint48 sequence = 1; sequence < 3; sequence++) {
            _publish();
            claim = _claim(address(desk), account, sequence, FUNDS);
            claim.slots = slots;
            claim.legs = new uint256[](slots);
            for (uint256 i = 0; i < slots; i++) {
                claim.legs[i] = MarginWords.leg(START_UNIX + 86_400, 700_000_000 + i, false);
            }
            bytes32 book = PortfolioMarginWords.bookHash(claim.legs, claim.linear, claim.cash);
            desk.setPosition(account, MarginGated.Position(book, FUNDS, MAINTENANCE));
            later = _attestGas(toy, MarginWords.open(claim));
        }
        vm.snapshotValue("gas", string.concat("gated, ", name, ", later"), later);
    }

    function test_gasOfOpen() public {
        _openGas(16, "open with 16 legs (26 words)");
        uint256 used = _openGas(64, "open with 64 legs (74 words)");
        vm.assertLe(10 * used, SCENARIO_ROWS * 64 * ON_CHAIN_PRICE, "a tenth of the prices alone");
    }
}
