/// Takes the rows of a COPY and sends them, a frame of 64 KiB at a time.
///
/// Handed to the closure of `copy(into:columns:format:_:)`, and good until that ends. Not `Sendable`: one task or thread
/// writes at a time.
///
/// ```swift
/// let count = try db.copy(into: "users", columns: ["id", "name"]) { writer in
///     for id in 1...1000 { try writer.write(id, "user \(id)") }
/// }
/// ```
///
/// When the server refuses a row, the next write that sends something throws what it says; nothing more is asked of the
/// closure then.
public final class CopyWriter {
    private let core: ConnectionCore
    private let format: CopyFormat
    private let columns: [String]?
    private var operation: CopyInOperation
    private var target = CopyTarget([], nil)
    private let buffer = CopyBuffer()
    private var scratch = WireWriter()
    private var text: CopyTextWriter?
    private var plan: CopyRowPlan?
    private var textPlan: CopyTextPlan?
    private var planned: ObjectIdentifier?
    private var encoder: CopyStructureEncoder?
    private var writesRows = false
    private var writesBytes = false
    private var hasEnded = false
    /// Whether nothing speaks against a row.
    private var isOpen = true
    /// What went wrong first; it is what the copy throws in the end, whatever becomes of it in between.
    private(set) var failure: PostgresError?

    /// How many rows were written.
    public private(set) var rowCount = 0

    /// Makes a writer for rows that are given as values, or as bytes if there are no columns.
    init(
        _ core: ConnectionCore, _ statement: String, columns: [String]?, describing: String?, format: CopyFormat
    ) throws(PostgresError) {
        self.core = core
        self.format = format
        self.columns = columns
        operation = CopyInOperation(core, statement, describing: describing)
        if !format.isBinary { text = try CopyTextWriter(format) }
    }

    // MARK: - The copy's course

    /// Whatever comes next, the connection is this writer's.
    private func begun(_ progress: CopyInOperation.Progress) throws(PostgresError) {
        guard progress == .ready else { throw gone() }
        target = CopyTarget(columns ?? [], format.isBinary && columns != nil ? operation.columns : nil)
        guard let types = target.types, types.count != target.count else { return }
        throw note(
            core.fail(
                PostgresError(
                    .protocolViolation,
                    "the server described \(types.count) columns where \(target.count) were asked for")))
    }

    func openBlocking() throws(PostgresError) {
        core.isBusy = true
        try begun(try runBlocking())
    }

    func openAsync() async throws(PostgresError) {
        core.isBusy = true
        try begun(try await runAsync())
    }

    private func runBlocking() throws(PostgresError) -> CopyInOperation.Progress {
        do throws(PostgresError) {
            return try BlockingDriver.run(&operation)
        } catch {
            throw note(core.settled(error))
        }
    }

    private func runAsync(isShielded: Bool = false) async throws(PostgresError) -> CopyInOperation.Progress {
        do throws(PostgresError) {
            // Where the server always keeps up no wait would ever tell of a cancellation.
            if !isShielded, Task.isCancelled {
                guard !core.session.isIdle else {
                    throw PostgresError(.cancelled, "the task was cancelled before anything was sent")
                        .with(host: core.host).with(isSafeToRetry: true)
                }
                try operation.interrupt(.taskCancelled)
            }
            return try await AsyncDriver.run(&operation, isShielded: isShielded)
        } catch {
            throw note(core.settled(error))
        }
    }

    private func note(_ error: PostgresError) -> PostgresError {
        if failure == nil { failure = error }
        isOpen = false
        return error
    }

    /// The server ended the COPY by itself.
    private func gone() -> PostgresError {
        note(
            PostgresError(.protocolViolation, "the server ended the COPY before all rows were sent")
                .with(statement: operation.text).with(host: core.host))
    }

    /// That the writer may still be used.
    private func check() throws(PostgresError) {
        if let failure { throw failure }
        guard !hasEnded else {
            throw PostgresError(
                .invalidArgument, "the writer was used after the closure that it was given to had ended")
        }
    }

    /// Notices a limit of time or a cancellation where the server always keeps up, so that no wait would ever tell of it.
    private func checkLimits() throws(PostgresError) {
        do throws(PostgresError) {
            try core.checkLimits(&operation)
        } catch {
            throw note(core.settled(error))
        }
    }

    private func moveFrame() {
        // Of a COPY that is being given up nothing more is of use.
        guard operation.isSending else { return }
        if let count = text?.bytes.count, count > 0 { moveText() }
        buffer.move(to: &core.link.outbound)
    }

    private func moveText() {
        guard let bytes = text?.bytes else { return }
        text?.removeAll()
        appendAll(bytes[...])
    }

    /// Takes bytes in whole; what does not fit makes the frame longer.
    private func appendAll(_ bytes: ArraySlice<UInt8>) {
        while !buffer.append(bytes) { buffer.move(to: &core.link.outbound) }
    }

    /// Sends what was written so far. Blocks the calling thread until the kernel has taken it.
    ///
    /// Frames are sent when they are full; this is for a source that pauses.
    ///
    /// - Throws: ``PostgresError`` if the server refused a row, or the connection failed.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func flush() throws(PostgresError) {
        try check()
        try checkLimits()
        moveFrame()
        guard try runBlocking() == .ready else { throw gone() }
    }

    /// Sends what was written so far. Suspends the task until the kernel has taken it.
    public func flush() async throws(PostgresError) {
        try check()
        try checkLimits()
        moveFrame()
        guard try await runAsync() == .ready else { throw gone() }
    }

    private func complete() throws(PostgresError) {
        hasEnded = true
        isOpen = false
        if format.isBinary, !writesBytes {
            // Of no rows, too, the format wants its beginning and its end.
            writeHeader()
            appendAll(CopyBinary.trailer[...])
        }
        moveFrame()
        operation.end()
    }

    func endBlocking() throws(PostgresError) -> Int {
        if let failure { throw failure }
        try checkLimits()
        try complete()
        _ = try runBlocking()
        return finish()
    }

    func endAsync() async throws(PostgresError) -> Int {
        if let failure { throw failure }
        try checkLimits()
        try complete()
        _ = try await runAsync()
        return finish()
    }

    private func finish() -> Int { operation.sink.tag?.rowCount ?? rowCount }

    /// Has the server forget what was sent, because of an error of the source or of a value.
    func failBlocking(_ error: any Error) {
        hasEnded = true
        isOpen = false
        operation.fail("\(error)")
        if !core.session.isIdle, core.isUsable { _ = try? runBlocking() }
    }

    /// Has the server forget what was sent, because of an error of the source or of a value.
    func failAsync(_ error: any Error) async {
        hasEnded = true
        isOpen = false
        operation.fail("\(error)")
        if !core.session.isIdle, core.isUsable { _ = try? await runAsync(isShielded: true) }
    }

    /// Lets go of the connection.
    func release() {
        hasEnded = true
        isOpen = false
        core.isBusy = false
    }

    // MARK: - Rows

    private func writeHeader() {
        guard !writesRows else { return }
        writesRows = true
        if format.isBinary {
            appendAll(CopyBinary.header[...])
        } else if format.hasHeader {
            text?.write(row: target.names.map { Array($0.utf8) })
        }
    }

    private func failed(_ failure: CopyFailure, _ type: Any.Type) -> PostgresError {
        note(failure.error(target, row: rowCount, type).with(host: core.host))
    }

    private func mixed() -> PostgresError {
        note(PostgresError(.invalidArgument, "bytes and values cannot be written to one COPY"))
    }

    /// Whether a plan for tuples of this type is made.
    @usableFromInline
    func isPlanned(_ tuple: Any.Type) -> Bool { planned == ObjectIdentifier(tuple) }

    /// Makes the plan by which tuples are written.
    @usableFromInline
    func plan<each Value: PostgresEncodable>(_ tuple: (repeat each Value).Type) throws(PostgresError) {
        try check()
        guard columns != nil, !writesBytes else { throw mixed() }
        writeHeader()
        do throws(PostgresError) {
            if format.isBinary {
                plan = try CopyRowPlan(tuple, target, row: rowCount)
            } else {
                textPlan = try CopyTextPlan(tuple, target, row: rowCount)
            }
        } catch {
            throw note(error.with(host: core.host))
        }
        planned = ObjectIdentifier(tuple)
    }

    /// Writes tuples that lie one after the other, as many as the frame has room for.
    ///
    /// - Returns: How many. If not all, the frame must be sent first.
    @usableFromInline
    @unsafe
    func encode(_ rows: UnsafeRawPointer, _ count: Int) throws(PostgresError) -> Int {
        guard isOpen else {
            try check()
            return 0
        }
        guard let plan else { return unsafe try encodeText(rows, count) }
        while true {
            let outcome = unsafe plan.encode(rows, count: count, into: buffer)
            rowCount += outcome.count
            if let failure = outcome.failure { throw failed(failure, plan.type(of: failure.column)) }
            guard outcome.count == 0, outcome.needed > 0, buffer.count == 0 else { return outcome.count }
            buffer.grow(for: outcome.needed)
        }
    }

    @unsafe
    private func encodeText(_ rows: UnsafeRawPointer, _ count: Int) throws(PostgresError) -> Int {
        guard let textPlan, text != nil else { throw mixed() }
        var done = 0
        while done < count {
            if isTextFull { return done }
            do throws(CopyFailure) {
                unsafe try textPlan.encode(rows + done * textPlan.stride, &text)
            } catch {
                throw failed(error, textPlan.type(of: error.column))
            }
            rowCount += 1
            done += 1
        }
        return done
    }

    private var isTextFull: Bool { (text?.bytes.count ?? 0) >= CopyBuffer.frameLength }

    /// Begins a row that is given value by value.
    private func beginRow() throws(PostgresError) {
        try check()
        guard columns != nil, !writesBytes else { throw mixed() }
        writeHeader()
        scratch.removeAll(keepingUpTo: 64 * 1024)
    }

    private func stage(_ values: some Sequence<(any PostgresEncodable)?>) throws(PostgresError) {
        try beginRow()
        var count = 0
        let start = text?.bytes.count ?? 0
        scratch.write(Int16(truncatingIfNeeded: target.count))
        for value in values {
            defer { count += 1 }
            guard count < target.count else { continue }
            do throws(CopyFailure) {
                try stage(value, column: count)
            } catch {
                text?.rollBack(to: start)
                throw failed(error, value.map { type(of: $0) } ?? Never.self)
            }
        }
        guard count == target.count else {
            text?.rollBack(to: start)
            throw note(target.mismatch(count, row: rowCount).with(host: core.host))
        }
        endRow()
    }

    private func endRow() {
        text?.endRow()
        rowCount += 1
        if text == nil { appendAll(scratch.bytes[...]) }
    }

    private func stage(_ value: (any PostgresEncodable)?, column: Int) throws(CopyFailure) {
        do throws(WireError) {
            guard let value, !value.isNull else {
                if text != nil {
                    _ = text?.write(field: nil)
                } else {
                    scratch.write(Int32(-1))
                }
                return
            }
            if text != nil {
                guard text?.write(field: try CopyTextForm.bytes(of: value)) == true else { throw .invalidValue }
                return
            }
            var cell = WireWriter()
            try target.conversion.encode(value, as: target.type(of: column), into: &cell)
            scratch.lengthPrefixed { $0.write(bytes: cell.bytes) }
        } catch {
            throw CopyFailure(error, column: column)
        }
    }

    /// Whether there is a frame to be sent before more is written.
    private var isFull: Bool { isTextFull || buffer.room == 0 || core.link.hasPendingOutput }

    /// Writes a row of values that are known at run time only; nil is NULL. Blocks while a full frame is sent.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/encodingFailed`` if there are not as many values as columns, or one does not fit; what the
    ///   server says; whatever the connection comes to.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func write(values: some Sequence<(any PostgresEncodable)?>) throws(PostgresError) {
        try stage(values)
        if isFull { try flush() }
    }

    /// Writes a row of values that are known at run time only; the async form of the method above.
    public func write(values: some Sequence<(any PostgresEncodable)?>) async throws(PostgresError) {
        try stage(values)
        if isFull { try await flush() }
    }

    // MARK: - Structures

    private func stage(_ structure: some Encodable, _ keys: ColumnKeyStrategy) throws {
        try beginRow()
        let start = text?.bytes.count ?? 0
        let encoder = encoder ?? CopyStructureEncoder(target.names, keys)
        self.encoder = encoder
        do {
            let values = try encoder.values(of: structure, isText: { self.takesJSON($0) }, row: rowCount)
            scratch.write(Int16(truncatingIfNeeded: target.count))
            for (column, value) in values.enumerated() {
                do throws(CopyFailure) {
                    try stage(value, column: column)
                } catch {
                    throw failed(error, value.map { type(of: $0) } ?? Never.self)
                }
            }
        } catch {
            text?.rollBack(to: start)
            if let error = error as? PostgresError { throw note(error.with(host: core.host)) }
            throw error
        }
        endRow()
    }

    /// Whether a column takes any document.
    private func takesJSON(_ column: Int) -> Bool {
        let type = target.type(of: column)
        return target.types == nil || type == .json || type == .jsonb
    }

    /// Writes the properties of a structure as a row, by the columns' names. Blocks while a full frame is sent.
    ///
    /// - Parameters:
    ///   - structure: What has a property for each column; a property without a column is left out.
    ///   - keys: How the names of properties are found among those of the columns.
    /// - Throws: As ``write(values:)`` does, and what the structure's own encoding throws.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func write(encoding structure: some Encodable, keys: ColumnKeyStrategy = .exact) throws {
        try stage(structure, keys)
        if isFull { try flush() }
    }

    /// Writes the properties of a structure as a row; the async form of the method above.
    public func write(encoding structure: some Encodable, keys: ColumnKeyStrategy = .exact) async throws {
        try stage(structure, keys)
        if isFull { try await flush() }
    }

    // MARK: - Bytes

    private func take(_ bytes: inout ArraySlice<UInt8>) throws(PostgresError) {
        try check()
        guard !writesRows else { throw mixed() }
        writesBytes = true
        let piece = bytes.prefix(buffer.room)
        appendAll(piece)
        bytes = bytes.dropFirst(piece.count)
    }

    /// Sends bytes as they are, which need not end where a row does. Blocks while a full frame is sent.
    ///
    /// - Parameter bytes: Data in the format of the COPY; in binary with its beginning and its end.
    /// - Throws: ``PostgresError/Code-swift.struct/invalidArgument`` if rows were written as values; what the server says; whatever the connection
    ///   comes to.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func write(bytes: some Collection<UInt8>) throws(PostgresError) {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            try take(&rest)
            if isFull { try flush() }
        }
    }

    /// Sends bytes as they are; the async form of the method above.
    public func write(bytes: some Collection<UInt8>) async throws(PostgresError) {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            try take(&rest)
            if isFull { try await flush() }
        }
    }
}
