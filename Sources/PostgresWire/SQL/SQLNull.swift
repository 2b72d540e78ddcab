/// NULL as a parameter, of the type that the server infers.
package struct SQLNull: PostgresEncodable {
    package init() {}
    package var postgresType: PostgresOID { .unspecified }
    package var postgresFormat: PostgresFormat { .text }
    package var isNull: Bool { true }
    package func encode(into writer: inout WireWriter) {}
}
