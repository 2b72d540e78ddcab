import PostgresWire

/// One question to a ``CredentialProvider``, whose answer an operation waits for.
///
/// A closure that suspends is cancelled when nobody waits any more; one that blocks runs to its end, and what it returns
/// is dropped.
final class CredentialInquiry {
    /// What was asked for.
    enum Kind: String {
        case password
        case token
    }

    let kind: Kind
    private let reader: CompletionReader<Result<Secret, PostgresError>>
    private let task: Task<Void, Never>?

    init(
        _ kind: Kind, _ provider: CredentialProvider, _ request: CredentialProvider.Request
    ) throws(PostgresError) {
        self.kind = kind
        switch provider.body {
        case .blocking(let body):
            reader = try Completion.onThread {
                do {
                    return .success(try body(request))
                } catch {
                    return .failure(Self.failure(kind, error))
                }
            }
            task = nil
        case .suspending(let body):
            let (completion, reader) = Completion<Result<Secret, PostgresError>>.make()
            self.reader = reader
            task = Self.start(completion, kind, body, request)
        }
    }

    deinit { cancel() }

    /// The credential or why there is none, once the provider has answered.
    func take() -> Result<Secret, PostgresError>? { reader.take() }

    func wait(until deadline: Deadline?) -> Wait { reader.wait(until: deadline) }

    /// Tells the provider that nobody waits any more.
    func cancel() { task?.cancel() }

    // A function of its own, since the closure is too much for the compiler where it checks a whole initializer.
    private static func start(
        _ completion: Completion<Result<Secret, PostgresError>>, _ kind: Kind,
        _ body: @escaping @Sendable (CredentialProvider.Request) async throws -> Secret,
        _ request: CredentialProvider.Request
    ) -> Task<Void, Never> {
        Task { completion.fulfil(await answer(kind, body, request)) }
    }

    private static func answer(
        _ kind: Kind, _ body: @Sendable (CredentialProvider.Request) async throws -> Secret,
        _ request: CredentialProvider.Request
    ) async -> Result<Secret, PostgresError> {
        do {
            return .success(try await body(request))
        } catch {
            return .failure(failure(kind, error))
        }
    }

    private static func failure(_ kind: Kind, _ error: any Error) -> PostgresError {
        let own = error as? PostgresError
        // Somebody else's text on its way to terminals and logs: printable, and not too much of it.
        let text = "\(error)".unicodeScalars.prefix(300).map {
            $0.properties.generalCategory == .control ? " " : String($0)
        }.joined()
        // Nothing else of it is kept, so that what a provider's own server has said counts as nobody's refusal here.
        let code = own.map(\.code).flatMap { $0 == .cancelled || $0 == .timedOut ? $0 : nil } ?? .authenticationFailed
        return PostgresError(code, "the \(kind.rawValue) provider failed with \(type(of: error)): \(text)")
    }
}
