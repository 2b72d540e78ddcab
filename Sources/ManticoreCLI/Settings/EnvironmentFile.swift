import Manticore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file of environment variables, as `.env` is by habit: `NAME=value` lines.
///
/// Values may be bare (a `#` after a space begins a comment), in single quotes (taken as they are) or in double quotes
/// (with `\n`, `\t`, `\"`, `\\` and `\$`). `export` before a name is allowed; nothing is expanded.
struct EnvironmentFile {
    /// The variables by name; a later line wins.
    private(set) var variables: [String: String] = [:]
    /// Where each variable is, in lines from 1.
    private(set) var lines: [String: Int] = [:]
    /// The file's path, as it was asked for.
    let path: String

    /// Reads the text of a file.
    ///
    /// - Throws: ``PostgresError`` with `invalidConfiguration` that names file and line, but shows nothing of it: it may
    ///   hold a password.
    init(_ text: String, path: String) throws(PostgresError) {
        self.path = path
        var bytes = Array(text.utf8)[...]
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (number, line) in lines.enumerated() {
            let line = Self.trimmed(line)
            guard let first = line.first, first != UInt8(ascii: "#") else { continue }
            guard let (name, value) = Self.variable(line) else {
                throw PostgresError(
                    .invalidConfiguration, "\(path):\(number + 1): the line is not of the form NAME=value")
            }
            variables[name] = value
            self.lines[name] = number + 1
        }
    }

    /// Reads a file; nil if there is none.
    static func read(_ path: String) throws(PostgresError) -> EnvironmentFile? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw PostgresError(.invalidConfiguration, "cannot read \(path): \(reason(errno))")
        }
        defer { _ = close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = readBytes(descriptor, &chunk)
            if count > 0 {
                bytes.append(contentsOf: chunk.prefix(count))
            } else if count == 0 {
                break
            } else if errno != EINTR {
                throw PostgresError(.invalidConfiguration, "cannot read \(path): \(reason(errno))")
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw PostgresError(.invalidConfiguration, "\(path) is not valid UTF-8")
        }
        return try EnvironmentFile(text, path: path)
    }

    private static func readBytes(_ descriptor: Int32, _ chunk: inout [UInt8]) -> Int {
        #if canImport(Glibc)
            unsafe Glibc.read(descriptor, &chunk, chunk.count)
        #elseif canImport(Musl)
            unsafe Musl.read(descriptor, &chunk, chunk.count)
        #elseif canImport(Darwin)
            unsafe Darwin.read(descriptor, &chunk, chunk.count)
        #endif
    }

    private static func reason(_ code: Int32) -> String {
        guard let text = unsafe strerror(code) else { return "error \(code)" }
        return unsafe String(cString: text)
    }

    private static func variable(_ line: ArraySlice<UInt8>) -> (String, String)? {
        var line = line
        if line.starts(with: "export".utf8), let next = line.dropFirst(6).first, isBlank(next) {
            line = trimmed(line.dropFirst(6))
        }
        guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        let name = trimmed(line[..<equals])
        guard let first = name.first, !isDigit(first), name.allSatisfy({ isLetter($0) || isDigit($0) }),
            let value = value(trimmed(line[(equals + 1)...]))
        else { return nil }
        return (String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self))
    }

    private static func value(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        guard let quote = text.first, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
            var end = text.startIndex
            while end < text.endIndex {
                let isStart = end == text.startIndex
                if text[end] == UInt8(ascii: "#"), isStart || isBlank(text[end - 1]) { break }
                end += 1
            }
            return Array(trimmed(text[..<end]))
        }
        var value: [UInt8] = []
        var index = text.startIndex + 1
        while index < text.endIndex, text[index] != quote {
            var byte = text[index]
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\""), index + 1 < text.endIndex {
                index += 1
                switch text[index] {
                case UInt8(ascii: "n"): byte = 0x0A
                case UInt8(ascii: "t"): byte = 0x09
                case UInt8(ascii: "r"): byte = 0x0D
                case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "$"): byte = text[index]
                default:
                    // Not an escape: both stay.
                    value.append(byte)
                    byte = text[index]
                }
            }
            value.append(byte)
            index += 1
        }
        guard index < text.endIndex else { return nil }
        // Only a comment may follow.
        let rest = trimmed(text[(index + 1)...])
        return rest.isEmpty || rest.first == UInt8(ascii: "#") ? value : nil
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes.drop { isBlank($0) }
        while let last = bytes.last, isBlank(last) { bytes.removeLast() }
        return bytes
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte & 0xDF) || byte == UInt8(ascii: "_")
    }
}
