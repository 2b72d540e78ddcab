extension Backend {
    /// Asks for a step of authentication, or says that it is done.
    ///
    /// Source: PostgreSQL manual, "Message Formats", AuthenticationOk to AuthenticationSASLFinal.
    public enum Authentication: WireMessage {
        /// The session is authenticated.
        case ok
        /// Kerberos V5, which no supported server asks for.
        case kerberosV5
        /// The password as it is.
        case cleartextPassword
        /// The password hashed with the user's name and this salt of 4 bytes.
        case md5Password(salt: [UInt8])
        /// Credentials of the process through a Unix socket, which no supported server asks for.
        case scmCredential
        /// GSSAPI.
        case gss
        /// More GSSAPI or SSPI data.
        case gssContinue([UInt8])
        /// SSPI.
        case sspi
        /// SASL, by one of these mechanisms, the server's favourite first.
        case sasl(mechanisms: [String])
        /// The mechanism's challenge.
        case saslContinue([UInt8])
        /// The mechanism's outcome.
        case saslFinal([UInt8])

        public static var type: UInt8? { MessageType.authentication }

        /// The number that says which request it is.
        public var code: UInt32 {
            switch self {
            case .ok: 0
            case .kerberosV5: 2
            case .cleartextPassword: 3
            case .md5Password: 5
            case .scmCredential: 6
            case .gss: 7
            case .gssContinue: 8
            case .sspi: 9
            case .sasl: 10
            case .saslContinue: 11
            case .saslFinal: 12
            }
        }

        public func encodeBody(into writer: inout WireWriter) {
            writer.write(code)
            switch self {
            case .ok, .kerberosV5, .cleartextPassword, .scmCredential, .gss, .sspi: break
            case .md5Password(let salt):
                if salt.count != 4 { writer.fail(.invalidLength) }
                writer.write(bytes: salt)
            case .gssContinue(let data), .saslContinue(let data), .saslFinal(let data): writer.write(bytes: data)
            case .sasl(let mechanisms):
                for mechanism in mechanisms {
                    // An empty name would end the list.
                    if mechanism.isEmpty { writer.fail(.invalidValue) }
                    writer.writeCString(mechanism)
                }
                writer.write(UInt8(0))
            }
        }

        public init(body reader: inout WireReader) throws(WireError) {
            switch try reader.readUInt32() {
            case 0: self = .ok
            case 2: self = .kerberosV5
            case 3: self = .cleartextPassword
            case 5: self = .md5Password(salt: try reader.readBytes(4))
            case 6: self = .scmCredential
            case 7: self = .gss
            case 8: self = .gssContinue(reader.readRemainingBytes())
            case 9: self = .sspi
            case 10:
                var mechanisms: [String] = []
                while true {
                    let mechanism = try reader.readCString()
                    if mechanism.isEmpty { break }
                    mechanisms.append(mechanism)
                }
                self = .sasl(mechanisms: mechanisms)
            case 11: self = .saslContinue(reader.readRemainingBytes())
            case 12: self = .saslFinal(reader.readRemainingBytes())
            default: throw .invalidValue
            }
        }
    }
}
