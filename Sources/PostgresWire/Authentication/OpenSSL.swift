import COpenSSL

/// OpenSSL as a whole.
package enum OpenSSL {
    /// Whether it can be used; to be asked before its first use.
    ///
    /// Left to itself OpenSSL takes itself apart when the process ends, while threads of ours may still be deriving a
    /// key or encrypting; they crash then, after the program's last line.
    package static let isReady = OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil) == 1
}
