import COpenSSL

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What OpenSSL's error queue held after a call that failed.
struct TLSFailure {
    /// The reasons in OpenSSL's words, the first cause first.
    private(set) var reasons: [String] = []
    /// The alert that the server sent, if that was the cause.
    private(set) var alert: TLSAlert?
    /// The reason code of the first error that OpenSSL's TLS part put there.
    private(set) var code: Int32 = 0

    /// Takes everything from the queue.
    init() {
        while true {
            let error = ERR_get_error()
            guard error != 0 else { return }
            let reason = ERR_GET_REASON(error)
            if ERR_GET_LIB(error) == ERR_LIB_SSL {
                if let alert = TLSAlert(reason: reason), self.alert == nil { self.alert = alert }
                if code == 0 { code = reason }
            }
            if let text = unsafe ERR_reason_error_string(error) {
                reasons.append(unsafe String(cString: text))
            } else if ERR_GET_LIB(error) == ERR_LIB_SYS {
                reasons.append(SystemError(reason).description)
            }
        }
    }

    /// An error of the code `tls`: the sentence, and what OpenSSL said.
    func error(_ message: String) -> PostgresError {
        var shown: [String] = []
        for reason in reasons where !shown.contains(reason) { shown.append(reason) }
        return PostgresError(.tls, shown.isEmpty ? message : "\(message): \(shown.joined(separator: "; "))")
    }
}
