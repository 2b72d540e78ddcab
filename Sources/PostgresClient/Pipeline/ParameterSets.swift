/// The sets of values of `executeMany`: taken from a sequence of tuples some at a time, and written as Bind.
///
/// Only what takes the tuples from their sequence is made for their type, where it is called, so that the compiler knows
/// it there; what writes them is not generic.
@usableFromInline
@safe
final class ParameterSets {
    /// Makes as many tuples as there are, and fit, in memory; says how many.
    @usableFromInline typealias Fill = (UnsafeMutableRawPointer, Int) -> Int

    /// What depends on the tuple's type.
    @usableFromInline
    @unsafe
    struct Shape {
        let stride: Int
        let alignment: Int
        let destroy: (UnsafeMutableRawPointer, Int) -> Void
        let values: (UnsafeRawPointer) -> [any PostgresEncodable]
        let plan: (CopyTarget) throws(PostgresError) -> CopyRowPlan
        let write: (UnsafeRawPointer, BindTemplate, inout WireWriter) throws(PostgresError) -> Void

        @usableFromInline
        init<each Parameter: PostgresEncodable>(_ type: (repeat each Parameter).Type) {
            unsafe stride = max(1, MemoryLayout<(repeat each Parameter)>.stride)
            unsafe alignment = MemoryLayout<(repeat each Parameter)>.alignment
            unsafe destroy = { memory, count in
                unsafe memory.assumingMemoryBound(to: (repeat each Parameter).self).deinitialize(count: count)
            }
            unsafe values = { memory in
                let tuple = unsafe memory.assumingMemoryBound(to: (repeat each Parameter).self).pointee
                var values: [any PostgresEncodable] = []
                repeat values.append(each tuple)
                return values
            }
            unsafe plan = { (target) throws(PostgresError) in
                try CopyRowPlan((repeat each Parameter).self, target, row: 0)
            }
            unsafe write = { (memory, bind, writer) throws(PostgresError) in
                let tuple = unsafe memory.assumingMemoryBound(to: (repeat each Parameter).self).pointee
                try bind.write(into: &writer, repeat each tuple)
            }
        }
    }

    /// How many are taken at a time.
    private static let window = 64

    private let fill: Fill
    private let shape: Shape
    private let memory: UnsafeMutableRawPointer
    @safe @exclusivity(unchecked) private var count = 0
    @safe @exclusivity(unchecked) private var position = 0
    @safe @exclusivity(unchecked) private var hasEnded = false

    @usableFromInline
    @unsafe
    init(_ shape: Shape, _ fill: @escaping Fill) {
        unsafe self.shape = shape
        unsafe self.fill = fill
        unsafe memory = .allocate(byteCount: ParameterSets.window * shape.stride, alignment: shape.alignment)
    }

    deinit {
        unsafe shape.destroy(memory + position * shape.stride, count - position)
        unsafe memory.deallocate()
    }

    @inlinable
    convenience init<each Parameter: PostgresEncodable>(_ rows: some Sequence<(repeat each Parameter)>) {
        var iterator = rows.makeIterator()
        unsafe self.init(Shape((repeat each Parameter).self)) { memory, capacity in
            let target = unsafe memory.assumingMemoryBound(to: (repeat each Parameter).self)
            var count = 0
            while count < capacity, let row = iterator.next() {
                unsafe (target + count).initialize(to: row)
                count += 1
            }
            return count
        }
    }

    @inlinable
    convenience init<Parameter: PostgresEncodable>(single values: some Sequence<Parameter>) {
        var iterator = values.makeIterator()
        unsafe self.init(Shape(Parameter.self)) { memory, capacity in
            let target = unsafe memory.assumingMemoryBound(to: Parameter.self)
            var count = 0
            while count < capacity, let value = iterator.next() {
                unsafe (target + count).initialize(to: value)
                count += 1
            }
            return count
        }
    }

    /// The next set, where it lies; nil at the end.
    @unsafe
    private func next() -> UnsafeRawPointer? {
        if position == count {
            guard !hasEnded else { return nil }
            position = 0
            count = 0
            unsafe count = fill(memory, ParameterSets.window)
            hasEnded = count < ParameterSets.window
            guard count > 0 else { return nil }
        }
        return unsafe UnsafeRawPointer(memory + position * shape.stride)
    }

    private func drop(_ count: Int) {
        unsafe shape.destroy(memory + position * shape.stride, count)
        position += count
    }

    /// The values of the first set, which say what the types of all are; nil if there is none.
    var first: [any PostgresEncodable]? {
        unsafe next().map { unsafe shape.values($0) }
    }

    /// Writes set after set for a statement.
    func feed(_ statement: StatementDescription) -> ManyOperation.Feed {
        let template = BindTemplate(statement)
        if let plan = unsafe BindPlan(statement, shape.plan) {
            return { (writer, limit, count) throws(PostgresError) in
                while writer.count < limit {
                    guard let rows = unsafe self.next() else { return false }
                    let before = count
                    defer { self.drop(count - before) }
                    unsafe try plan.write(
                        rows, count: self.count - self.position, into: &writer, upTo: limit, written: &count)
                }
                return true
            }
        }
        return { (writer, limit, count) throws(PostgresError) in
            while writer.count < limit {
                guard let row = unsafe self.next() else { return false }
                let start = writer.count
                do throws(PostgresError) {
                    unsafe try self.shape.write(row, template, &writer)
                    if let failure = writer.failure {
                        throw PostgresError(.encodingFailed, "a value cannot be sent: \(failure)")
                    }
                } catch {
                    writer.rollBack(to: start)
                    throw error
                }
                writer.write(bytes: ConnectionCore.execute)
                count += 1
                self.drop(1)
            }
            return true
        }
    }
}
