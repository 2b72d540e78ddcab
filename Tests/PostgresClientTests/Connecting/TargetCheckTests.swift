import PostgresWire
import Testing

@testable import PostgresClient

@Suite struct TargetCheckTests {
    private func verdict(
        _ requirement: TargetSessionAttributes, standby: Bool?, readOnly: Bool?
    ) -> TargetCheck.Verdict {
        var reported = ["server_version": "17.0"]
        if let standby { reported["in_hot_standby"] = standby ? "on" : "off" }
        if let readOnly { reported["default_transaction_read_only"] = readOnly ? "on" : "off" }
        return TargetCheck(requirement: requirement).verdict(reported: reported)
    }

    @Test func whatTheServerReportsDecides() {
        // For a primary, a primary whose transactions are read-only by default, a standby.
        let kinds: [(standby: Bool, readOnly: Bool)] = [(false, false), (false, true), (true, false), (true, true)]
        let suitable: [TargetSessionAttributes: [Bool]] = [
            .any: [true, true, true, true], .readWrite: [true, false, false, false],
            .readOnly: [false, true, true, true], .primary: [true, true, false, false],
            .standby: [false, false, true, true], .preferStandby: [false, false, true, true],
        ]
        #expect(suitable.count == TargetSessionAttributes.allCases.count)
        for (requirement, expected) in suitable {
            for (kind, isSuitable) in zip(kinds, expected) {
                let found = verdict(requirement, standby: kind.standby, readOnly: kind.readOnly)
                #expect((found == .suitable) == isSuitable, "\(requirement), \(kind)")
                if case .ask = found { Issue.record("it was all said") }
            }
        }
    }

    @Test func whatIsNotReportedIsAsked() {
        for requirement in [TargetSessionAttributes.readWrite, .readOnly] {
            for (standby, readOnly) in [(nil, nil), (true, nil), (nil, true)] as [(Bool?, Bool?)] {
                #expect(
                    verdict(requirement, standby: standby, readOnly: readOnly) == .ask("SHOW transaction_read_only"))
            }
            let check = TargetCheck(requirement: requirement)
            #expect((check.verdict(answer: "on") == .suitable) == (requirement == .readOnly))
            #expect((check.verdict(answer: "off") == .suitable) == (requirement == .readWrite))
        }
        for requirement in [TargetSessionAttributes.primary, .standby, .preferStandby] {
            #expect(
                verdict(requirement, standby: nil, readOnly: true)
                    == .ask("SELECT pg_catalog.pg_is_in_recovery()"))
            let check = TargetCheck(requirement: requirement)
            #expect((check.verdict(answer: "t") == .suitable) == (requirement != .primary))
            #expect((check.verdict(answer: "f") == .suitable) == (requirement == .primary))
            let unknown = PostgresError(
                ServerError(severity: "ERROR", sqlState: .undefinedFunction, message: "no such function"))
            #expect((check.verdict(refusal: unknown) == .suitable) == (requirement == .primary))
        }
        for requirement in TargetSessionAttributes.allCases where requirement != .any {
            for answer in ["", "on\n", "true", "ON", "\u{0}t"] {
                #expect(TargetCheck(requirement: requirement).verdict(answer: answer) != .suitable)
            }
        }
        #expect(verdict(.any, standby: nil, readOnly: nil) == .suitable)
    }
}
