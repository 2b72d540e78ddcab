import PostgresWire
import Synchronization

/// The keys of SCRAM that were derived before, so that many connections of one role cost one derivation.
///
/// It hangs on a ``ConnectionConfiguration`` and is common to its copies. A few keys are kept, the last used ones; they
/// are wiped with the cache. Passwords are told apart by a keyed hash that means nothing outside of this cache.
///
/// Source: RFC 5802, section 5.1, which recommends to keep them.
package final class SCRAMKeyCache: Sendable {
    /// What a question came to.
    package enum Answer {
        case found(SCRAMKeys)
        /// They are being derived on a helper thread, for this question or an equal one before it.
        case wait(CompletionReader<Result<SCRAMKeys, PostgresError>>)
    }

    private struct Key: Hashable {
        let password: [UInt8]
        let salt: [UInt8]
        let iterations: Int
    }

    private struct State {
        /// The one used last is at the end.
        var entries: [(key: Key, keys: SCRAMKeys)] = []
        var waiting: [Key: [Completion<Result<SCRAMKeys, PostgresError>>]] = [:]
        var derivations = 0

        mutating func find(_ key: Key) -> SCRAMKeys? {
            guard let index = entries.firstIndex(where: { $0.key == key }) else { return nil }
            let entry = entries.remove(at: index)
            entries.append(entry)
            return entry.keys
        }
    }

    /// How many keys are kept: a role has one pair on each server.
    package static let capacity = 16

    private let state = Mutex(State())
    private let fingerprintKey: Secret

    package init() {
        var generator = SystemRandomNumberGenerator()
        fingerprintKey = Secret((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    /// How often keys were derived.
    package var derivations: Int { state.withLock { $0.derivations } }

    /// How many keys are kept.
    package var count: Int { state.withLock { $0.entries.count } }

    /// Finds the keys, or has them derived.
    package func keys(for request: SaltedPasswordRequest) throws(PostgresError) -> Answer {
        var password = request.password.copyBytes()
        defer { Digests.wipe(&password) }
        let key = Key(
            password: try Digests.hmacSHA256(key: fingerprintKey, password), salt: request.salt,
            iterations: request.iterations)
        if let keys = state.withLock({ $0.find(key) }) { return .found(keys) }
        let (completion, reader) = Completion<Result<SCRAMKeys, PostgresError>>.make()
        let isFirst = state.withLock { state in
            if let keys = state.find(key) {
                completion.fulfil(.success(keys))
                return false
            }
            let isFirst = state.waiting[key] == nil
            state.waiting[key, default: []].append(completion)
            return isFirst
        }
        guard isFirst else { return .wait(reader) }
        do throws(SystemError) {
            // Thousands of hash rounds: not on a thread that others wait for, and not beyond anybody's deadline.
            try Thread.detach { self.derive(request, key) }
        } catch {
            finish(key, .failure(PostgresError(.connectionFailed, "no thread could be started: \(error)")))
        }
        return .wait(reader)
    }

    private func derive(_ request: SaltedPasswordRequest, _ key: Key) {
        state.withLock { $0.derivations += 1 }
        do throws(PostgresError) {
            finish(key, .success(try SCRAMKeys(saltedPassword: try request.saltedPassword())))
        } catch {
            finish(key, .failure(error))
        }
    }

    private func finish(_ key: Key, _ result: Result<SCRAMKeys, PostgresError>) {
        let waiting = state.withLock { state in
            if case .success(let keys) = result {
                if state.entries.count >= Self.capacity { state.entries.removeFirst() }
                state.entries.append((key, keys))
            }
            return state.waiting.removeValue(forKey: key) ?? []
        }
        for completion in waiting { completion.fulfil(result) }
    }
}

extension SCRAMKeyCache: CustomStringConvertible, CustomReflectable {
    package var description: String { "SCRAMKeyCache" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
