/// Writes Bind for one statement with changing values, with what never changes written beforehand.
struct BindTemplate {
    private let statement: StatementDescription
    private let prefix: [UInt8]
    private let resultFormats: [UInt8]

    init(_ statement: StatementDescription) {
        self.statement = statement
        var prefix = WireWriter()
        prefix.writeCString("")
        prefix.writeCString(statement.name)
        self.prefix = prefix.bytes
        var formats = WireWriter()
        ConnectionCore.writeResultFormats(of: statement, into: &formats)
        resultFormats = formats.bytes
    }

    /// Writes Bind of the unnamed portal; throws before that if a value does not fit.
    func write<each Parameter: PostgresEncodable>(
        into writer: inout WireWriter, _ parameters: repeat each Parameter
    ) throws(PostgresError) {
        let types = statement.parameterTypes
        var count = 0
        var failure: PostgresError?
        func check(_ parameter: some PostgresEncodable) {
            defer { count += 1 }
            guard failure == nil, count < types.count, parameter.postgresFormat == .binary, !parameter.isNull else {
                return
            }
            // Binary bytes of another type would be misread, at best refused.
            if parameter.postgresType != types[count], parameter.postgresType != .unspecified {
                failure = PostgresError(
                    .encodingFailed,
                    "parameter $\(count + 1) is of type \(types[count]), but \(type(of: parameter)) is sent as \(parameter.postgresType)"
                )
            }
        }
        repeat check(each parameters)
        if count != types.count {
            failure = PostgresError(
                .encodingFailed, "the statement has \(types.count) parameters, but \(count) were given")
        }
        if let failure { throw failure.with(statement: statement.text).with(isSafeToRetry: true) }
        writer.message(MessageType.bind) { writer in
            writer.write(bytes: prefix)
            writer.write(count: count)
            repeat writer.write((each parameters).postgresFormat.rawValue)
            writer.write(count: count)
            repeat BindTemplate.write(each parameters, into: &writer)
            writer.write(bytes: resultFormats)
        }
    }

    private static func write(_ parameter: some PostgresEncodable, into writer: inout WireWriter) {
        if parameter.isNull { return writer.write(Int32(-1)) }
        writer.lengthPrefixed { parameter.encode(into: &$0) }
    }
}
