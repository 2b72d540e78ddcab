import COpenSSL

/// Why a server's certificate was not believed, and what the user may change.
struct TLSRefusal {
    let error: PostgresError

    /// nil if verification found nothing wrong.
    init?(_ notes: TLSSessionNotes, context: TLSContext, host: ServerHost) {
        guard notes.verification != X509_V_OK else { return nil }
        let reason =
            unsafe X509_verify_cert_error_string(Int(notes.verification)).map { unsafe String(cString: $0) }
            ?? "error \(notes.verification)"
        ERR_clear_error()
        var sentence = "the server's certificate"
        if let certificate = unsafe notes.refusedCertificate {
            let names = unsafe CertificateNames(certificate)
            let issuer = unsafe TLSCertificate.line(X509_get_issuer_name(certificate))
            sentence += " (\(names.subject), for \(names.listing), issued by \(issuer))"
        }
        sentence += " is not trusted: \(reason)"
        if let issuer = notes.refusedIssuer { sentence += " (\(issuer))" }
        sentence += ". Roots were taken from \(context.roots)"
        if let file = context.key.revocationListFile ?? context.key.revocationListDirectory {
            sentence += ", revocation lists from \(file)"
        }
        sentence += "; " + TLSRefusal.advice(notes.verification, context, host)
        error = PostgresError(.tls, sentence)
    }

    private static func advice(_ verification: Int32, _ context: TLSContext, _ host: ServerHost) -> String {
        switch verification {
        case X509_V_ERR_CERT_HAS_EXPIRED, X509_V_ERR_CERT_NOT_YET_VALID:
            "the server needs another certificate, unless this machine's clock is wrong"
        case X509_V_ERR_CERT_REVOKED:
            "the server needs another certificate"
        case X509_V_ERR_UNABLE_TO_GET_CRL, X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER, X509_V_ERR_CRL_HAS_EXPIRED,
            X509_V_ERR_CRL_NOT_YET_VALID, X509_V_ERR_CRL_SIGNATURE_FAILURE:
            "name a current list of every authority in the chain with sslcrl or sslcrldir"
        case X509_V_ERR_INVALID_PURPOSE, X509_V_ERR_INVALID_CA, X509_V_ERR_KEYUSAGE_NO_CERTSIGN,
            X509_V_ERR_PATH_LENGTH_EXCEEDED:
            "it was not made for this purpose; the server needs another certificate"
        case X509_V_ERR_EE_KEY_TOO_SMALL, X509_V_ERR_CA_KEY_TOO_SMALL, X509_V_ERR_CA_MD_TOO_WEAK:
            "it is too weak for OpenSSL's security level; the server needs another certificate"
        default:
            rootAdvice(context, host)
        }
    }

    private static func rootAdvice(_ context: TLSContext, _ host: ServerHost) -> String {
        guard isCockroachCloud(host.name) else {
            return context.roots == .system
                ? "name the file of the authority that issued it with sslrootcert"
                : "name another file with sslrootcert, or the system's roots with sslrootcert=system"
        }
        // The host's name does not tell the kinds of clusters apart.
        let advanced = """
            a CockroachDB Cloud Advanced cluster has a CA of its own: download \(cluster(host.name))-ca.crt from the \
            cluster's Connect dialog in the Cloud Console and name it with sslrootcert
            """
        return context.roots == .system
            ? advanced
            : "\(advanced); a Basic or Standard cluster has a public certificate: use sslrootcert=system"
    }

    private static func isCockroachCloud(_ host: String) -> Bool {
        let host = host.lowercased()
        return host.hasSuffix(".cockroachlabs.cloud") || host.hasSuffix(".crdb.io")
    }

    /// The cluster's name, without the id that ends the host's first label.
    private static func cluster(_ host: String) -> String {
        let label = host.prefix { $0 != "." }
        guard let dash = label.lastIndex(of: "-"), dash > label.startIndex else { return String(label) }
        return String(label[..<dash])
    }
}
