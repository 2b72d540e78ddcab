#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A certificate that holds names and nothing else, made by OpenSSL, and OpenSSL's own matcher.
///
/// The functions are looked up in the library that the client is linked to.
@safe
final class OpenSSLCertificate {
    /// The certificate, an `X509 *`.
    @unsafe let pointer: OpaquePointer

    private typealias Make = @convention(c) () -> OpaquePointer?
    private typealias Free = @convention(c) (OpaquePointer?) -> Void
    private typealias SetBytes = @convention(c) (OpaquePointer?, UnsafeRawPointer?, Int32) -> Int32
    private typealias SetValue = @convention(c) (OpaquePointer?, Int32, OpaquePointer?) -> Void
    private typealias Push = @convention(c) (OpaquePointer?, OpaquePointer?) -> Int32
    private typealias AddExtension = @convention(c) (OpaquePointer?, Int32, OpaquePointer?, Int32, UInt) -> Int32
    private typealias Subject = @convention(c) (OpaquePointer?) -> OpaquePointer?
    private typealias AddEntry =
        @convention(c) (
            OpaquePointer?, Int32, Int32, UnsafePointer<UInt8>?, Int32, Int32, Int32
        ) -> Int32
    private typealias CheckHost =
        @convention(c) (
            OpaquePointer?, UnsafePointer<UInt8>?, Int, UInt32, UnsafeMutableRawPointer?
        ) -> Int32
    private typealias CheckAddress = @convention(c) (OpaquePointer?, UnsafePointer<UInt8>?, Int, UInt32) -> Int32

    @safe
    private struct Functions: Sendable {
        let makeCertificate: Make
        let freeCertificate: Free
        let makeName: Make
        let freeNames: Free
        let makeText: Make
        let makeOctets: Make
        let setBytes: SetBytes
        let setValue: SetValue
        let makeList: Make
        let push: Push
        let addExtension: AddExtension
        let subject: Subject
        let addEntry: AddEntry
        let checkHost: CheckHost
        let checkAddress: CheckAddress
        let clearErrors: @convention(c) () -> Void

        init?() {
            func find<Function>(_ name: String, _: Function.Type) -> Function? {
                unsafe dlsym(nil, name).map {
                    unsafe unsafeBitCast($0, to: Function.self)
                }
            }
            guard let makeCertificate = unsafe find("X509_new", Make.self),
                let freeCertificate = unsafe find("X509_free", Free.self),
                let makeName = unsafe find("GENERAL_NAME_new", Make.self),
                let freeNames = unsafe find("GENERAL_NAMES_free", Free.self),
                let makeText = unsafe find("ASN1_IA5STRING_new", Make.self),
                let makeOctets = unsafe find("ASN1_OCTET_STRING_new", Make.self),
                let setBytes = unsafe find("ASN1_STRING_set", SetBytes.self),
                let setValue = unsafe find("GENERAL_NAME_set0_value", SetValue.self),
                let makeList = unsafe find("OPENSSL_sk_new_null", Make.self),
                let push = unsafe find("OPENSSL_sk_push", Push.self),
                let addExtension = unsafe find("X509_add1_ext_i2d", AddExtension.self),
                let subject = unsafe find("X509_get_subject_name", Subject.self),
                let addEntry = unsafe find("X509_NAME_add_entry_by_NID", AddEntry.self),
                let checkHost = unsafe find("X509_check_host", CheckHost.self),
                let checkAddress = unsafe find("X509_check_ip", CheckAddress.self),
                let clearErrors = find("ERR_clear_error", (@convention(c) () -> Void).self)
            else { return nil }
            unsafe self.makeCertificate = makeCertificate
            unsafe self.freeCertificate = freeCertificate
            unsafe self.makeName = makeName
            unsafe self.freeNames = freeNames
            unsafe self.makeText = makeText
            unsafe self.makeOctets = makeOctets
            unsafe self.setBytes = setBytes
            unsafe self.setValue = setValue
            unsafe self.makeList = makeList
            unsafe self.push = push
            unsafe self.addExtension = addExtension
            unsafe self.subject = subject
            unsafe self.addEntry = addEntry
            unsafe self.checkHost = checkHost
            unsafe self.checkAddress = checkAddress
            self.clearErrors = clearErrors
        }
    }

    private static let functions = Functions()
    private let functions: Functions

    /// Nil where OpenSSL's functions are not found, or OpenSSL refuses a name (as an empty common name).
    init?(dns: [[UInt8]], addresses: [[UInt8]], common: [UInt8]?) {
        guard let functions = Self.functions, let certificate = unsafe functions.makeCertificate() else { return nil }
        self.functions = functions
        unsafe pointer = certificate
        defer { functions.clearErrors() }
        if let common {
            // MBSTRING_UTF8, or for bytes that are no UTF-8 an octet-like T61String.
            let isText = String(validating: common, as: UTF8.self) != nil
            let added = unsafe functions.addEntry(
                functions.subject(certificate), 13, isText ? 0x1000 : 20, common, Int32(common.count), -1, 0)
            guard added == 1 else { return nil }
        }
        guard !dns.isEmpty || !addresses.isEmpty else { return }
        let list = unsafe functions.makeList()
        defer { unsafe functions.freeNames(list) }
        for (type, names) in [(Int32(2), dns), (Int32(7), addresses)] {
            for name in names {
                let string = unsafe type == 2 ? functions.makeText() : functions.makeOctets()
                guard unsafe functions.setBytes(string, name, Int32(name.count)) == 1 else { return nil }
                let entry = unsafe functions.makeName()
                unsafe functions.setValue(entry, type, string)
                guard unsafe functions.push(list, entry) > 0 else { return nil }
            }
        }
        guard unsafe functions.addExtension(certificate, 85, list, 0, 0) == 1 else { return nil }
    }

    deinit { unsafe functions.freeCertificate(pointer) }

    /// Whether OpenSSL takes the certificate for the host's, or for the address's.
    func matches(_ host: [UInt8], address: [UInt8]?) -> Bool {
        defer { functions.clearErrors() }
        // An asterisk is a whole label, and no more than one.
        let flags: UInt32 = 0x4 | 0x10
        if unsafe functions.checkHost(pointer, host, host.count, flags, nil) == 1 { return true }
        guard let address else { return false }
        return unsafe functions.checkAddress(pointer, address, address.count, 0) == 1
    }
}
