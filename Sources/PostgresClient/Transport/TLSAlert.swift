import COpenSSL

/// The alert by which a server ends a TLS session.
///
/// Source: RFC 8446 section 6.
struct TLSAlert: Hashable {
    let number: Int32

    /// OpenSSL's reasons for alerts that were received are the alerts' numbers and 1000.
    init?(reason: Int32) {
        guard reason > SSL_AD_REASON_OFFSET, reason <= SSL_AD_REASON_OFFSET + 255 else { return nil }
        number = reason - SSL_AD_REASON_OFFSET
    }

    /// Whether the server complains of the client's certificate.
    var isAboutClientCertificate: Bool {
        switch number {
        case SSL_AD_BAD_CERTIFICATE, SSL_AD_UNSUPPORTED_CERTIFICATE, SSL_AD_CERTIFICATE_REVOKED,
            SSL_AD_CERTIFICATE_EXPIRED, SSL_AD_CERTIFICATE_UNKNOWN, SSL_AD_UNKNOWN_CA, SSL_AD_ACCESS_DENIED,
            SSL_AD_CERTIFICATE_REQUIRED:
            true
        default: false
        }
    }

    /// The alert's name in RFC 8446.
    var name: String {
        switch number {
        case SSL_AD_UNEXPECTED_MESSAGE: "unexpected_message"
        case SSL_AD_BAD_RECORD_MAC: "bad_record_mac"
        case SSL_AD_HANDSHAKE_FAILURE: "handshake_failure"
        case SSL_AD_BAD_CERTIFICATE: "bad_certificate"
        case SSL_AD_UNSUPPORTED_CERTIFICATE: "unsupported_certificate"
        case SSL_AD_CERTIFICATE_REVOKED: "certificate_revoked"
        case SSL_AD_CERTIFICATE_EXPIRED: "certificate_expired"
        case SSL_AD_CERTIFICATE_UNKNOWN: "certificate_unknown"
        case SSL_AD_ILLEGAL_PARAMETER: "illegal_parameter"
        case SSL_AD_UNKNOWN_CA: "unknown_ca"
        case SSL_AD_ACCESS_DENIED: "access_denied"
        case SSL_AD_DECODE_ERROR: "decode_error"
        case SSL_AD_DECRYPT_ERROR: "decrypt_error"
        case SSL_AD_PROTOCOL_VERSION: "protocol_version"
        case SSL_AD_INSUFFICIENT_SECURITY: "insufficient_security"
        case SSL_AD_INTERNAL_ERROR: "internal_error"
        case SSL_AD_NO_RENEGOTIATION: "no_renegotiation"
        case SSL_AD_MISSING_EXTENSION: "missing_extension"
        case SSL_AD_UNRECOGNIZED_NAME: "unrecognized_name"
        case SSL_AD_CERTIFICATE_REQUIRED: "certificate_required"
        case SSL_AD_NO_APPLICATION_PROTOCOL: "no_application_protocol"
        default: "number \(number)"
        }
    }

    /// What happened and what to change.
    ///
    /// - Parameter hasSentCertificate: whether a client certificate was sent to the server.
    func message(hasSentCertificate: Bool) -> String {
        let refusal = "the server ended TLS with the alert \(name)"
        switch number {
        case _ where isAboutClientCertificate && hasSentCertificate:
            return """
                \(refusal): it does not accept the client certificate; give one that it trusts and that is still valid \
                with sslcert and sslkey, or none with sslcertmode=disable
                """
        case _ where isAboutClientCertificate:
            return "\(refusal): it wants a client certificate; give one with sslcert and sslkey"
        case SSL_AD_PROTOCOL_VERSION, SSL_AD_INSUFFICIENT_SECURITY:
            return """
                \(refusal): it speaks no version of TLS that is allowed here, see ssl_min_protocol_version and \
                ssl_max_protocol_version
                """
        case SSL_AD_UNRECOGNIZED_NAME:
            return "\(refusal): it knows no server of this host name, which is sent to it as it was typed; "
                + "check the host, or send no name with sslsni=0"
        case SSL_AD_NO_APPLICATION_PROTOCOL:
            return "\(refusal): it does not offer the protocol postgresql"
        default:
            return refusal
        }
    }
}
