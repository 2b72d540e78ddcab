import PostgresWire

/// One or more of every message, each with its exact bytes as the manual defines them.
enum MessageSamples {
    static let error: ServerError = {
        var error = ServerError(severity: "ERROR", sqlState: SQLState(rawValue: "23505"), message: "duplicate key")
        error.localizedSeverity = "FEHLER"
        error.detail = "Key (id)=(1) already exists."
        error.hint = "h"
        error.position = 7
        error.internalPosition = 8
        error.internalQuery = "SELECT 1"
        error.context = "w"
        error.schema = "public"
        error.table = "users"
        error.column = "id"
        error.dataType = "int4"
        error.constraint = "users_pkey"
        error.file = "nbtinsert.c"
        error.line = "666"
        error.routine = "_bt_check_unique"
        return error
    }()

    static let errorBody = bytes(
        "SFEHLER\0VERROR\0C23505\0Mduplicate key\0DKey (id)=(1) already exists.\0Hh\0P7\0p8\0qSELECT 1\0Ww\0spublic\0"
            + "tusers\0cid\0dint4\0nusers_pkey\0Fnbtinsert.c\0L666\0R_bt_check_unique\0\0")

    static let column = ColumnDescription(
        name: "id", tableOID: PostgresOID(rawValue: 0x0102_0304), attributeNumber: 2,
        typeOID: PostgresOID(rawValue: 23), typeSize: 4, typeModifier: -1, format: .binary)

    static let columnBytes: [UInt8] =
        bytes("id\0") + [1, 2, 3, 4, 0, 2, 0, 0, 0, 23, 0, 4, 255, 255, 255, 255, 0, 1]

    static let backend: [(message: BackendMessage, type: Character, body: [UInt8])] = [
        (.authentication(.ok), "R", [0, 0, 0, 0]),
        (.authentication(.kerberosV5), "R", [0, 0, 0, 2]),
        (.authentication(.cleartextPassword), "R", [0, 0, 0, 3]),
        (.authentication(.md5Password(salt: [9, 8, 7, 6])), "R", [0, 0, 0, 5, 9, 8, 7, 6]),
        (.authentication(.scmCredential), "R", [0, 0, 0, 6]),
        (.authentication(.gss), "R", [0, 0, 0, 7]),
        (.authentication(.gssContinue([1, 2])), "R", [0, 0, 0, 8, 1, 2]),
        (.authentication(.sspi), "R", [0, 0, 0, 9]),
        (
            .authentication(.sasl(mechanisms: ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"])), "R",
            [0, 0, 0, 10] + bytes("SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0")
        ),
        (.authentication(.saslContinue(bytes("r=x"))), "R", [0, 0, 0, 11] + bytes("r=x")),
        (.authentication(.saslFinal(bytes("v=x"))), "R", [0, 0, 0, 12] + bytes("v=x")),
        (
            .backendKeyData(.init(processID: 0xFFFF_FFFE, key: [1, 2, 3, 4])), "K",
            [255, 255, 255, 254, 1, 2, 3, 4]
        ),
        (
            .backendKeyData(.init(processID: 1, key: [UInt8](repeating: 7, count: 256))), "K",
            [0, 0, 0, 1] + [UInt8](repeating: 7, count: 256)
        ),
        (
            .negotiateProtocolVersion(.init(newestVersion: 0x30000, unrecognizedOptions: ["_pq_.a", "_pq_.b"])), "v",
            [0, 3, 0, 0, 0, 0, 0, 2] + bytes("_pq_.a\0_pq_.b\0")
        ),
        (.parameterStatus(.init(name: "TimeZone", value: "UTC")), "S", bytes("TimeZone\0UTC\0")),
        (
            .notificationResponse(.init(processID: 258, channel: "jobs", payload: "42")), "A",
            [0, 0, 1, 2] + bytes("jobs\0") + bytes("42\0")
        ),
        (.errorResponse(.init(error)), "E", errorBody),
        (.noticeResponse(.init(error)), "N", errorBody),
        (.readyForQuery(.init(.idle)), "Z", bytes("I")),
        (.readyForQuery(.init(.inTransaction)), "Z", bytes("T")),
        (.readyForQuery(.init(.failed)), "Z", bytes("E")),
        (.rowDescription(.init(columns: [column, column])), "T", [0, 2] + columnBytes + columnBytes),
        (.rowDescription(.init(columns: [])), "T", [0, 0]),
        (
            .parameterDescription(.init(types: [PostgresOID(rawValue: 23), PostgresOID(rawValue: 0xFFFF_FFFF)])), "t",
            [0, 2, 0, 0, 0, 23, 255, 255, 255, 255]
        ),
        (
            .dataRow(.init(values: [bytes("a"), nil, []])), "D",
            [0, 3, 0, 0, 0, 1, 97, 255, 255, 255, 255, 0, 0, 0, 0]
        ),
        (.dataRow(.init(values: [])), "D", [0, 0]),
        (.commandComplete(.init(tag: "INSERT 0 1")), "C", bytes("INSERT 0 1\0")),
        (.emptyQueryResponse, "I", []),
        (.parseComplete, "1", []),
        (.bindComplete, "2", []),
        (.closeComplete, "3", []),
        (.noData, "n", []),
        (.portalSuspended, "s", []),
        (
            .copyInResponse(.init(.init(overall: .binary, columns: [.binary, .binary]))), "G", [1, 0, 2, 0, 1, 0, 1]
        ),
        (.copyOutResponse(.init(.init(overall: .text, columns: [.text]))), "H", [0, 0, 1, 0, 0]),
        (.copyBothResponse(.init(.init(overall: .text, columns: []))), "W", [0, 0, 0]),
        (.copyData(.init(data: [1, 0, 2])), "d", [1, 0, 2]),
        (.copyDone, "c", []),
        (.functionCallResponse(.init(value: [5])), "V", [0, 0, 0, 1, 5]),
        (.functionCallResponse(.init(value: nil)), "V", [255, 255, 255, 255]),
    ]

    static let frontend: [(message: FrontendMessage, type: Character?, body: [UInt8])] = [
        (
            .startup(.init(protocolVersion: 0x30002, parameters: [.init("user", "app"), .init("database", "bänk")])),
            nil, [0, 3, 0, 2] + bytes("user\0app\0database\0bänk\0\0")
        ),
        (.sslRequest(.init()), nil, [4, 210, 22, 47]),
        (.gssENCRequest(.init()), nil, [4, 210, 22, 48]),
        (
            .cancelRequest(.init(processID: 0x0102_0304, key: [5, 6, 7, 8])), nil,
            [4, 210, 22, 46, 1, 2, 3, 4, 5, 6, 7, 8]
        ),
        (.authenticationResponse(.init(data: bytes("secret\0"))), "p", bytes("secret\0")),
        (.query(.init(sql: "SELECT 1")), "Q", bytes("SELECT 1\0")),
        (
            .parse(.init(name: "s", sql: "SELECT $1", parameterTypes: [PostgresOID(rawValue: 20)])), "P",
            bytes("s\0SELECT $1\0") + [0, 1, 0, 0, 0, 20]
        ),
        (
            .bind(
                .init(
                    portal: "p", statement: "s", parameterFormats: [.binary], values: [[1, 2], nil, []],
                    resultFormats: [.text, .binary])), "B",
            bytes("p\0s\0") + [0, 1, 0, 1, 0, 3, 0, 0, 0, 2, 1, 2, 255, 255, 255, 255, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1]
        ),
        (.describe(.init(.statement("s"))), "D", bytes("Ss\0")),
        (.describe(.init(.portal(""))), "D", bytes("P\0")),
        (.execute(.init(portal: "p", maximumRows: 100)), "E", bytes("p\0") + [0, 0, 0, 100]),
        (.close(.init(.portal("p"))), "C", bytes("Pp\0")),
        (.close(.init(.statement("s"))), "C", bytes("Ss\0")),
        (.sync, "S", []),
        (.flush, "H", []),
        (.terminate, "X", []),
        (
            .functionCall(
                .init(
                    function: PostgresOID(rawValue: 1299), argumentFormats: [.text], arguments: [bytes("x"), nil],
                    resultFormat: .binary)), "F",
            [0, 0, 5, 19, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 120, 255, 255, 255, 255, 0, 1]
        ),
        (.copyData(.init(data: [9])), "d", [9]),
        (.copyDone, "c", []),
        (.copyFail(.init(reason: "stop")), "f", bytes("stop\0")),
    ]

    static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    static func decodeBackend(_ type: UInt8, _ body: [UInt8]) throws(WireError) -> BackendMessage {
        try WireReader.read(body) { (reader) throws(WireError) -> BackendMessage in
            try BackendMessage.decode(type: type, body: &reader)
        }
    }

    static func decodeFrontend(_ type: UInt8?, _ body: [UInt8]) throws(WireError) -> FrontendMessage {
        try WireReader.read(body) { (reader) throws(WireError) -> FrontendMessage in
            try FrontendMessage.decode(type: type, body: &reader)
        }
    }
}
