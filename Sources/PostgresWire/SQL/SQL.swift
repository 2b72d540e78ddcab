/// SQL text together with the values that belong into it.
///
/// A string literal whose interpolated values never become text: each is sent beside the statement as a parameter,
/// and `$1`, `$2` … stand for them in the order in which they appear.
///
/// ```swift
/// let name = "Robert'); DROP TABLE students; --"
/// let adults: SQL = "age >= \(18)"
/// let query: SQL = "SELECT id FROM students WHERE \(adults) AND name = \(name)"
/// let rendered = try query.render()
/// print(rendered.text)  // SELECT id FROM students WHERE age >= $1 AND name = $2
/// ```
///
/// What can be interpolated:
/// - a value or an optional, `\(id)`: a parameter, `nil` is NULL;
/// - SQL, `\(adults)`: its text and its parameters, numbered on;
/// - a name, `\(identifier: "users")` or `\(identifier: Identifier("audit", "log"))`: quoted;
/// - a list, `id IN \(list: ids)`: one array as one parameter. `id = ANY(\(ids))` does the same and lets the server
///   infer the array's type from `id`;
/// - rows for `VALUES`, `\(values: rows)`: a parameter for each value;
/// - a document, `\(json: settings)`: anything `Encodable`, as `jsonb`;
/// - text made at run time, `\(unsafeSQL: text)`: as it is. Whoever can choose that text can run any statement.
///
/// Statements kept in files have parameters by name: ``init(unsafeSQL:named:)``. A variable of type `String` is not SQL: use ``init(unsafeSQL:)`` and mean it.
///
/// Parameters are always numbered from 1. A `$1` written by hand beside interpolated values would stand for one of
/// them by accident, so ``render()`` refuses it. Statements like `SET`, `CREATE TABLE` or `NOTIFY` take no parameters
/// in PostgreSQL: write `SELECT set_config('work_mem', \(size), false)` or `SELECT pg_notify(\(channel), \(text))`.
public struct SQL: Sendable {
    // The numbers are in the text already, so that rendering a query that was not composed copies nothing. Where
    // they are is kept, because a fragment's numbers change when it becomes part of something else.
    package private(set) var text: String
    package private(set) var bindings: [any PostgresEncodable]
    private var placeholders: [Placeholder]
    /// What will be thrown when this is rendered, because a part of it is wrong.
    package private(set) var failure: PostgresError?

    /// Takes text made at run time as SQL.
    ///
    /// Whoever can choose the text can run any statement: it must not come from a user, a file or the network.
    public init(unsafeSQL text: String) {
        self.text = text
        bindings = []
        placeholders = []
    }

    package init() { self.init(unsafeSQL: "") }

    /// The most parameters that one statement can have: their number is 16 bits wide on the wire.
    public static let maximumParameterCount = Int(UInt16.max)

    /// Makes the statement as the server takes it.
    ///
    /// - Returns: The text with `$1`, `$2` … in order of appearance, and the values they stand for.
    /// - Throws: ``PostgresError`` with ``PostgresError/Code/invalidArgument`` if there are more than 65,535
    ///   parameters, if a name in it is empty, or if a `$1` was written by hand beside interpolated values;
    ///   with ``PostgresError/Code/encodingFailed`` if a name or the text holds a NUL byte.
    public func render() throws(PostgresError) -> RenderedSQL {
        if let failure { throw failure }
        guard bindings.count <= Self.maximumParameterCount else {
            throw PostgresError(
                .invalidArgument,
                "the statement has \(bindings.count) parameters and may have \(Self.maximumParameterCount); "
                    + "send lists as one array, = ANY(\\(ids)), or split the statement")
        }
        var text = text
        // No early exit and no branches, so that the loop is made of vector instructions.
        let (nuls, dollars) = text.withUTF8 { utf8 in
            var nuls = 0
            var dollars = 0
            for index in utf8.indices {
                let byte = unsafe utf8[index]
                nuls &+= byte == 0 ? 1 : 0
                dollars &+= byte == UInt8(ascii: "$") ? 1 : 0
            }
            return (nuls, dollars)
        }
        guard nuls == 0 else {
            throw PostgresError(.encodingFailed, "the SQL text holds a NUL byte, where the server would stop reading")
        }
        if dollars > bindings.count, !bindings.isEmpty,
            let number = handWrittenParameter(in: Array(text.utf8))
        {
            throw PostgresError(
                .invalidArgument,
                "the SQL text holds a hand-written $\(number) beside \(bindings.count) interpolated values, "
                    + "which are numbered from $1; interpolate every value"
            ).with(statement: text)
        }
        return RenderedSQL(text: text, parameters: bindings)
    }

    /// The number of the first `$n` outside of strings, names and comments that stands for no interpolated value.
    ///
    /// Of text that does not end as it should (an open quote) the rest is passed over: the server complains better.
    private func handWrittenParameter(in bytes: [UInt8]) -> String? {
        var known = placeholders[...]
        for token in SQLLexer(bytes, readsCopyData: false) where token.kind == .parameter {
            while let first = known.first, first.offset < token.range.lowerBound { known.removeFirst() }
            guard known.first?.offset == token.range.lowerBound else {
                return String(decoding: bytes[token.range].dropFirst(), as: UTF8.self)
            }
        }
        return nil
    }

    /// Whether there is nothing in it but white space.
    package var isBlank: Bool {
        failure == nil && text.utf8.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
    }

    /// Whether it may end in a comment that would swallow what is written after it on the same line.
    package var mayEndInComment: Bool {
        var previous: UInt8 = 0
        for byte in text.utf8 {
            if byte == UInt8(ascii: "-"), previous == byte { return true }
            previous = byte
        }
        return false
    }
}

extension SQL {
    mutating func reserveCapacity(text textCount: Int, bindings bindingCount: Int) {
        text.reserveCapacity(textCount)
        guard bindingCount > 0 else { return }
        bindings.reserveCapacity(bindingCount)
        placeholders.reserveCapacity(bindingCount)
    }

    package mutating func append(text newText: String) {
        if let first = newText.utf8.first { separate(from: first) }
        text += newText
    }

    package mutating func append(_ value: any PostgresEncodable) {
        bindings.append(value)
        append(parameter: bindings.count)
    }

    /// Sets the values of an empty statement, whose text is to mention them by number.
    mutating func setBindings(_ values: [any PostgresEncodable]) {
        bindings = values
    }

    /// Appends a further mention of a parameter, by its number from 1.
    mutating func append(parameter number: Int) {
        separatePlaceholder()
        appendPlaceholder(number)
    }

    package mutating func append(_ value: (any PostgresEncodable)?) {
        if let value { append(value) } else { append(SQLNull()) }
    }

    package mutating func append(_ identifier: Identifier) {
        do throws(PostgresError) {
            let quoted = try identifier.quoted()
            // Two quoted names without anything between them would be one name with a quote in it.
            if text.utf8.last == UInt8(ascii: "\"") { text += " " }
            append(text: quoted)
        } catch {
            fail(error)
        }
    }

    package mutating func append(_ fragment: SQL) {
        if let failure = fragment.failure { fail(failure) }
        // What comes next must not become part of the fragment's comment.
        defer { if fragment.mayEndInComment { text += "\n" } }
        if fragment.placeholders.first?.offset == 0 {
            separatePlaceholder()
        } else if let first = fragment.text.utf8.first {
            separate(from: first)
        }
        guard !fragment.bindings.isEmpty else {
            text += fragment.text
            return
        }
        if bindings.isEmpty {
            let start = text.utf8.count
            text += fragment.text
            bindings = fragment.bindings
            placeholders = fragment.placeholders.map { Placeholder(offset: start + $0.offset, number: $0.number) }
            return
        }
        let before = bindings.count
        bindings += fragment.bindings
        let utf8 = fragment.text.utf8
        var index = utf8.startIndex
        var offset = 0
        for placeholder in fragment.placeholders {
            let dollar = utf8.index(index, offsetBy: placeholder.offset - offset)
            text += fragment.text[index..<dollar]
            appendPlaceholder(before + placeholder.number)
            index = utf8.index(dollar, offsetBy: placeholder.length)
            offset = placeholder.offset + placeholder.length
        }
        text += fragment.text[index...]
    }

    package mutating func fail(_ error: PostgresError) {
        if failure == nil { failure = error }
    }

    private mutating func appendPlaceholder(_ number: Int) {
        placeholders.append(Placeholder(offset: text.utf8.count, number: number))
        text += "$"
        text += String(number)
    }

    // `LIMIT\(n)` would be the name LIMIT$1, and `\(n)0` the parameter $10.
    private mutating func separatePlaceholder() {
        if let last = text.utf8.last, last.isIdentifierPart { text += " " }
    }

    private mutating func separate(from first: UInt8) {
        guard let last = placeholders.last, first.isIdentifierPart else { return }
        if last.offset + last.length == text.utf8.count { text += " " }
    }

    /// Where a parameter's `$n` stands in the text, in bytes, and the number that it has there.
    private struct Placeholder {
        let offset: Int
        let number: Int

        /// The length of `$n` in bytes.
        var length: Int {
            var length = 2
            var rest = number / 10
            while rest > 0 {
                length += 1
                rest /= 10
            }
            return length
        }
    }
}

extension SQL: CustomStringConvertible {
    /// The text with its `$1`, `$2` …, without the values.
    public var description: String { text }
}
