import PostgresWire

/// What a server says in an ErrorResponse, as it is read and as it is shown beside the statement that it is about.
///
/// The input is a statement after the byte that says how long it is, then the message's body.
enum ServerErrorTarget: FuzzTarget {
    static let name = "server-error"
    static let maximumLength = 384

    static func run(_ input: [UInt8]) throws {
        var input = InputReader(input)
        let statement = String(decoding: input.counted(), as: UTF8.self)
        let body = input.rest()
        let response = try? WireReader.read(body) { (reader) throws(WireError) -> Backend.ErrorResponse in
            try Backend.ErrorResponse(body: &reader)
        }
        guard let server = response?.error else { return }
        let error = PostgresError(server).with(statement: statement).with(host: "db.example:5432")
        let text = error.description
        try require(!text.isEmpty, "an error without a description")
        for scalar in text.unicodeScalars where scalar != "\n" && scalar != "\t" {
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            try require(!isControl, "the description holds the control character \(scalar.value)")
        }
        _ = (error.isSafeToRetry, server.isFatal, error.sqlState?.description)
    }

    private static func seed(_ statement: String, _ fields: String...) -> [UInt8] {
        [UInt8](text: statement).counted + fields.flatMap { [UInt8](text: $0) + [0] } + [0]
    }

    static let seeds: [[UInt8]] = [
        seed("SELECT nope FROM t", "SERROR", "VERROR", "C42703", "Mcolumn \"nope\" does not exist", "P8"),
        seed(
            "SELECT\n\tnope\r\nFROM t", "SFEHLER", "VERROR", "C42703", "Mno", "P9", "HPerhaps", "DDetail\nof two lines"),
        seed(
            "SELECT f()", "C22012", "Mdivision by zero", "p8", "qSELECT 1/0", "WPL/pgSQL function f() line 1\nat RETURN"
        ),
        seed("INSERT", "C23505", "Mduplicate", "spublic", "tusers", "cid", "dint4", "nusers_pkey", "Fx.c", "L1", "Rf"),
        seed("", "VFATAL", "C57P01", "Mterminating"), seed("é漢😀\u{301} x", "M\u{1B}[31mred\u{202E}", "P3", "x?"),
        seed("SELECT 1", "M", "P0"), seed("SELECT 1", "P999999999999999999999", "p-1", "Cabc"),
        seed(String(repeating: "a ", count: 120), "Mm", "P101"), [0, 0], [],
    ]

    static let dictionary: [[UInt8]] = [
        "S", "V", "C", "M", "D", "H", "P", "p", "q", "W", "s", "t", "c", "d", "n", "F", "L", "R", "\0", "\0P1\0",
        "\0p1\0",
        "\0qSELECT 1\0", "ERROR", "FATAL", "40001", "\u{1B}[", "\u{202E}", "\t", "\r\n", "\u{301}", "漢", "\0M", "\0D",
    ].map { [UInt8](text: $0) }
}
