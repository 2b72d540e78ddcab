/// A PostgreSQL server's version.
public struct PostgresVersion: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The major version, such as 17.
    public let major: Int
    /// The minor version, such as 4; 0 in a development version.
    public let minor: Int

    /// Makes a version from its two numbers.
    public init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// Reads what `postgres --version` prints, such as `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
    init?(programOutput: String) {
        guard
            let word = programOutput.split(whereSeparator: { $0 == " " || $0 == "\n" }).first(where: { word in
                word.utf8.first.map { $0 >= 0x30 && $0 <= 0x39 } ?? false
            })
        else { return nil }
        let numbers = word.split(separator: ".")
        guard let first = numbers.first, let major = Int(first.prefix { $0.isNumber }) else { return nil }
        self.major = major
        minor = numbers.count > 1 ? Int(numbers[1].prefix { $0.isNumber }) ?? 0 : 0
    }

    public var description: String { "\(major).\(minor)" }

    public static func < (left: PostgresVersion, right: PostgresVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }
}
