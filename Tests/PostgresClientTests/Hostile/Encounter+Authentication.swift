import ManticoreTesting
import PostgresClient
import Testing

extension Encounter {
    /// The end of a script whose client must give up, and say nothing more.
    static let ending: [ScriptedServer.Step] = [.expectClosed(within: .seconds(10))]

    /// SCRAM with the password that the client has too.
    static func scram(_ change: (inout ScriptedServer.SCRAM) -> Void = { _ in }) -> ScriptedServer.SCRAM {
        var scram = ScriptedServer.SCRAM(password: password)
        change(&scram)
        return scram
    }

    /// Runs SCRAM with a spoilt final message of the server.
    static func scramOutcome(
        _ face: Face, sourceLocation: Testing.SourceLocation = #_sourceLocation,
        _ rewrite: @escaping @Sendable (inout ScriptedServer.SCRAMMessage) -> Void
    ) async throws -> Encounter {
        let scram = scram { $0.rewriteOutcome = rewrite }
        let met = try await Encounter([.receiveStartup, .scram(scram)] + ending, face)
        met.expectAsScripted(sourceLocation: sourceLocation)
        met.expectDiscretion(sourceLocation: sourceLocation)
        return met
    }

    /// Runs SCRAM with a spoilt first message of the server, which no proof may answer.
    static func scramChallenge(
        _ face: Face, sourceLocation: Testing.SourceLocation = #_sourceLocation,
        _ rewrite: @escaping @Sendable (inout ScriptedServer.SCRAMMessage) -> Void
    ) async throws -> Encounter {
        let scram = scram {
            $0.rewriteChallenge = rewrite
            $0.lastStage = .challenge
        }
        let met = try await Encounter([.receiveStartup, .scram(scram)] + ending, face)
        met.expectAsScripted(sourceLocation: sourceLocation)
        met.expectDiscretion(sourceLocation: sourceLocation)
        #expect(
            met.speech().messages.count == 1, "the first message, and no proof to guess the password from",
            sourceLocation: sourceLocation)
        return met
    }
}
