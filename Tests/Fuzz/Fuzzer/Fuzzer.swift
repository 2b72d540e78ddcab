#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What libFuzzer calls: the target that the environment variable `FUZZ_TARGET` names.
///
/// Other modes serve the script: `FUZZ_LIST` prints the targets' names and lengths, `FUZZ_SEEDS` writes a target's seeds
/// and dictionary into the folder that it names.
enum Fuzzer {
    /// Chosen once, before the first input, and never changed after.
    nonisolated(unsafe) static var target: any FuzzTarget.Type = SQLLexerTarget.self

    static func prepare() {
        if variable("FUZZ_LIST") != nil {
            for target in fuzzTargets { print(target.name, target.maximumLength) }
            exit(0)
        }
        guard let name = variable("FUZZ_TARGET"), let named = fuzzTargets.first(where: { $0.name == name }) else {
            stop("FUZZ_TARGET must name one of " + fuzzTargets.map { $0.name }.joined(separator: ", "))
        }
        unsafe target = named
        if let folder = variable("FUZZ_SEEDS") {
            writeSeeds(of: named, into: folder)
            exit(0)
        }
    }

    private static func variable(_ name: String) -> String? {
        unsafe getenv(name).flatMap { unsafe String(validatingCString: $0) }
    }

    static func stop(_ message: String) -> Never {
        complain(message)
        exit(2)
    }

    private static func complain(_ message: String) {
        let line = Array((message + "\n").utf8)
        _ = unsafe write(STDERR_FILENO, line, line.count)
    }

    private static func writeSeeds(of target: any FuzzTarget.Type, into folder: String) {
        for (index, seed) in target.seeds.enumerated() {
            let number = String(index)
            store(seed, to: folder + "/seed-" + String(repeating: "0", count: max(0, 3 - number.count)) + number)
        }
        let entries = target.dictionary.map { entry in
            let quoted = entry.map { byte in
                let digits = String(byte, radix: 16)
                return "\\x" + (digits.count == 1 ? "0" : "") + digits
            }
            return "\"" + quoted.joined() + "\"\n"
        }
        store(Array(entries.joined().utf8), to: folder + ".dict")
    }

    private static func store(_ bytes: [UInt8], to path: String) {
        guard let file = unsafe fopen(path, "wb") else { stop("cannot write \(path)") }
        let written = unsafe fwrite(bytes, 1, bytes.count, file)
        guard unsafe fclose(file) == 0, written == bytes.count else { stop("cannot write \(path)") }
    }

    /// Not inlined: merged into its caller it would have too few branches of its own to count.
    @inline(never)
    static func run(_ input: [UInt8]) {
        do {
            try unsafe target.run(input)
        } catch {
            complain("\(unsafe target.name): \(error)")
            abort()
        }
    }
}

@_cdecl("LLVMFuzzerInitialize")
public func initializeFuzzer(
    _ count: UnsafeMutablePointer<Int32>?,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>?
) -> Int32 {
    Fuzzer.prepare()
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    Fuzzer.run(unsafe [UInt8](UnsafeBufferPointer(start: data, count: count)))
    return 0
}
