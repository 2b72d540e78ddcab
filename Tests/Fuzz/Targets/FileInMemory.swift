#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file that is in no folder, for code that wants a path; on Linux only.
struct FileInMemory: Sendable {
    private let descriptor: Int32

    /// The path, as long as the process lives.
    var path: String { "/proc/self/fd/\(descriptor)" }

    /// Makes an empty file that only its owner may read, at a descriptor of this number if one is given.
    init?(descriptor wanted: Int32? = nil) {
        #if os(Linux)
            // Swift's C library module leaves it out.
            typealias Make = @convention(c) (UnsafePointer<CChar>, UInt32) -> Int32
            let make = unsafe dlsym(nil, "memfd_create").map { unsafe unsafeBitCast($0, to: Make.self) }
            guard let make = unsafe make else { return nil }
            let made = unsafe make("fuzz", 1)
            guard made >= 0, fchmod(made, 0o600) == 0 else { return nil }
            if let wanted {
                guard dup2(made, wanted) == wanted, close(made) == 0 else { return nil }
            }
            descriptor = wanted ?? made
        #else
            return nil
        #endif
    }

    /// Replaces what is in the file; false if that fails.
    func write(_ bytes: [UInt8]) -> Bool {
        guard ftruncate(descriptor, 0) == 0 else { return false }
        return unsafe pwrite(descriptor, bytes, bytes.count, 0) == bytes.count
    }
}
