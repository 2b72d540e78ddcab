/// A version of the frontend/backend protocol.
///
/// Source: PostgreSQL manual, "Protocol Versions".
// swift-format-ignore: AlwaysUseLowerCamelCase
public enum ProtocolVersion: String, Hashable, Sendable, CaseIterable, Comparable, CustomStringConvertible {
    /// What every server and pooler speaks.
    case v3_0 = "3.0"
    /// PostgreSQL 18 and later: longer cancel keys.
    case v3_2 = "3.2"

    /// As the startup message says it: major in the upper, minor in the lower 16 bits.
    public var number: UInt32 {
        switch self {
        case .v3_0: 0x0003_0000
        case .v3_2: 0x0003_0002
        }
    }

    /// The version of a number as ``number`` has it; `nil` for one that this client does not speak.
    init?(number: UInt32) {
        guard let version = Self.allCases.first(where: { $0.number == number }) else { return nil }
        self = version
    }

    public static func < (left: ProtocolVersion, right: ProtocolVersion) -> Bool { left.number < right.number }

    public var description: String { rawValue }
}
