import Manticore

/// What TLS agreed on, for a report.
struct TLSFacts: Sendable {
    let summary: TLSSummary

    /// How many of a certificate's names are shown to people.
    private static let shownNames = 4

    /// The lines for people: a label, a value and its colour.
    var rows: [LabelledLines.Row] {
        var rows = [LabelledLines.Row("TLS", "\(summary.version), \(summary.cipher)")]
        guard let certificate = summary.certificate else { return rows }
        rows.append(.init("certificate", certificate.subject.isEmpty ? "without a subject" : certificate.subject))
        rows.append(.init("  issuer", certificate.issuer))
        rows.append(.init("  names", Self.list(certificate.names)))
        if let end = certificate.notAfter, let expiry = CertificateExpiry(certificate) {
            rows.append(.init("  good until", "\(end.description.prefix(10)), \(expiry.text)", expiry.style))
        }
        rows.append(.init("  verified", verificationText, verificationStyle))
        if let roots = summary.roots { rows.append(.init("  roots", roots.description)) }
        if summary.isClientCertificateSent {
            rows.append(.init("  ours", "sent, for the server asked for one"))
        }
        return rows
    }

    private var verificationText: String {
        if !summary.isVerified { return "no, whoever is in between could read along (sslmode)" }
        return summary.isHostVerified
            ? "yes, the host's name too" : "yes, but not the host's name (verify-full checks it)"
    }

    private var verificationStyle: Terminal.Style? {
        summary.isVerified ? (summary.isHostVerified ? .green : nil) : .yellow
    }

    private static func list(_ names: [String]) -> String {
        guard !names.isEmpty else { return "none" }
        let more = names.count - shownNames
        return names.prefix(shownNames).joined(separator: ", ")
            + (more > 0 ? " and \(more) more" : "")
    }

    /// The object for programs.
    var json: JSON {
        let certificate = summary.certificate
        let expiry = certificate.flatMap { CertificateExpiry($0) }
        return .object([
            "version": .string(summary.version),
            "cipher": .string(summary.cipher),
            "subject": .optional(certificate?.subject),
            "issuer": .optional(certificate?.issuer),
            "names": .array((certificate?.names ?? []).map { .string($0) }),
            "not_before": .optional(Self.instant(certificate?.notBefore)),
            "not_after": .optional(Self.instant(certificate?.notAfter)),
            "days_left": expiry?.daysLeft.map { .int($0) } ?? .null,
            "expiry": .optional(expiry?.word),
            "verified": .bool(summary.isVerified),
            "host_verified": .bool(summary.isHostVerified),
            "roots": .optional(summary.roots?.description),
            "client_certificate_sent": .bool(summary.isClientCertificateSent),
        ])
    }

    /// The time as RFC 3339 has it; nil for none.
    private static func instant(_ time: PostgresTimestampWithTimeZone?) -> String? {
        guard let time, time.isFinite else { return nil }
        return time.description.replacing(" ", with: "T").replacing("+00", with: "Z")
    }
}
