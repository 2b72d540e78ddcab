import CSockets

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file or directory that a TLS context is made from, as far as it tells one content from another.
struct TLSFile: Hashable, Sendable {
    let path: [UInt8]
    private let device: UInt64
    private let inode: UInt64
    private let size: Int64
    private let mode: UInt32
    private let owner: UInt32
    private let modified: [Int]
    // A change of the mode or the owner shows in here only.
    private let changed: [Int]

    /// Whether it is an ordinary file.
    var isRegular: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFREG) }

    /// Whether it is a directory.
    var isDirectory: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFDIR) }

    /// Whether others than libpq allows may read or write it: a key of root's may be read by its group (0640), any
    /// other by its owner only (0600).
    var isOpenToOthers: Bool {
        let forbidden = owner == 0 ? S_IWGRP | S_IRWXO : S_IRWXG | S_IRWXO
        return mode & UInt32(forbidden) != 0
    }

    /// Looks at what is there.
    init(_ path: String) throws(SystemError) {
        var facts = stat()
        guard unsafe stat(path, &facts) == 0 else { throw .current }
        self.init(path, facts)
    }

    private init(_ path: String, _ facts: stat) {
        self.path = Array(path.utf8)
        device = UInt64(truncatingIfNeeded: facts.st_dev)
        inode = UInt64(facts.st_ino)
        size = Int64(facts.st_size)
        mode = UInt32(facts.st_mode)
        owner = UInt32(facts.st_uid)
        #if canImport(Darwin)
            modified = [facts.st_mtimespec.tv_sec, facts.st_mtimespec.tv_nsec]
            changed = [facts.st_ctimespec.tv_sec, facts.st_ctimespec.tv_nsec]
        #else
            modified = [facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec]
            changed = [facts.st_ctim.tv_sec, facts.st_ctim.tv_nsec]
        #endif
    }

    /// The most entries of a directory that are looked at.
    private static let mostEntries = 1024

    /// Looks at what OpenSSL may open in a directory of revocation lists: the entries named by a hash.
    ///
    /// - Returns: Those that are there, in the order of their names; nil if there are too many.
    static func hashedEntries(of directory: String) throws(SystemError) -> [TLSFile]? {
        guard let stream = unsafe opendir(directory) else { throw .current }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe Array(bytes.prefix { $0 != 0 })
            }
            // 8 hexadecimal digits, a dot, and the kind and number.
            guard name.count > 9, name[8] == UInt8(ascii: "."), name[..<8].allSatisfy(isHexadecimal) else { continue }
            guard names.count < mostEntries else { return nil }
            names.append(String(decoding: name, as: UTF8.self))
        }
        return names.sorted().compactMap { name in
            // OpenSSL passes over a link that leads nowhere.
            try? TLSFile("\(directory)/\(name)")
        }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }

    /// No key or list is larger; what is, is not read.
    private static let largest = 16 * 1024 * 1024

    /// Opens an ordinary file and reads it whole.
    ///
    /// - Returns: Its bytes, and what it was at that moment: the rules about a key's permissions are for the very file
    ///   that is read, not for what had its name before.
    static func read(_ path: String) throws(SystemError) -> (TLSFile, [UInt8]) {
        // A pipe must not block here; it is refused for not being an ordinary file.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .current }
        defer { close(descriptor) }
        var facts = stat()
        guard unsafe fstat(descriptor, &facts) == 0 else { throw .current }
        let file = TLSFile(path, facts)
        guard file.isRegular else { return (file, []) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            #if canImport(Glibc)
                let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
            #elseif canImport(Musl)
                let count = unsafe Musl.read(descriptor, &chunk, chunk.count)
            #else
                let count = unsafe Darwin.read(descriptor, &chunk, chunk.count)
            #endif
            if count > 0 {
                bytes += chunk.prefix(count)
                guard bytes.count <= largest else { throw SystemError(EFBIG) }
            } else if count == 0 {
                return (file, bytes)
            } else if errno != EINTR {
                throw .current
            }
        }
    }
}
