import ManticoreTesting

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// libpq's own parser of connection strings, from a library that is loaded at run time.
@safe
struct LibpqParser: Sendable {
    private typealias Options = UnsafeMutableRawPointer
    private typealias Parse =
        @convention(c) (UnsafePointer<CChar>, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>)
        -> Options?
    private typealias Defaults = @convention(c) () -> Options?
    private typealias Free = @convention(c) (Options) -> Void
    private typealias FreeText = @convention(c) (UnsafeMutableRawPointer) -> Void
    private typealias Version = @convention(c) () -> Int32
    private typealias Start = @convention(c) (UnsafePointer<CChar>) -> UnsafeMutableRawPointer?
    private typealias Password = @convention(c) (UnsafeMutableRawPointer) -> UnsafePointer<CChar>?
    private typealias Finish = @convention(c) (UnsafeMutableRawPointer) -> Void

    /// A keyword as libpq has it.
    struct Keyword: Sendable {
        let name: String
        let variable: String?
        let defaultValue: String?
    }

    /// The library's file.
    let path: String
    /// Such as 180006.
    let version: Int
    /// The keywords in libpq's order.
    let keywords: [Keyword]
    private let parse: Parse
    private let free: Free
    private let freeText: FreeText
    private let start: Start
    private let passwordOf: Password
    private let finish: Finish

    /// The newest libpq on this machine; nil where there is none.
    static let newest: LibpqParser? = {
        let folders = EphemeralPostgres.installations().map { $0.directory + "/../lib" }
        let paths = folders.map { $0 + "/libpq.so.5" } + ["libpq.so.5"]
        return paths.compactMap { LibpqParser($0) }.max { $0.version < $1.version }
    }()

    init?(_ path: String) {
        guard let library = unsafe dlopen(path, RTLD_NOW | RTLD_LOCAL) else { return nil }
        func function<Function>(_ name: String, as type: Function.Type) -> Function? {
            guard let symbol = unsafe dlsym(library, name) else { return nil }
            return unsafe unsafeBitCast(symbol, to: type)
        }
        guard let parse = unsafe function("PQconninfoParse", as: Parse.self),
            let defaults = unsafe function("PQconndefaults", as: Defaults.self),
            let free = unsafe function("PQconninfoFree", as: Free.self),
            let freeText = unsafe function("PQfreemem", as: FreeText.self),
            let start = unsafe function("PQconnectStart", as: Start.self),
            let password = unsafe function("PQpass", as: Password.self),
            let finish = unsafe function("PQfinish", as: Finish.self),
            let version = function("PQlibVersion", as: Version.self)
        else { return nil }
        self.path = path
        self.version = Int(version())
        unsafe self.parse = parse
        unsafe self.free = free
        unsafe self.freeText = freeText
        unsafe self.start = start
        unsafe self.passwordOf = password
        unsafe self.finish = finish
        guard let options = unsafe defaults() else { return nil }
        defer { unsafe free(options) }
        keywords = unsafe Self.rows(options).map { row in
            Keyword(
                name: String(decoding: row[0] ?? [], as: UTF8.self),
                variable: row[1].map { String(decoding: $0, as: UTF8.self) },
                defaultValue: row[2].map { String(decoding: $0, as: UTF8.self) })
        }
    }

    /// What libpq reads from a string, by keyword; nil if it refuses the string.
    ///
    /// The string must be free of NUL, which ends it for libpq.
    func settings(_ string: String) -> [String: [UInt8]]? {
        var message: UnsafeMutablePointer<CChar>?
        let options = unsafe string.withCString { unsafe parse($0, &message) }
        if let message = unsafe message { unsafe freeText(message) }
        guard let options = unsafe options else { return nil }
        defer { unsafe free(options) }
        var settings: [String: [UInt8]] = [:]
        for row in unsafe Self.rows(options) {
            if let name = row[0], let value = row[3] { settings[String(decoding: name, as: UTF8.self)] = value }
        }
        return settings
    }

    /// The password that libpq finds for the only host of a connection string, by beginning to connect; empty if none.
    func password(for string: String) -> [UInt8]? {
        guard let connection = unsafe string.withCString({ unsafe start($0) }) else { return nil }
        defer { unsafe finish(connection) }
        guard let text = unsafe passwordOf(connection) else { return nil }
        return unsafe Array(UnsafeBufferPointer(start: text, count: strlen(text)).map { UInt8(bitPattern: $0) })
    }

    // PQconninfoOption: six pointers to text (keyword, variable, compiled, value, label, look), then an int.
    private static let fieldSize = MemoryLayout<Int>.size
    private static let rowSize = 7 * fieldSize

    /// Of each row the first four texts.
    private static func rows(_ options: Options) -> [[[UInt8]?]] {
        var rows: [[[UInt8]?]] = []
        var row = UnsafeRawPointer(options)
        while unsafe text(row, 0) != nil {
            rows.append(unsafe [text(row, 0), text(row, 1), text(row, 2), text(row, 3)])
            unsafe row += rowSize
        }
        return rows
    }

    private static func text(_ row: UnsafeRawPointer, _ field: Int) -> [UInt8]? {
        let pointer = unsafe row.load(fromByteOffset: field * fieldSize, as: UnsafePointer<UInt8>?.self)
        guard let pointer = unsafe pointer else { return nil }
        var bytes: [UInt8] = []
        var next = unsafe pointer
        while unsafe next.pointee != 0 {
            unsafe bytes.append(next.pointee)
            unsafe next += 1
        }
        return bytes
    }
}
