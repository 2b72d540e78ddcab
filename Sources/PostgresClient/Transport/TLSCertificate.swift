internal import COpenSSL
public import PostgresWire

/// What a server's certificate says, for people and for monitoring.
public struct TLSCertificate: Hashable, Sendable {
    /// Whom it is for, in one line: `/CN=db.example`.
    public let subject: String
    /// Who signed it, in one line.
    public let issuer: String
    /// The host names and addresses that it is good for; the common name where there are no others.
    public let names: [String]
    /// From when on it is valid; nil if that cannot be read.
    public let notBefore: PostgresTimestampWithTimeZone?
    /// Until when it is valid; nil if that cannot be read.
    public let notAfter: PostgresTimestampWithTimeZone?

    init(_ certificate: OpaquePointer) {
        let names = unsafe CertificateNames(certificate)
        subject = names.subject
        self.names = names.all
        issuer = unsafe TLSCertificate.line(X509_get_issuer_name(certificate))
        notBefore = unsafe TLSCertificate.instant(X509_get0_notBefore(certificate))
        notAfter = unsafe TLSCertificate.instant(X509_get0_notAfter(certificate))
        ERR_clear_error()
    }

    /// A distinguished name in one line, whose odd bytes OpenSSL has escaped.
    static func line(_ name: OpaquePointer?) -> String {
        guard let name = unsafe name else { return "" }
        var line = [CChar](repeating: 0, count: 512)
        guard unsafe X509_NAME_oneline(name, &line, Int32(line.count)) != nil else { return "" }
        return String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The hash of a certificate by the digest of its own signature, SHA-256 for the weak ones; nil where the
    /// signature has none, as Ed25519's.
    static func endPointHash(_ certificate: OpaquePointer) -> [UInt8]? {
        var digest: Int32 = 0
        guard unsafe X509_get_signature_info(certificate, &digest, nil, nil, nil) == 1, digest != NID_undef else {
            return nil
        }
        if digest == NID_md5 || digest == NID_sha1 { digest = NID_sha256 }
        guard let algorithm = unsafe EVP_get_digestbyname(OBJ_nid2sn(digest)) else { return nil }
        var hash = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        guard unsafe X509_digest(certificate, algorithm, &hash, &length) == 1 else { return nil }
        return Array(hash.prefix(Int(length)))
    }

    private static func instant(_ time: UnsafePointer<ASN1_TIME>?) -> PostgresTimestampWithTimeZone? {
        guard let time = unsafe time, let epoch = unsafe ASN1_TIME_set(nil, 0) else { return nil }
        defer { unsafe ASN1_STRING_free(epoch) }
        var days: Int32 = 0
        var seconds: Int32 = 0
        guard unsafe ASN1_TIME_diff(&days, &seconds, epoch, time) == 1 else { return nil }
        // The seconds are less than a day, and so many days' fit easily; as microseconds they would not.
        let (microseconds, overflow) = (Int64(days) * 86_400 + Int64(seconds))
            .multipliedReportingOverflow(by: 1_000_000)
        return overflow ? nil : PostgresTimestampWithTimeZone(microsecondsSince1970: microseconds)
    }
}
