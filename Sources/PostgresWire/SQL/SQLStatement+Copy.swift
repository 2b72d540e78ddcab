extension SQLStatement {
    /// Whether it is `COPY ... TO STDOUT`, so that the server sends rows as bytes.
    ///
    /// ```swift
    /// try SQLScript("COPY (SELECT 1) TO STDOUT").statements[0].copiesToStdout   // true
    /// ```
    public var copiesToStdout: Bool {
        let shape = SQLStatementShape(self)
        return shape.outer.first == "COPY" && shape.contains("TO", "STDOUT")
    }
}
