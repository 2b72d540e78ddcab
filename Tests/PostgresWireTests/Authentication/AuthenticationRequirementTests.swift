import PostgresWire
import Testing

@Suite(.ownThread) struct AuthenticationRequirementTests {
    @Test func lists() throws {
        #expect(try AuthenticationRequirement(parsing: "scram-sha-256").methods == [.scramSHA256])
        #expect(try AuthenticationRequirement(parsing: "password,md5,none").methods == [.password, .md5, .none])
        let negated = try AuthenticationRequirement(parsing: "!password,!md5")
        #expect(negated.methods == [.gss, .sspi, .scramSHA256, .oauth, .none])
        #expect(negated.allows(.none) && !negated.allows(.password))
    }

    @Test(arguments: [
        "", ",", "password,", "password,!md5", "!password,md5", "password,password", "scram", "MD5", "!!md5",
    ])
    func malformedLists(text: String) {
        #expect { try AuthenticationRequirement(parsing: text) } throws: { error in
            (error as? PostgresError)?.code == .invalidConfiguration
        }
    }
}
