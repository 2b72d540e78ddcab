extension TLSSettings.CertificateMode {
    /// Checks before anything is sent to the server that the mode has what it demands.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/authenticationFailed`` with ``require`` if the server did not ask for
    ///   a client certificate, or there was none to send.
    func check(isRequested: Bool, isSent: Bool) throws(PostgresError) {
        guard self == .require, !isSent else { return }
        throw PostgresError(
            .authenticationFailed,
            isRequested
                ? "sslcertmode=require, but there is no client certificate to send: give one with sslcert and sslkey"
                : "sslcertmode=require, but the server did not request an SSL certificate")
    }
}
