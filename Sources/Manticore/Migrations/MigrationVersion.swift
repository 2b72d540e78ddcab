import PostgresWire

/// The version of a migration: digits, or groups of digits with dots between them.
///
/// Versions are compared group by group as numbers, so that `1`, `001` and `1.0` are the same version, and `2` comes
/// before `10`. The digits are kept as they were written, and may be any number of them.
package struct MigrationVersion: Sendable {
    /// The version as it was written.
    package let text: String
    // Each group without leading zeros, without the groups at the end that are zero.
    private let groups: [[UInt8]]

    /// Reads a version; nil if the text is anything else.
    package init?(_ text: String) {
        var groups: [[UInt8]] = []
        for group in text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            guard !group.isEmpty, group.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            groups.append(Array(group.drop { $0 == 0x30 }))
        }
        while groups.last?.isEmpty == true { groups.removeLast() }
        self.text = text
        self.groups = groups
    }
}

extension MigrationVersion: Hashable, Comparable {
    package static func == (left: MigrationVersion, right: MigrationVersion) -> Bool { left.groups == right.groups }

    package func hash(into hasher: inout Hasher) { hasher.combine(groups) }

    package static func < (left: MigrationVersion, right: MigrationVersion) -> Bool {
        for (left, right) in zip(left.groups, right.groups) where left != right {
            if left.count != right.count { return left.count < right.count }
            return left.lexicographicallyPrecedes(right)
        }
        return left.groups.count < right.groups.count
    }
}

extension MigrationVersion: CustomStringConvertible {
    package var description: String { text }
}
