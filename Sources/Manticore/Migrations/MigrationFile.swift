import PostgresWire

/// A migration as a file: `<version>_<description>.sql`.
///
/// The file holds forward SQL and then, after a line `-- @UNDO`, the SQL that takes it back:
///
/// ```sql
/// CREATE TABLE users (id UUID PRIMARY KEY);
///
/// -- @UNDO
///
/// DROP TABLE users;
/// ```
public struct MigrationFile: Sendable {
    /// The version as the name has it: digits, or groups of digits with dots between them.
    public var version: String { number.text }
    /// The description with spaces, as in `create users table`.
    public let description: String
    /// Where the file is, as the folder was given.
    public let path: String

    package let number: MigrationVersion

    /// Reads the name of a file.
    ///
    /// - Throws: ``PostgresError`` with ``PostgresError/Code-swift.struct/migrationFile`` if it is not of the form.
    package init(name: String, in folder: String) throws(PostgresError) {
        path = Self.path(of: name, in: folder)
        let stem = name.utf8.dropLast(4)
        let version = stem.prefix { $0 != UInt8(ascii: "_") }
        let description = Self.words(in: stem.dropFirst(version.count))
        guard Self.hasSuffix(name), let number = MigrationVersion(String(Substring(version))), !description.isEmpty
        else { throw Self.malformed(path, name) }
        self.number = number
        self.description = description
    }

    package static func path(of name: String, in folder: String) -> String {
        folder.utf8.last == UInt8(ascii: "/") ? folder + name : folder + "/" + name
    }

    /// Whether a name ends in `.sql`, in capitals or not, and is not hidden.
    package static func hasSuffix(_ name: String) -> Bool {
        guard name.utf8.first != UInt8(ascii: ".") else { return false }
        return name.utf8.suffix(4).elementsEqual(".sql".utf8) { ($0 | 0x20) == ($1 | 0x20) }
    }

    /// What follows the version, without `_` at its ends and with spaces for those in it.
    private static func words(in text: Substring.UTF8View) -> String {
        String(Substring(text)).split(separator: "_").joined(separator: " ")
    }

    private static func malformed(_ path: String, _ name: String) -> PostgresError {
        var message = "\(path): the name is not <version>_<description>.sql with a version of digits, as in "
        message += "20230101120000_create_users_table.sql"
        if let first = name.utf8.first, "VvUuRr".utf8.contains(first), name.contains("__") {
            message += "; it looks like a file of another tool: rename it, and see that its undo part follows a line "
            message += "-- @UNDO"
        } else {
            message += "; rename the file, or move it out of the folder if it is no migration"
        }
        return PostgresError(.migrationFile, message)
    }
}
