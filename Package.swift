// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
    name: "manticore",
    platforms: [.macOS(.v26)],
    products: [
        .library(name: "Manticore", targets: ["Manticore"]),
        .library(name: "PostgresClient", targets: ["PostgresClient"]),
        .library(name: "PostgresWire", targets: ["PostgresWire"]),
        .library(name: "ManticoreTesting", targets: ["ManticoreTesting"]),
        .executable(name: "manticore", targets: ["ManticoreCLI"]),
    ],
    traits: [
        .trait(name: "Command", description: "Builds the command `manticore`; brings swift-argument-parser."),
        .default(enabledTraits: ["Command"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    ],
    targets: [
        .systemLibrary(
            name: "COpenSSL",
            pkgConfig: "openssl",
            providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]
        ),
        .systemLibrary(name: "CSockets"),
        .target(
            name: "PostgresWire",
            dependencies: ["COpenSSL"],
            exclude: [
                "Authentication/generate-saslprep.py", "Errors/generate-sqlstates.py", "Types/generate-oids.py",
            ],
            swiftSettings: settings
        ),
        .target(
            name: "PostgresClient",
            dependencies: [
                "PostgresWire", "COpenSSL", "CSockets",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        .target(name: "Manticore", dependencies: ["PostgresClient"], swiftSettings: settings),
        .target(name: "ManticoreTesting", dependencies: ["PostgresClient", "COpenSSL"], swiftSettings: settings),
        .executableTarget(
            name: "ManticoreCLI",
            dependencies: [
                "Manticore", "ManticoreTesting",
                .product(
                    name: "ArgumentParser", package: "swift-argument-parser",
                    condition: .when(traits: ["Command"])),
            ],
            swiftSettings: settings
        ),
        .testTarget(name: "PostgresWireTests", dependencies: ["PostgresWire"], swiftSettings: settings),
        .testTarget(
            name: "PostgresClientTests", dependencies: ["PostgresClient", "ManticoreTesting"], swiftSettings: settings),
        .testTarget(name: "ManticoreTests", dependencies: ["Manticore", "ManticoreTesting"], swiftSettings: settings),
        .testTarget(name: "ManticoreTestingTests", dependencies: ["ManticoreTesting"], swiftSettings: settings),
        .testTarget(
            name: "ManticoreCLITests", dependencies: ["ManticoreTesting", "ManticoreCLI"], swiftSettings: settings),
        .testTarget(
            name: "FuzzTests",
            dependencies: ["PostgresWire", "PostgresClient", "ManticoreTesting"],
            path: "Tests/Fuzz",
            exclude: ["Corpus", "Fuzzer", "Package.swift", "fuzz"],
            sources: ["Targets", "Replay"],
            swiftSettings: settings
        ),
    ],
    swiftLanguageModes: [.v6]
)
