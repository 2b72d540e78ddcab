import Testing

@testable import PostgresWire

@Suite(.ownThread) struct DigestsTests {
    private func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    @Test func hashes() throws {
        #expect(
            hexadecimal(try Digests.sha256(Array("abc".utf8)))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            hexadecimal(try Digests.sha256([]))
                == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(hexadecimal(try Digests.md5(Array("abc".utf8))) == "900150983cd24fb0d6963f7d28e17f72")
    }

    // RFC 4231, test case 2.
    @Test func hmac() throws {
        #expect(
            hexadecimal(try Digests.hmacSHA256(key: Secret("Jefe"), "what do ya want for nothing?".utf8))
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }

    // RFC 7914, section 11.
    @Test func pbkdf2() throws {
        let key = try Digests.pbkdf2SHA256(password: Secret("passwd"), salt: Array("salt".utf8), iterations: 1)
        #expect(hexadecimal(key.copyBytes()) == "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc")
        #expect(throws: PostgresError.self) {
            try Digests.pbkdf2SHA256(password: Secret("x"), salt: [1], iterations: 0)
        }
        #expect(throws: PostgresError.self) {
            try Digests.pbkdf2SHA256(password: Secret("x"), salt: [1], iterations: 1 << 32)
        }
    }

    @Test func comparison() {
        #expect(Digests.areEqual([1, 2], [1, 2]))
        #expect(!Digests.areEqual([1, 2], [1, 3]))
        #expect(!Digests.areEqual([1, 2], [1, 2, 3]))
        #expect(Digests.areEqual([], []))
    }

    @Test func md5Password() throws {
        let hash = try MD5Password.hash(password: Secret("secret"), user: "app", salt: [1, 2, 3, 4])
        #expect(SCRAMExample.text(hash) == "md5911f527656472583a006e7727877b33e")
    }

    @Test func wiping() {
        var bytes: [UInt8] = [1, 2, 3]
        Digests.wipe(&bytes)
        #expect(bytes == [0, 0, 0])
    }
}
