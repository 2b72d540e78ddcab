import Foundation
import Testing

/// A folder for the files of one test, gone with it.
final class PrivateDirectory {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/copy-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}
