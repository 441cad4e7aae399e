// swift-tools-version: 6.2
import PackageDescription

/// What every target of this package is compiled with.
var settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),  // pointer code must say `unsafe`
    .enableUpcomingFeature("ExistentialAny"),  // existential costs are visible
    .enableUpcomingFeature("MemberImportVisibility"),  // no members through transitive imports
    .enableUpcomingFeature("InternalImportsByDefault"),  // a dependency leaks only on purpose
]
if Context.environment["REED_WARNINGS_AS_ERRORS"] == "1" {
    settings.append(.treatAllWarnings(as: .error))  // .ci/run sets it
}

let package = Package(
    name: "reed-import",
    products: [
        .executable(name: "reed-import", targets: ["ReedImportCLI"]),
        .library(name: "CSV", targets: ["CSV"]),
        .library(name: "PostgresBackup", targets: ["PostgresBackup"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    ],
    targets: [
        .systemLibrary(name: "CHiredis"),
        .systemLibrary(name: "CBlockScan"),  // a header alone
        .target(name: "CSV", dependencies: ["CBlockScan"], swiftSettings: settings),
        .target(name: "SystemSupport", swiftSettings: settings),
        .target(
            name: "UCG",
            dependencies: ["SystemSupport", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: settings),
        .target(
            name: "ConfigImport", dependencies: ["CSV", "UCG", "SystemSupport"], swiftSettings: settings),
        .target(name: "GraphSync", dependencies: ["UCG", "SystemSupport"], swiftSettings: settings),
        .target(
            name: "RedisProtocol", dependencies: ["SystemSupport", "CHiredis"], swiftSettings: settings),
        .target(
            name: "RedisStore",
            dependencies: ["GraphSync", "RedisProtocol", "UCG", "SystemSupport"],
            swiftSettings: settings),
        .target(
            name: "PrivateRedis",
            dependencies: [
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings),
        .target(
            name: "PostgresBackup",
            dependencies: [
                "SystemSupport",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "ReedImportCLI",
            dependencies: [
                "CSV", "UCG", "ConfigImport", "GraphSync", "RedisProtocol", "RedisStore", "PrivateRedis",
                "PostgresBackup", "SystemSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
        .target(
            name: "TestSupport", dependencies: ["CSV", "RedisProtocol", "SystemSupport"],
            path: "Tests/TestSupport", swiftSettings: settings),
        .testTarget(
            name: "CSVTests",
            dependencies: ["CSV", "TestSupport", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: settings),
        .testTarget(
            name: "SystemSupportTests", dependencies: ["SystemSupport", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "UCGTests", dependencies: ["UCG", "SystemSupport", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "ConfigImportTests", dependencies: ["ConfigImport", "CSV", "UCG", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "GraphSyncTests", dependencies: ["GraphSync", "UCG"], swiftSettings: settings),
        .testTarget(
            name: "RedisProtocolTests",
            dependencies: ["RedisProtocol", "SystemSupport", "CHiredis", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "RedisStoreTests",
            dependencies: [
                "RedisStore", "RedisProtocol", "GraphSync", "UCG", "SystemSupport", "TestSupport",
            ],
            swiftSettings: settings),
        .testTarget(
            name: "PostgresBackupTests",
            dependencies: [
                "PostgresBackup", "TestSupport", .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "ReedImportCLITests",
            dependencies: [
                "ReedImportCLI", "ConfigImport", "GraphSync", "PostgresBackup", "RedisProtocol", "RedisStore",
                "TestSupport",
            ],
            swiftSettings: settings),
        .testTarget(
            name: "IntegrationTests", dependencies: ["ReedImportCLI", "TestSupport"],
            swiftSettings: settings),
    ]
)
