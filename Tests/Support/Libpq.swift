#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// PostgreSQL's own client library, loaded where it is on the machine: what ours is compared with.
///
/// This file is compiled into every target that compares, by links to it.
///
/// Source: PostgreSQL manual, "Database Connection Control Functions".
@safe
struct Libpq: Sendable {
    private typealias Connection = OpaquePointer
    private typealias Options = UnsafeMutableRawPointer
    private typealias Texts = UnsafePointer<UnsafePointer<CChar>?>
    private typealias Version = @convention(c) () -> Int32
    private typealias Parse =
        @convention(c) (UnsafePointer<CChar>, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> Options?
    private typealias Defaults = @convention(c) () -> Options?
    private typealias Free = @convention(c) (UnsafeMutableRawPointer?) -> Void
    private typealias Start = @convention(c) (UnsafePointer<CChar>) -> Connection?
    private typealias StartWithTexts = @convention(c) (Texts, Texts, Int32) -> Connection?
    private typealias Finish = @convention(c) (Connection?) -> Void
    private typealias Text = @convention(c) (Connection?) -> UnsafePointer<CChar>?
    private typealias OptionsInUse = @convention(c) (Connection?) -> Options?

    /// A keyword as libpq has it.
    struct Keyword: Sendable {
        let name: String
        let variable: String?
        let defaultValue: String?
    }

    /// One of libpq's settings; nil where nothing gives it.
    struct Option: Equatable {
        let keyword: String
        let value: [UInt8]?
    }

    /// What came of the start of a connection.
    struct Attempt {
        /// The password for the first host; empty if there is none.
        let password: [UInt8]
        /// What libpq complains of; empty if nothing.
        let message: [UInt8]
        /// What all sources together have come to.
        let options: [Option]
    }

    /// The version that knows every keyword that ours knows.
    static let version18 = 180_000

    /// The library's file.
    let path: String
    /// Such as 180006.
    let version: Int
    /// The keywords in libpq's order.
    let keywords: [Keyword]
    private let parseFunction: Parse
    private let freeOptions: Free
    private let freeMemory: Free
    private let start: Start
    private let startWithTexts: StartWithTexts
    private let finish: Finish
    private let password: Text
    private let errorMessage: Text
    private let optionsInUse: OptionsInUse

    // MARK: Finding it

    /// The library that `MANTICORE_LIBPQ` names, else the newest that `Fixtures/fetch-postgres.sh` has fetched, else the
    /// system's; nil where there is none.
    static let newest: Libpq? = {
        if let path = variable("MANTICORE_LIBPQ") { return Libpq(path) }
        return (fetched() + ["libpq.so.5", "libpq.5.dylib"]).lazy.compactMap { Libpq($0) }.first
    }()

    /// The same, if it knows every keyword that ours knows.
    static let complete = newest.flatMap { $0.version >= version18 ? $0 : nil }

    /// An environment variable of this process.
    static func variable(_ name: String) -> String? {
        unsafe getenv(name).flatMap { unsafe String(validatingCString: $0) }
    }

    /// The libraries in the caches, the newest first.
    private static func fetched() -> [String] {
        var folders = ["/var/cache/manticore/postgresql"]
        if let cache = variable("XDG_CACHE_HOME") { folders.append(cache + "/manticore/postgresql") }
        if let home = variable("HOME") { folders.append(home + "/.cache/manticore/postgresql") }
        if let asked = variable("MANTICORE_POSTGRES_CACHE") { folders = [asked] }
        var paths: [(numbers: [Int], path: String)] = []
        for folder in folders {
            var found = unsafe glob_t()
            defer { unsafe globfree(&found) }
            guard unsafe glob(folder + "/[0-9]*/lib/libpq.so.5", 0, nil, &found) == 0 else { continue }
            for index in 0..<Int(unsafe found.gl_pathc) {
                guard let text = unsafe found.gl_pathv[index] else { continue }
                let path = unsafe String(cString: text)
                let version = path.split(separator: "/").dropLast(2).last ?? ""
                paths.append((version.split(separator: ".").compactMap { Int($0) }, path))
            }
        }
        return paths.sorted { $1.numbers.lexicographicallyPrecedes($0.numbers) }.map(\.path)
    }

    init?(_ path: String) {
        guard let library = unsafe dlopen(path, RTLD_NOW | RTLD_LOCAL) else { return nil }
        // The library stays loaded, so that the functions stay where they are.
        func find<Function>(_ name: String, _: Function.Type) -> Function? {
            unsafe dlsym(library, name).map { unsafe unsafeBitCast($0, to: Function.self) }
        }
        guard let version = find("PQlibVersion", Version.self), let parse = unsafe find("PQconninfoParse", Parse.self),
            let defaults = unsafe find("PQconndefaults", Defaults.self),
            let freeOptions = unsafe find("PQconninfoFree", Free.self),
            let freeMemory = unsafe find("PQfreemem", Free.self), let start = unsafe find("PQconnectStart", Start.self),
            let startWithTexts = unsafe find("PQconnectStartParams", StartWithTexts.self),
            let finish = unsafe find("PQfinish", Finish.self), let password = unsafe find("PQpass", Text.self),
            let errorMessage = unsafe find("PQerrorMessage", Text.self),
            let optionsInUse = unsafe find("PQconninfo", OptionsInUse.self)
        else { return nil }
        self.path = path
        self.version = Int(version())
        unsafe parseFunction = parse
        unsafe self.freeOptions = freeOptions
        unsafe self.freeMemory = freeMemory
        unsafe self.start = start
        unsafe self.startWithTexts = startWithTexts
        unsafe self.finish = finish
        unsafe self.password = password
        unsafe self.errorMessage = errorMessage
        unsafe self.optionsInUse = optionsInUse
        guard let options = unsafe defaults() else { return nil }
        defer { unsafe freeOptions(options) }
        keywords = unsafe Self.rows(options).map { row in
            Keyword(
                name: Self.text(row[0] ?? []), variable: row[1].map(Self.text), defaultValue: row[2].map(Self.text))
        }
    }

    // MARK: Asking it

    /// What libpq makes of a string: every keyword that it has with its value, or nil if it refuses.
    ///
    /// - Parameter text: a string without NUL.
    func parse(_ text: [UInt8]) -> [Option]? {
        var message: UnsafeMutablePointer<CChar>?
        let string = text.map { CChar(bitPattern: $0) } + [0]
        let options = unsafe parseFunction(string, &message)
        defer {
            unsafe freeOptions(options)
            unsafe freeMemory(message)
        }
        return unsafe options.map { unsafe Self.read($0) }
    }

    /// The values that libpq reads from a string, by keyword; nil if it refuses the string.
    func settings(_ string: String) -> [String: [UInt8]]? {
        guard let options = parse(Array(string.utf8)) else { return nil }
        return Dictionary(
            uniqueKeysWithValues: options.compactMap { option in option.value.map { (option.keyword, $0) } })
    }

    /// Begins to connect with a connection string, and gives up at once.
    func attempt(_ string: String) -> Attempt { unsafe attempt(string.withCString { unsafe start($0) }) }

    /// Begins to connect with settings one by one, of which empty ones count as missing, and gives up at once.
    func attempt(_ settings: [(keyword: String, value: [UInt8])]) -> Attempt {
        var names = unsafe settings.map { unsafe UnsafePointer(strdup($0.keyword)) }
        var values = unsafe settings.map { unsafe UnsafePointer(strdup($0.value.map { CChar(bitPattern: $0) } + [0])) }
        unsafe names.append(nil)
        unsafe values.append(nil)
        defer {
            for index in 0..<settings.count {
                unsafe free(UnsafeMutablePointer(mutating: names[index]))
                unsafe free(UnsafeMutablePointer(mutating: values[index]))
            }
        }
        return unsafe attempt(startWithTexts(names, values, 0))
    }

    private func attempt(_ connection: Connection?) -> Attempt {
        let options = unsafe optionsInUse(connection)
        defer {
            unsafe freeOptions(options)
            unsafe finish(connection)
        }
        return Attempt(
            password: unsafe Self.bytes(of: password(connection)),
            message: unsafe Self.bytes(of: errorMessage(connection)),
            options: unsafe options.map { unsafe Self.read($0) } ?? [])
    }

    private static func read(_ options: Options) -> [Option] {
        unsafe rows(options).map { Option(keyword: text($0[0] ?? []), value: $0[3]) }
    }

    /// Of each row the first four texts: keyword, variable, compiled default and value.
    private static func rows(_ options: Options) -> [[[UInt8]?]] {
        // PQconninfoOption: six pointers to texts, then an int.
        let word = MemoryLayout<Int>.size
        var rows: [[[UInt8]?]] = []
        var row = UnsafeRawPointer(options)
        func field(_ index: Int) -> UnsafePointer<CChar>? {
            unsafe row.load(fromByteOffset: index * word, as: UnsafePointer<CChar>?.self)
        }
        while unsafe field(0) != nil {
            rows.append((0..<4).map { index in unsafe field(index).map { unsafe bytes(of: $0) } })
            unsafe row += 7 * word
        }
        return rows
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func bytes(of text: UnsafePointer<CChar>?) -> [UInt8] {
        guard let text = unsafe text else { return [] }
        return unsafe UnsafeBufferPointer(start: text, count: strlen(text)).map { UInt8(bitPattern: $0) }
    }
}
