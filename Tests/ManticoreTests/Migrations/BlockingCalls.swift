import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Calls of the blocking form, each on a thread of its own, while the test's task is suspended.
enum BlockingCalls {
    /// Calls `body` so many times at once and returns what all of them do.
    static func run<Value: Sendable>(
        _ count: Int, _ body: @escaping @Sendable () throws -> Value
    ) async throws -> [Value] {
        try await withThrowingTaskGroup(of: Value.self) { group in
            for _ in 0..<count {
                group.addTask {
                    try await withCheckedThrowingContinuation { continuation in
                        start { continuation.resume(with: Result { try body() }) }
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private static func start(_ body: @escaping @Sendable () -> Void) {
        let work = unsafe Unmanaged.passRetained(Work(body))
        #if canImport(Darwin)
            var thread = unsafe pthread_t(bitPattern: 0)
        #else
            var thread: pthread_t = 0
        #endif
        let code = unsafe pthread_create(
            &thread, nil,
            { argument in
                #if canImport(Darwin)
                    let pointer: UnsafeMutableRawPointer? = unsafe argument
                #else
                    let pointer = unsafe argument
                #endif
                if let pointer = unsafe pointer {
                    unsafe Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue().body()
                }
                return nil
            }, work.toOpaque())
        if code != 0 { unsafe work.takeRetainedValue().body() } else { detach(thread) }
    }

    #if canImport(Darwin)
        private static func detach(_ thread: pthread_t?) {
            if let thread = unsafe thread { unsafe pthread_detach(thread) }
        }
    #else
        private static func detach(_ thread: pthread_t) { pthread_detach(thread) }
    #endif
}
