extension Frontend {
    /// A name and value of the startup message: `user`, `database` or a setting of the session.
    public struct StartupParameter: Hashable, Sendable {
        /// The name; never empty.
        public var name: String
        /// The value.
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }
}
