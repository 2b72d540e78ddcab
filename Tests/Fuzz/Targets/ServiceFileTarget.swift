import PostgresClient
import PostgresWire

/// Service files, and what libpq makes of the same file.
///
/// The input is the service's name after the byte that says how long it is, then the file.
enum ServiceFileTarget: FuzzTarget {
    static let name = "service-file"
    static let maximumLength = 256

    /// libpq takes the path from the environment, which is set before the process starts or not at all.
    private static let file: FileInMemory? = {
        guard let path = Libpq.variable("PGSERVICEFILE"), path == "/proc/self/fd/100" else { return nil }
        return FileInMemory(descriptor: 100)
    }()

    static func run(_ input: [UInt8]) throws {
        let whole = input
        var input = InputReader(input)
        let name = input.counted()
        let bytes = input.rest()
        guard let service = String(validating: name, as: UTF8.self), !service.isEmpty else { return }
        var settings: [ServiceFile.Setting]?
        var refusal: PostgresError?
        do {
            settings = try ServiceFile(bytes, path: "x").settings(of: service)
        } catch {
            refusal = error
            try require(error.code == .invalidConfiguration, "refused with \(error.code)")
        }
        if let settings {
            try require(Set(settings.map(\.keyword)).count == settings.count, "a keyword twice")
            for setting in settings { try require(setting.line > 0, "a setting at line \(setting.line)") }
        }
        try checkConfiguration(service, bytes)
        // libpq passes any bytes on; a value that is not UTF-8 is refused here. LDAP is compiled in or not.
        guard whole.isSampled(oneIn: 8), let libpq = Libpq.complete, let file, !name.contains(0), !bytes.contains(0),
            let text = String(validating: bytes, as: UTF8.self), !text.utf8.contains("ldap".utf8)
        else { return }
        try require(file.write(bytes), "the file cannot be written")
        // An address that is none ends the attempt before anything is reached.
        let attempt = libpq.attempt([
            ("service", name), ("host", [UInt8](text: "h")), ("hostaddr", [UInt8](text: "x")),
            ("port", [UInt8](text: "1")),
        ])
        let complaints = [
            "definition of service", "service file", "line ", "syntax error in service file",
            "nested service specifications",
        ]
        let message = String(decoding: attempt.message, as: UTF8.self)
        let isRefused = complaints.contains { message.hasPrefix($0) }
        guard let settings else {
            return try require(
                isRefused, "libpq accepts what is refused here: \(refusal?.message ?? "no such service")")
        }
        try require(!isRefused, "libpq refuses what is accepted here: \(message)")
        // These are given to libpq, or changed by it after they were read.
        let others = ["host", "hostaddr", "port", "client_encoding"]
        for setting in settings where !setting.value.isEmpty && !others.contains(setting.keyword.name) {
            let value = attempt.options.first { $0.keyword == setting.keyword.name }?.value
            try require(
                value == [UInt8](text: setting.value),
                "\(setting.keyword) is \(setting.value), in libpq \(value.map { String(decoding: $0, as: UTF8.self) } ?? "nothing")"
            )
        }
    }

    /// The same file through everything that a configuration is made from.
    private static func checkConfiguration(_ service: String, _ bytes: [UInt8]) throws {
        let system = LocalSystem(
            userName: { "somebody" }, homeDirectory: { "/users/somebody" }, fileExists: { _ in false },
            fileStatus: { _ in LocalSystem.FileStatus() }, readFile: { _ in bytes })
        guard
            let configuration = try? ConnectionConfiguration.resolve(
                host: "h", environment: ["PGSERVICE": service, "PGSERVICEFILE": "/f"], system: system)
        else { return }
        do {
            try configuration.validate()
        } catch {
            throw FuzzFailure("a configuration is not valid: \(error)")
        }
        for setting in configuration.settings where setting.keyword == "password" {
            try require(setting.value.isEmpty || setting.value == ConnectionSetting.redacted, "a password is shown")
        }
    }

    static let seeds: [[UInt8]] =
        [
            "[bank]\nhost=h\nport=26257\nuser=app\n",
            "[other]\nuser=x\n[bank]\n# comment\nuser=app\nuser=second\n\n[next]\nuser=z",
            "  [bank]  \r\n\tuser=a b \r\npassword= secret\nsslmode=require", "[bank]x\nuser=a", "[bank\nuser=a",
            "[ bank]\nuser=a",
            "[bank]\nuser = a", "[bank]\nnope=1", "[bank]\nuser", "[bank]\n=x", "[bank]\nservice=x", "user=a\n[bank]",
            "",
            "[bank]\nldap://x", "[bank]\noptions=-c a=b\napplication_name=é", "[bank]\nuser=\nuser=b",
            "[bank]\n[bank]\nuser=a",
            "[bank]\ndbname=x\nsslcert=c\nsslkey=k\ntarget_session_attrs=any\nload_balance_hosts=random",
        ].map { [UInt8](text: "bank").counted + [UInt8](text: $0) } + [
            [UInt8](text: "a]b").counted + [UInt8](text: "[a]b]\nuser=x\n"),
            [UInt8](text: "bank").counted + [UInt8](text: "[bank]\nuser=" + String(repeating: "x", count: 300)),
        ]

    static let dictionary: [[UInt8]] =
        ["[bank]", "[", "]", "\n", "\r\n", "#", " = ", "service=", "ldap", "\t", "\u{B}"].map { [UInt8](text: $0) }
        + ConnectionKeyword.all.map { [UInt8](text: $0.name + "=") }
}
