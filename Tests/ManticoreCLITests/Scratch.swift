import Foundation

/// A folder for a moment: it goes with ``remove()``, at the latest with the object, as where an error ends a test early.
///
/// What a process that was killed has left is removed by the next one.
final class Scratch: Sendable {
    let path: String

    private static let base = FileManager.default.temporaryDirectory.path
    /// The number of the process follows.
    private static let prefix = "manticore-cli-tests.p"

    init() throws {
        _ = Self.sweep
        path = "\(Self.base)/\(Self.prefix)\(getpid()).\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { remove() }

    func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// Removes the folders of processes that are no more; once.
    private static let sweep: Void = {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: base)) ?? [] where name.hasPrefix(prefix) {
            guard let process = Int32(name.dropFirst(prefix.count).prefix { $0.isNumber }) else { continue }
            if kill(process, 0) != 0, errno == ESRCH { try? FileManager.default.removeItem(atPath: base + "/" + name) }
        }
    }()

    /// Writes a file below the folder.
    func write(_ name: String, _ text: String) throws {
        let file = path + "/" + name
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    }

    /// Writes a file below the folder that nobody else may read.
    func writePrivate(_ name: String, _ text: String) throws {
        try write(name, text)
        try setMode(0o600, of: name)
    }

    func setMode(_ mode: Int, of name: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path + "/" + name)
    }

    func delete(_ name: String) throws { try FileManager.default.removeItem(atPath: path + "/" + name) }

    func names(_ folder: String = "") -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path + "/" + folder)) ?? []).sorted()
    }

    func text(_ name: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path + "/" + name) ?? Data(), as: UTF8.self)
    }

    /// A new file to write to.
    func handle(_ name: String) throws -> FileHandle {
        _ = FileManager.default.createFile(atPath: path + "/" + name, contents: nil)
        guard let handle = FileHandle(forWritingAtPath: path + "/" + name) else { throw CocoaError(.fileNoSuchFile) }
        return handle
    }
}
