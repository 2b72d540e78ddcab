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
        var check = ParameterCheck(statement.parameterTypes)
        repeat check.take(each parameters)
        if let failure = check.end() { throw failure.with(statement: statement.text).with(isSafeToRetry: true) }
        let message = writer.beginMessage(MessageType.bind)
        writer.write(bytes: prefix)
        writer.write(count: check.count)
        repeat writer.write((each parameters).postgresFormat.rawValue)
        writer.write(count: check.count)
        repeat BindTemplate.write(each parameters, into: &writer)
        writer.write(bytes: resultFormats)
        writer.endMessage(message)
    }

    private static func write(_ parameter: some PostgresEncodable, into writer: inout WireWriter) {
        if parameter.isNull { return writer.write(Int32(-1)) }
        writer.lengthPrefixed { parameter.encode(into: &$0) }
    }
}

/// Whether values fit the parameters of a statement.
private struct ParameterCheck {
    private let types: [PostgresOID]
    private(set) var count = 0
    private var failure: PostgresError?

    init(_ types: [PostgresOID]) {
        self.types = types
    }

    mutating func take<Parameter: PostgresEncodable>(_ parameter: Parameter) {
        defer { count += 1 }
        guard failure == nil, count < types.count, parameter.postgresFormat == .binary, !parameter.isNull else {
            return
        }
        // Binary bytes of another type would be misread, at best refused.
        let type = parameter.postgresType
        guard type != types[count], type != .unspecified else { return }
        failure = PostgresError(
            .encodingFailed,
            "parameter $\(count + 1) is of type \(types[count]), but \(Parameter.self) is sent as \(type)")
    }

    /// What is wrong, after the last of them.
    func end() -> PostgresError? {
        guard count != types.count else { return failure }
        return PostgresError(
            .encodingFailed, "the statement has \(types.count) parameters, but \(count) were given")
    }
}
