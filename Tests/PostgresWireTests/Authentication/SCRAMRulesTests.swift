import Testing

@testable import PostgresWire

private let nonce = SCRAMExample.combinedNonce
private let salt = SCRAMExample.salt

@Suite(.ownThread) struct SCRAMRulesTests {
    /// Feeds a server's first message and counts how often the slow derivation was asked for.
    private func derivations(_ serverFirst: [UInt8], cap: Int = 200_000) -> (count: Int, error: PostgresError?) {
        var scram = SCRAMExample.client(cap: cap)
        var count = 0
        do {
            _ = try scram.firstMessage()
            _ = try scram.respond(to: serverFirst) { _ throws(PostgresError) in
                count += 1
                return Secret([UInt8](repeating: 0, count: 32))
            }
        } catch {
            // Nothing can go on after a failure, not even with the right message.
            #expect(throws: PostgresError.self) {
                try scram.parseServerFirst(Array(SCRAMExample.serverFirst.utf8))
            }
            return (count, error)
        }
        return (count, nil)
    }

    // CVE-2026-42198, RUSTSEC-2026-0179, CVE-2026-6669, CVE-2026-56869
    @Test(arguments: [
        "200001", "2147483647", "2147483648", "4294967296", "4294967297", "18446744073709551617",
        "1000000000000000000000000000000", "0", "00", "-1", "+4096", "5e3", "٤٠٩٦", "", " 4096", "4096 ", "04096",
        "0x10",
        "4096\0",
    ])
    func iterationAttacksAreRefusedBeforeDerivation(iterations: String) {
        let outcome = derivations(Array("r=\(nonce),s=\(salt),i=\(iterations)".utf8))
        #expect(outcome.count == 0)
        #expect(outcome.error?.code == .authenticationFailed)
    }

    @Test func theCapItselfIsAllowed() {
        #expect(derivations(Array("r=\(nonce),s=\(salt),i=200000".utf8)).count == 1)
        #expect(derivations(Array("r=\(nonce),s=\(salt),i=1".utf8)).count == 1)
        #expect(derivations(Array("r=\(nonce),s=\(salt),i=4096".utf8), cap: 4095).count == 0)
    }

    @Test(arguments: [
        // Missing, reordered, repeated, empty.
        "", ",", "r=\(nonce)", "s=\(salt),i=4096", "r=\(nonce),i=4096", "r=\(nonce),s=\(salt)",
        "s=\(salt),r=\(nonce),i=4096", "r=\(nonce),i=4096,s=\(salt)", "i=4096,r=\(nonce),s=\(salt)",
        "r=\(nonce),r=\(nonce),s=\(salt),i=4096", "r=\(nonce),s=\(salt),s=\(salt),i=4096",
        "r=\(nonce),s=\(salt),i=4096,i=4096", "r=\(nonce),s=\(salt),i=4096,r=\(nonce)", "r=,s=\(salt),i=4096",
        "r=\(nonce),s=,i=4096", "r,s=\(salt),i=4096", "\(nonce),\(salt),4096", "r=\(nonce),s=\(salt),i=4096,",
        ",r=\(nonce),s=\(salt),i=4096", "r=\(nonce),,s=\(salt),i=4096",
        "r=\(nonce),s=\(salt),i=4096,x", "r=\(nonce),s=\(salt),i=4096,=y", "r=\(nonce),s=\(salt),i=4096,1=y",
        "r=\(nonce),s=\(salt),i=4096,x=1,x=2",
        "R=\(nonce),s=\(salt),i=4096",
        // Attributes that belong elsewhere.
        "r=\(nonce),s=\(salt),i=4096,v=abc", "r=\(nonce),s=\(salt),i=4096,e=other-error",
        "r=\(nonce),s=\(salt),i=4096,p=x", "e=other-error",
        // Mandatory extensions.
        "m=x,r=\(nonce),s=\(salt),i=4096", "r=\(nonce),m=x,s=\(salt),i=4096", "r=\(nonce),s=\(salt),i=4096,m=x",
        // Nonces: none of the server's, another client's, characters that are not printable.
        "r=\(SCRAMExample.clientNonce),s=\(salt),i=4096", "r=xOprNGfwEbeRWgbNEkqO%hvYDpWUa,s=\(salt),i=4096",
        "r=rOprNGfwEbeRWgbNEkq,s=\(salt),i=4096",
        "r=\(nonce) ,s=\(salt),i=4096", "r=\(nonce)\u{7F},s=\(salt),i=4096", "r=\(nonce)\u{301},s=\(salt),i=4096",
        "r=\(nonce)\0,s=\(salt),i=4096",
        // Salts that are not strict Base64.
        "r=\(nonce),s=W22ZaJ0SNY7soEsUEjb6gQ=,i=4096", "r=\(nonce),s=W22ZaJ0SNY7soEsUEjb6gQ,i=4096",
        "r=\(nonce),s=====,i=4096",
        "r=\(nonce),s=W22Z aJ0S,i=4096", "r=\(nonce),s=W22_,i=4096", "r=\(nonce),s=QR==,i=4096",
        "r=\(nonce),s=QQ==QQ==,i=4096",
        "r=\(nonce),s=W22ZaJ0SNY7soEsUEjb6gQ==\n,i=4096",
    ])
    func malformedFirstMessagesAreRefused(message: String) {
        let outcome = derivations(Array(message.utf8))
        #expect(outcome.count == 0)
        #expect(outcome.error?.code == .authenticationFailed)
    }

    @Test func theUntouchedMessageAndOptionalExtensionsPass() {
        #expect(derivations(Array(SCRAMExample.serverFirst.utf8)).count == 1)
        #expect(derivations(Array((SCRAMExample.serverFirst + ",x=ext,Y=").utf8)).count == 1)
    }

    @Test func everyTruncationAndByteChangeThrowsOrDerives() {
        let message = Array(SCRAMExample.serverFirst.utf8)
        for length in message.indices {
            let outcome = derivations(Array(message.prefix(length)))
            #expect((outcome.count == 1) == (outcome.error == nil))
        }
        for index in message.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = message
                changed[index] = byte
                let outcome = derivations(changed)
                #expect((outcome.count == 1) == (outcome.error == nil))
            }
        }
    }

    // CVE-2026-6665
    @Test(arguments: [2001, 1 << 20])
    func messagesHaveALimit(length: Int) {
        let head = Array("r=\(nonce)".utf8)
        let tail = Array(",s=\(salt),i=4096".utf8)
        let filler = [UInt8](repeating: 120, count: length - head.count - tail.count)
        #expect(derivations(head + filler + tail).count == 0)
        #expect(derivations(head + filler.prefix(2000 - head.count - tail.count) + tail).count == 1)
    }

    private func atFinal() throws -> SCRAMClient {
        var scram = SCRAMExample.client()
        _ = try scram.firstMessage()
        _ = try scram.respond(to: Array(SCRAMExample.serverFirst.utf8))
        return scram
    }

    // CVE-2019-10164
    @Test(arguments: [
        "", "v=", "v", "x=y", "v=\(String(repeating: "A", count: 10_000))", "v=AAAA",
        "v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "v=3HO6Qt1M4MKJrmlKaoOqLAI0/0TV0HZe7J9H3MBtSOg",
        "v=3HO6Qt1M4MKJrmlKaoOqLAI0/0TV0HZe7J9H3MBtSOh=", "v=4HO6Qt1M4MKJrmlKaoOqLAI0/0TV0HZe7J9H3MBtSOg=",
        "x=y,v=3HO6Qt1M4MKJrmlKaoOqLAI0/0TV0HZe7J9H3MBtSOg=", "V=3HO6Qt1M4MKJrmlKaoOqLAI0/0TV0HZe7J9H3MBtSOg=",
        "v=3HO6Qt1M4MKJrmlKaoOqLAI0/0TV0HZe7J9H3MBtSOg=,v=3HO6Qt1M4MKJrmlKaoOqLAI0/0TV0HZe7J9H3MBtSOg=",
        "v=3HO6Qt1M4MKJrmlKaoOqLAI0/0TV0HZe7J9H3MBtSOg=,e=other-error",
        "v=3HO6Qt1M4MKJrmlKaoOqLAI0/0TV0HZe7J9H3MBtSOg=,m=x",
        "v=3HO6Qt1M4MKJrmlKaoOqLAI0/0TV0HZe7J9H3MBtSOg=,", "v=3HO6Qt1M4MKJrmlKaoOqLAI0/0TV0HZe7J9H3MBtSOg=\0",
    ])
    func wrongFinalMessagesAreRefused(message: String) throws {
        var scram = try atFinal()
        #expect { try scram.verify(serverFinal: Array(message.utf8)) } throws: { error in
            (error as? PostgresError)?.code == .authenticationFailed
        }
        #expect(!scram.isVerified)
        // A second try is refused even with the right proof.
        #expect(throws: PostgresError.self) { try scram.verify(serverFinal: Array(SCRAMExample.serverFinal.utf8)) }
        #expect(!scram.isVerified)
    }

    @Test func errorsOfTheServerAreNamed() throws {
        func message(_ text: String) throws -> String? {
            var scram = try atFinal()
            do {
                try scram.verify(serverFinal: Array(text.utf8))
                return nil
            } catch {
                #expect(error.code == .authenticationFailed)
                return error.message
            }
        }
        #expect(try message("e=invalid-proof")?.contains("invalid-proof") == true)
        #expect(try message("e=unknown-user,x=1")?.contains("unknown-user") == true)
        // No text of a server that has proved nothing is shown.
        #expect(try message("e=\u{1b}]0;evil")?.contains("evil") == false)
    }

    @Test func optionalExtensionsOfTheFinalMessageAreIgnored() throws {
        var scram = try atFinal()
        try scram.verify(serverFinal: Array((SCRAMExample.serverFinal + ",x=1").utf8))
        #expect(scram.isVerified)
    }

    @Test func everyStepHappensOnce() throws {
        let serverFirst = Array(SCRAMExample.serverFirst.utf8)
        let serverFinal = Array(SCRAMExample.serverFinal.utf8)
        func isOutOfOrder(_ error: any Error) -> Bool { (error as? PostgresError)?.code == .protocolViolation }

        var scram = SCRAMExample.client()
        #expect { try scram.parseServerFirst(serverFirst) } throws: { isOutOfOrder($0) }
        scram = SCRAMExample.client()
        #expect { try scram.verify(serverFinal: serverFinal) } throws: { isOutOfOrder($0) }
        scram = SCRAMExample.client()
        #expect { try scram.finish(saltedPassword: Secret([1])) } throws: { isOutOfOrder($0) }
        scram = SCRAMExample.client()
        _ = try scram.firstMessage()
        #expect { try scram.firstMessage() } throws: { isOutOfOrder($0) }
        scram = SCRAMExample.client()
        _ = try scram.firstMessage()
        #expect { try scram.verify(serverFinal: serverFinal) } throws: { isOutOfOrder($0) }
        scram = try atFinal()
        #expect { try scram.parseServerFirst(serverFirst) } throws: { isOutOfOrder($0) }
        scram = try atFinal()
        try scram.verify(serverFinal: serverFinal)
        #expect { try scram.verify(serverFinal: serverFinal) } throws: { isOutOfOrder($0) }
    }

    @Test func aNonceIsNeeded() {
        var scram = SCRAMClient(password: Secret("x"), nonce: [])
        #expect(throws: PostgresError.self) { try scram.firstMessage() }
    }
}
