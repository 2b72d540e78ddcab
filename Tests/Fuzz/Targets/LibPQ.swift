#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// PostgreSQL's own reader of connection strings, where its library is on the machine: what ours is compared with.
///
/// Source: PostgreSQL manual, "Database Connection Control Functions", `PQconninfoParse`.
@safe
struct LibPQ: Sendable {
    typealias Connection = OpaquePointer
    private typealias Texts = UnsafePointer<UnsafePointer<CChar>?>
    private typealias Version = @convention(c) () -> Int32
    private typealias Parse =
        @convention(c) (
            UnsafePointer<CChar>, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        ) -> UnsafeMutableRawPointer?
    private typealias Free = @convention(c) (UnsafeMutableRawPointer?) -> Void
    private typealias Start = @convention(c) (Texts, Texts, Int32) -> Connection?
    private typealias Finish = @convention(c) (Connection?) -> Void
    private typealias Text = @convention(c) (Connection?) -> UnsafePointer<CChar>?
    private typealias Options = @convention(c) (Connection?) -> UnsafeMutableRawPointer?

    private let parseFunction: Parse
    private let freeOptions: Free
    private let freeMemory: Free
    private let start: Start
    private let finish: Finish
    private let password: Text
    private let errorMessage: Text
    private let optionsInUse: Options

    /// 180000 for version 18, and so on.
    let version: Int

    /// The library that `MANTICORE_LIBPQ` names, else that of version 18 as `Fixtures/fetch-postgres.sh` has fetched it;
    /// nil if there is none.
    static let installed: LibPQ? = {
        if let path = variable("MANTICORE_LIBPQ") { return LibPQ(path: path) }
        let cache = variable("MANTICORE_POSTGRES_CACHE") ?? "/var/cache/manticore/postgresql"
        var found = unsafe glob_t()
        defer { unsafe globfree(&found) }
        guard unsafe glob(cache + "/18*/lib/libpq.so.5", 0, nil, &found) == 0, unsafe found.gl_pathc > 0,
            let path = unsafe found.gl_pathv[0]
        else { return nil }
        return LibPQ(path: unsafe String(cString: path))
    }()

    static func variable(_ name: String) -> String? {
        unsafe getenv(name).flatMap { unsafe String(validatingCString: $0) }
    }

    private init?(path: String) {
        guard let library = unsafe dlopen(path, RTLD_NOW | RTLD_LOCAL) else { return nil }
        // The library stays loaded, so that the functions stay where they are.
        func find<Function>(_ name: String, _: Function.Type) -> Function? {
            unsafe dlsym(library, name).map { unsafe unsafeBitCast($0, to: Function.self) }
        }
        guard let version = find("PQlibVersion", Version.self), let parse = unsafe find("PQconninfoParse", Parse.self),
            let freeOptions = unsafe find("PQconninfoFree", Free.self),
            let freeMemory = unsafe find("PQfreemem", Free.self),
            let start = unsafe find("PQconnectStartParams", Start.self),
            let finish = unsafe find("PQfinish", Finish.self), let password = unsafe find("PQpass", Text.self),
            let errorMessage = unsafe find("PQerrorMessage", Text.self),
            let optionsInUse = unsafe find("PQconninfo", Options.self)
        else { return nil }
        self.version = Int(version())
        unsafe parseFunction = parse
        unsafe self.freeOptions = freeOptions
        unsafe self.freeMemory = freeMemory
        unsafe self.start = start
        unsafe self.finish = finish
        unsafe self.password = password
        unsafe self.errorMessage = errorMessage
        unsafe self.optionsInUse = optionsInUse
    }

    /// One of libpq's settings; nil where nothing gives it.
    struct Option: Equatable {
        let keyword: String
        let value: [UInt8]?
    }

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
        return unsafe options.map { unsafe read($0) }
    }

    /// What came of the start of a connection that could get no further than its settings.
    struct Attempt {
        let password: [UInt8]
        let message: [UInt8]
        let options: [Option]
    }

    /// Begins to connect; the settings must be such that nothing is reached.
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
        let connection = unsafe start(names, values, 0)
        let options = unsafe optionsInUse(connection)
        defer {
            unsafe freeOptions(options)
            unsafe finish(connection)
        }
        return Attempt(
            password: unsafe bytes(of: password(connection)), message: unsafe bytes(of: errorMessage(connection)),
            options: unsafe options.map { unsafe read($0) } ?? [])
    }

    private func read(_ options: UnsafeMutableRawPointer) -> [Option] {
        // PQconninfoOption: six pointers, of which the first is the keyword and the fourth the value, and an int.
        let word = MemoryLayout<Int>.size
        var result: [Option] = []
        var offset = 0
        while let keyword = unsafe (options + offset).load(as: UnsafePointer<CChar>?.self) {
            let value = unsafe (options + offset + 3 * word).load(as: UnsafePointer<CChar>?.self)
            result.append(
                Option(
                    keyword: String(decoding: unsafe bytes(of: keyword), as: UTF8.self),
                    value: unsafe value.map { unsafe bytes(of: $0) }))
            offset += 7 * word
        }
        return result
    }

    private func bytes(of text: UnsafePointer<CChar>?) -> [UInt8] {
        guard let text = unsafe text else { return [] }
        return unsafe UnsafeBufferPointer(start: text, count: strlen(text)).map { UInt8(bitPattern: $0) }
    }
}
