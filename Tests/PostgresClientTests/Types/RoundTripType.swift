import PostgresWire

/// A type whose values go to the server and come back.
struct RoundTripType: Sendable {
    typealias Swift = PostgresArrayEncodable & PostgresArrayDecodable

    /// What is sent for a value.
    enum Sending {
        /// The value, which declares its own type.
        case value
        /// Its text: the type that the value declares has no cast to this one, or one that changes it.
        case text
    }

    /// The type's name in SQL.
    let name: String
    /// The Swift types that read it and write the same again.
    let swift: [any Swift.Type]
    let sending: Sending
    /// Whether what is read from the server's text is what is read in binary; the names of `regclass` are not.
    let readsText: Bool
    let make: @Sendable (inout RandomValues) -> PostgresValue

    init(
        _ name: String, _ swift: [any Swift.Type] = [], sending: Sending = .value, readsText: Bool = true,
        _ make: @escaping @Sendable (inout RandomValues) -> PostgresValue
    ) {
        self.name = name
        self.swift = swift
        self.sending = sending
        self.readsText = readsText
        self.make = make
    }

    /// The arrays of this type.
    var array: RoundTripType {
        func arrays<Element: Swift>(of _: Element.Type) -> any (PostgresEncodable & PostgresDecodable).Type {
            PostgresArray<Element?>.self
        }
        let make = make
        var array = RoundTripType(name + "[]", [], sending: sending, readsText: readsText) { $0.array(make) }
        array.arrays = swift.map { arrays(of: $0) }
        return array
    }

    private var arrays: [any (PostgresEncodable & PostgresDecodable).Type] = []

    /// ``swift``, or their arrays.
    var codecs: [any (PostgresEncodable & PostgresDecodable).Type] { swift + arrays }

    /// What is sent for a value of the type.
    func parameter(_ value: PostgresValue) -> PostgresValue {
        sending == .value || value.isNull ? value : .text(value.description)
    }
}
