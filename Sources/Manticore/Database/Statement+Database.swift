package import PostgresWire

extension Statement {
    /// `CREATE DATABASE`, which runs outside of any transaction.
    package static func createDatabase(_ name: String) throws(PostgresError) -> SQL {
        try build("createDatabase", Identifier(name)) { (sql) throws(PostgresError) in
            sql.append(text: "CREATE DATABASE ")
            sql.append(Identifier(name))
        }
    }

    /// `DROP DATABASE`, which runs outside of any transaction.
    package static func dropDatabase(_ name: String, ifExists: Bool = false) throws(PostgresError) -> SQL {
        try build("dropDatabase", Identifier(name)) { (sql) throws(PostgresError) in
            sql.append(text: ifExists ? "DROP DATABASE IF EXISTS " : "DROP DATABASE ")
            sql.append(Identifier(name))
        }
    }
}
