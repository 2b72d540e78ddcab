import PostgresWire

/// One run of the server's side of SCRAM: what was said so far, and what follows from it.
///
/// Source: RFC 5802, sections 3 and 7.
struct ScriptedExchange {
    /// Why the client's part is not what it must be.
    struct Mistake: Error {
        let reason: String
    }

    private let scram: ScriptedServer.SCRAM
    private var mechanism = ""
    private var header: [UInt8] = []
    private var clientFirstBare: [UInt8] = []
    private var challenge: [UInt8] = []

    init(_ scram: ScriptedServer.SCRAM) {
        self.scram = scram
    }

    var offer: BackendMessage { .authentication(.sasl(mechanisms: scram.mechanisms)) }

    /// Answers SASLInitialResponse.
    mutating func challenge(initialResponse body: [UInt8]) throws(Mistake) -> BackendMessage {
        let response: Frontend.SASLInitialResponse
        do {
            response = try WireReader.read(body) { (reader) throws(WireError) in
                try Frontend.SASLInitialResponse(body: &reader)
            }
        } catch {
            throw Mistake(reason: "the client's SASLInitialResponse is malformed: \(error)")
        }
        guard scram.mechanisms.contains(response.mechanism) else {
            throw Mistake(reason: "the client chose the mechanism \(response.mechanism), which was not offered")
        }
        mechanism = response.mechanism
        let first = response.data ?? []
        let parts = first.split(separator: UInt8(ascii: ","), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw Mistake(reason: "the client's first SCRAM message is malformed") }
        header = parts[0] + [UInt8(ascii: ",")] + parts[1] + [UInt8(ascii: ",")]
        clientFirstBare = Array(parts[2])
        let isBound = parts[0].starts(with: "p=".utf8)
        guard isBound == (mechanism == "SCRAM-SHA-256-PLUS") else {
            throw Mistake(reason: "the client's channel binding flag does not go with the mechanism \(mechanism)")
        }
        guard let nonce = Self.attribute("r", of: clientFirstBare), !nonce.isEmpty else {
            throw Mistake(reason: "the client's first SCRAM message has no nonce")
        }
        var message = ScriptedServer.SCRAMMessage([
            ("r", String(decoding: nonce, as: UTF8.self) + scram.nonce),
            ("s", String(decoding: Base64.encode(scram.salt), as: UTF8.self)),
            ("i", String(scram.iterations)),
        ])
        scram.rewriteChallenge?(&message)
        challenge = message.bytes
        return .authentication(.saslContinue(challenge))
    }

    /// Checks SASLResponse, the client's proof, and answers it with the server's.
    func outcome(response: [UInt8]) throws(Mistake) -> BackendMessage {
        let proofStart = Array(",p=".utf8)
        guard let position = response.indices.last(where: { response[$0...].starts(with: proofStart) }) else {
            throw Mistake(reason: "the client's final SCRAM message has no proof")
        }
        let withoutProof = Array(response[..<position])
        if let hash = scram.channelBinding, mechanism == "SCRAM-SHA-256-PLUS" {
            guard Self.attribute("c", of: withoutProof) == Base64.encode(header + hash) else {
                throw Mistake(reason: "the client is bound to another channel")
            }
        }
        guard Self.attribute("r", of: withoutProof) == Self.attribute("r", of: challenge) else {
            throw Mistake(reason: "the client's final SCRAM message has another nonce")
        }
        let comma = [UInt8(ascii: ",")]
        let everything = clientFirstBare + comma + challenge + comma + withoutProof
        do {
            let salted = try Digests.pbkdf2SHA256(
                password: Secret(scram.password), salt: scram.salt, iterations: max(1, scram.iterations))
            let clientKey = try Digests.hmacSHA256(key: salted, "Client Key".utf8)
            let signature = try Digests.hmacSHA256(key: Secret(try Digests.sha256(clientKey)), everything)
            let proof = zip(clientKey, signature).map { $0 ^ $1 }
            guard Base64.encode(proof) == Array(response[position...].dropFirst(proofStart.count)) else {
                throw Mistake(reason: "the client's proof is wrong")
            }
            let serverKey = try Digests.hmacSHA256(key: salted, "Server Key".utf8)
            let serverProof = try Digests.hmacSHA256(key: Secret(serverKey), everything)
            var message = ScriptedServer.SCRAMMessage([
                ("v", String(decoding: Base64.encode(serverProof), as: UTF8.self))
            ])
            scram.rewriteOutcome?(&message)
            return .authentication(.saslFinal(message.bytes))
        } catch let mistake as Mistake {
            throw mistake
        } catch {
            throw Mistake(reason: "\(error)")
        }
    }

    private static func attribute(_ name: Unicode.Scalar, of message: [UInt8]) -> [UInt8]? {
        let start = [UInt8(ascii: name), UInt8(ascii: "=")]
        let part = message.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            .first { $0.starts(with: start) }
        return part.map { Array($0.dropFirst(2)) }
    }
}
