import Testing

@testable import PostgresWire

@Suite(.ownThread) struct SCRAMVectorTests {
    private func run(
        _ binding: SCRAMClient.ChannelBinding, user: String, gs2: String, binding encoded: String, proof: String,
        serverFinal: String
    ) throws {
        var scram = SCRAMExample.client(binding, user: user)
        let first = try scram.firstMessage()
        #expect(SCRAMExample.text(first) == "\(gs2)n=\(user),r=\(SCRAMExample.clientNonce)")
        let final = try scram.respond(to: Array(SCRAMExample.serverFirst.utf8))
        #expect(SCRAMExample.text(final) == "c=\(encoded),r=\(SCRAMExample.combinedNonce),p=\(proof)")
        #expect(!scram.isVerified)
        try scram.verify(serverFinal: Array(serverFinal.utf8))
        #expect(scram.isVerified)
    }

    @Test func rfc7677() throws {
        try run(
            .none, user: "user", gs2: "n,,", binding: "biws", proof: "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
            serverFinal: "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")
    }

    @Test func postgresLeavesTheUserOut() throws {
        try run(
            .none, user: "", gs2: "n,,", binding: "biws", proof: SCRAMExample.proof,
            serverFinal: SCRAMExample.serverFinal)
    }

    @Test func supportedButNotUsed() throws {
        try run(
            .supportedButNotUsed, user: "", gs2: "y,,", binding: "eSws",
            proof: "VpuC5DGQa5ro9tXE9MnKs69NH1nxnuregZZcclqIGfM=",
            serverFinal: "v=FOmOj9BpTGwvnzwBtWQjBaPmVxT9I8IeHBOhcIPu3us=")
    }

    @Test func channelBinding() throws {
        try run(
            .tlsServerEndPoint(try Digests.sha256(Array("cert".utf8))), user: "", gs2: "p=tls-server-end-point,,",
            binding: "cD10bHMtc2VydmVyLWVuZC1wb2ludCwsBimEMugGayniIjvMI6qVBLVq5Qj6vzQ1UIhpucMZDiI=",
            proof: "6UV1c3TSx9nC08JIWfg0mUhJ9TLI8VnsoxTEyyaAxE8=",
            serverFinal: "v=AYccGp4V3nWIQdZoROIYd38ZCravgJodVeHRrVewrY8=")
    }

    @Test func saltedPassword() throws {
        var scram = SCRAMExample.client()
        _ = try scram.firstMessage()
        let request = try scram.parseServerFirst(Array(SCRAMExample.serverFirst.utf8))
        #expect(request.iterations == 4096)
        #expect(request.salt == Base64.decode(Array(SCRAMExample.salt.utf8)))
        let salted = try request.saltedPassword()
        #expect(
            salted.copyBytes() == [
                0xc4, 0xa4, 0x95, 0x10, 0x32, 0x3a, 0xb4, 0xf9, 0x52, 0xca, 0xc1, 0xfa, 0x99, 0x44, 0x19, 0x39, 0xe7,
                0x8e, 0xa7, 0x4d, 0x6b, 0xe8, 0x1d, 0xdf, 0x70, 0x96, 0xe8, 0x75, 0x13, 0xdc, 0x61, 0x5d,
            ])
        // Keys that were kept give the same answer as the password.
        let final = try scram.finish(keys: try SCRAMKeys(saltedPassword: salted))
        #expect(SCRAMExample.text(final).hasSuffix(",p=\(SCRAMExample.proof)"))
    }

    @Test func userNamesAreEscaped() throws {
        var scram = SCRAMExample.client(user: "a,b=c")
        #expect(SCRAMExample.text(try scram.firstMessage()) == "n,,n=a=2Cb=3Dc,r=\(SCRAMExample.clientNonce)")
    }
}
