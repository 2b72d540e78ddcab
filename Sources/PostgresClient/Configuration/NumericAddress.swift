#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Numeric addresses as they are written.
enum NumericAddress {
    /// The 4 or 16 bytes of a numeric address, in network order; `nil` for anything else.
    static func bytes(_ text: String) -> [UInt8]? {
        guard !text.utf8.contains(0) else { return nil }
        var four = [UInt8](repeating: 0, count: 4)
        if unsafe inet_pton(AF_INET, text, &four) == 1 { return four }
        var sixteen = [UInt8](repeating: 0, count: 16)
        return unsafe inet_pton(AF_INET6, text, &sixteen) == 1 ? sixteen : nil
    }

    /// Whether a host is one of the literals 127.0.0.0/8 and ::1 or the name `localhost`.
    static func isLoopback(_ host: String) -> Bool {
        if host.utf8.elementsEqual("localhost".utf8, by: { $0 | 0x20 == $1 }) { return true }
        switch bytes(host) {
        case .some(let bytes) where bytes.count == 4: return bytes.first == 127
        case .some(let bytes): return bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
        case nil: return false
        }
    }
}
