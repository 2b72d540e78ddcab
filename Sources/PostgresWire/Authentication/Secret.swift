import COpenSSL

/// Bytes that must not be seen: a password or a key made from one.
///
/// Neither its description nor its reflection shows them, and its memory is wiped when it is released. That is
/// best effort: copies that the bytes were made from, or that are taken out, are their owners' to wipe.
///
/// ```swift
/// let password = Secret("correct horse")
/// print(password)  // redacted
/// ```
@safe
public final class Secret: Sendable {
    // Written only while initializing and released only at the end, so that sharing it between threads is safe; a
    // pointer because an array's memory can neither be wiped in place nor kept from being copied.
    private nonisolated(unsafe) let storage: UnsafeMutableRawBufferPointer

    /// Keeps a copy of `bytes`.
    public init(_ bytes: [UInt8]) {
        unsafe storage = .allocate(byteCount: bytes.count, alignment: 1)
        unsafe storage.copyBytes(from: bytes)
    }

    /// Keeps a copy of a text's UTF-8.
    public convenience init(_ text: String) {
        var bytes = [UInt8](text.utf8)
        self.init(bytes)
        Digests.wipe(&bytes)
    }

    deinit {
        unsafe OPENSSL_cleanse(storage.baseAddress, storage.count)
        unsafe storage.deallocate()
    }

    /// The number of bytes.
    public var count: Int { unsafe storage.count }

    /// Whether there are no bytes.
    public var isEmpty: Bool { count == 0 }

    /// Lends the bytes.
    @unsafe
    package func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        unsafe body(UnsafeRawBufferPointer(storage))
    }

    /// A copy of the bytes, no longer protected.
    package func copyBytes() -> [UInt8] {
        unsafe [UInt8](UnsafeRawBufferPointer(storage))
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "redacted" }
    public var debugDescription: String { "redacted" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
