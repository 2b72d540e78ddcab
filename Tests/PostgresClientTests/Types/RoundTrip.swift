import PostgresClient
import PostgresWire

/// Sends random values of one type and looks at what comes back.
struct RoundTrip {
    let type: RoundTripType
    var random: RandomValues
    let catalog: PostgresTypeCatalog
    let client: Client

    /// How many values came back.
    private(set) var count = 0
    /// How often a Swift type wrote a value again.
    private(set) var recoded = 0
    /// What was wrong.
    private(set) var failures: [String] = []

    init(type: RoundTripType, random: RandomValues, catalog: PostgresTypeCatalog, client: Client) {
        self.type = type
        self.random = random
        self.catalog = catalog
        self.client = client
    }

    /// Sends so many values, many of them with each statement.
    mutating func run(_ number: Int) async throws {
        var left = number
        while left > 0, failures.count < 20 {
            let values = (0..<min(left, 200)).map { _ in random.oneIn(40) ? .null : type.make(&random) }
            do {
                for (value, row) in zip(values, try await send(values)) { check(value, row.0, row.1) }
            } catch {
                try await blame(values, error)
            }
            count += values.count
            left -= values.count
        }
    }

    private func send(_ values: [PostgresValue]) async throws -> [(RawCell, RawCell)] {
        let places = values.indices.map { "($\($0 + 1)::\(type.name))" }.joined(separator: ",")
        // A cast to text is not always what is sent as text: it is for inet, and "char" for example.
        let rows = try await client.query(
            SQL(
                unsafeSQL: "SELECT x, format('%s', x) FROM (VALUES \(places)) AS v (x)",
                parameters: values.map { type.parameter($0) }),
            as: (RawCell, RawCell).self)
        guard rows.count == values.count else {
            throw PostgresError(.decodingFailed, "\(values.count) rows were sent and \(rows.count) came back")
        }
        return rows
    }

    /// Finds out for which values the statement failed.
    private mutating func blame(_ values: [PostgresValue], _ error: any Error) async throws {
        let before = failures.count
        for value in values where failures.count < 20 {
            do {
                _ = try await send([value])
            } catch {
                failures.append("\(value.description.debugDescription): \(error)")
            }
        }
        if failures.count == before { failures.append("\(error)") }
    }

    private mutating func check(_ sent: PostgresValue, _ cell: RawCell, _ text: RawCell) {
        do throws(WireError) {
            let value = try cell.value(catalog)
            let printed = String(decoding: text.bytes ?? [], as: UTF8.self)
            guard value == sent else {
                return failures.append("sent \(sent), received \(value) as \(printed.debugDescription)")
            }
            guard let bytes = cell.bytes, let textBytes = text.bytes else {
                if !sent.isNull { failures.append("sent \(sent), received NULL") }
                return
            }
            guard value.description.utf8.elementsEqual(textBytes) else {
                return failures.append("\(value.description.debugDescription) is printed \(printed.debugDescription)")
            }
            if type.readsText {
                let read = try WireReader.read(textBytes) { (reader) throws(WireError) in
                    try PostgresValue(from: &reader, type: cell.type, format: .text, resolving: catalog)
                }
                if read != value { failures.append("\(printed.debugDescription) is read as \(read)") }
            }
            for codec in type.codecs {
                guard let again = try cell.recoded(as: codec) else { continue }
                recoded += 1
                if again.bytes != (again.format == .text ? textBytes : bytes) {
                    failures.append(
                        "\(printed.debugDescription) is written again as \(codec): \(again.bytes), was \(bytes)")
                }
            }
        } catch {
            failures.append("sent \(sent): \(error)")
        }
    }
}
