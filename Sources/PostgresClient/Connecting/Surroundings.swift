#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What connecting asks of the machine and may have to wait for; a test gives its own.
struct Surroundings: Sendable {
    /// Finds the addresses of a host and a port.
    var addresses: @Sendable (String, Int) -> Result<[SocketAddress], PostgresError> = {
        SocketAddress.resolve(host: $0, port: $1, numericOnly: false)
    }
    /// Makes the TLS context for a key, with the password of the client certificate's key.
    var tlsContext: @Sendable (TLSContextKey, Secret?) -> Result<TLSContext, PostgresError> = { key, password in
        Result { () throws(PostgresError) in try TLSContext(key, keyPassword: password) }
    }
    /// Finds the name of a system user.
    var userName: @Sendable (uid_t) -> String? = { Socket.name(of: $0) }
    /// Whether the calling thread is there to be blocked, as in the blocking face.
    var mayBlock = false

    init(mayBlock: Bool = false) {
        self.mayBlock = mayBlock
    }

    /// Does work that may block: on a thread of its own, unless the calling one may wait and has no deadline to keep.
    ///
    /// A result that comes when nobody waits any more is dropped.
    func ask<Answer: Sendable>(
        until deadline: Deadline?, _ work: @escaping @Sendable () -> Answer
    ) throws(PostgresError) -> CompletionReader<Answer> {
        if mayBlock, deadline == nil {
            let (completion, reader) = Completion<Answer>.make()
            completion.fulfil(work())
            return reader
        }
        return try Completion.onThread(work)
    }
}
