public import PostgresClient

extension ScriptedServer {
    /// The server's side of TLS: which certificate it shows, and what it does that an honest server would not.
    ///
    /// ```swift
    /// let tls = ScriptedServer.TLS(certificateFile: "server.crt", keyFile: "server.key")
    /// let script = ScriptedServer.acceptTLS(tls) + ScriptedServer.acceptingSession
    /// ```
    public struct TLS: Sendable {
        /// The server's certificate in PEM, and after it those that it descends from.
        public var certificateFile: String
        /// The certificate's key in PEM.
        public var keyFile: String
        /// Asks for a client certificate that descends from these roots, in PEM; nil asks for none.
        public var clientCAFile: String?
        /// The lowest version of TLS.
        public var minimumVersion = TLSSettings.Version.v1_2
        /// The highest; nil is the highest there is.
        public var maximumVersion: TLSSettings.Version?
        /// The application protocols to choose from; without any, none is chosen.
        public var applicationProtocols = ["postgresql"]
        /// The certificates that are shown to clients that ask for a name; the one above is for all others.
        public var names = TLSServerNames()
        /// What the server does that an honest one does not.
        public var mischief: TLSServerEngine.Mischief = []

        /// Shows the certificate in `certificateFile`.
        public init(certificateFile: String, keyFile: String) {
            self.certificateFile = certificateFile
            self.keyFile = keyFile
        }
    }
}
