import Manticore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How long a certificate is still good.
enum CertificateExpiry: Equatable {
    /// For so many whole days.
    case valid(days: Int)
    /// For so many whole days only: less than ``warningDays``.
    case endsSoon(days: Int)
    /// It ended so many whole days ago.
    case expired(days: Int)
    /// It is not valid yet.
    case notYetValid

    /// From how many days on nothing is said: less than this and it is time to renew.
    static let warningDays = 30

    /// Judges a certificate.
    ///
    /// - Parameter now: seconds since 1970.
    /// - Returns: nil if the certificate's end cannot be read.
    init?(_ certificate: TLSCertificate, now: Int64 = Self.now) {
        guard let end = certificate.notAfter.flatMap(Self.seconds) else { return nil }
        self.init(start: certificate.notBefore.flatMap(Self.seconds), end: end, now: now)
    }

    /// Judges a time of validity, in seconds since 1970.
    init(start: Int64?, end: Int64, now: Int64) {
        let secondsADay: Int64 = 86_400
        let left = end.subtractingReportingOverflow(now).partialValue
        let days = Int(clamping: left.magnitude / secondsADay.magnitude)
        if left < 0 {
            self = .expired(days: days)
        } else if let start, start > now {
            self = .notYetValid
        } else {
            self = days < Self.warningDays ? .endsSoon(days: days) : .valid(days: days)
        }
    }

    private static func seconds(_ time: PostgresTimestampWithTimeZone) -> Int64? {
        // 2000-01-01 is 10957 days after 1970-01-01.
        time.isFinite ? time.microsecondsSince2000 / 1_000_000 + 10_957 * 86_400 : nil
    }

    private static var now: Int64 { Int64(time(nil)) }

    /// The word for programs.
    var word: String {
        switch self {
        case .valid: "valid"
        case .endsSoon: "ends soon"
        case .expired: "expired"
        case .notYetValid: "not yet valid"
        }
    }

    /// The days that are left, negative if they are over; nil if the certificate is not valid yet.
    var daysLeft: Int? {
        switch self {
        case .valid(let days), .endsSoon(let days): days
        case .expired(let days): -days
        case .notYetValid: nil
        }
    }

    /// A remark for people.
    var text: String {
        switch self {
        case .valid(let days): "\(Self.days(days)) left"
        case .endsSoon(let days): "WARNING: only \(Self.days(days)) left"
        case .expired(let days): "EXPIRED \(Self.days(days)) ago"
        case .notYetValid: "NOT YET VALID"
        }
    }

    /// The colour of the remark.
    var style: Terminal.Style? {
        switch self {
        case .valid: nil
        case .endsSoon: .yellow
        case .expired, .notYetValid: .red
        }
    }

    private static func days(_ count: Int) -> String { count == 1 ? "1 day" : "\(count) days" }
}
