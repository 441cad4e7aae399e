import ArgumentParser
import ConfigImport
import PostgresBackup

/// The commands around the table of schema versions.
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Says which schema versions are applied to a database.",
        discussion: """
            Exits 0; 3 if the version is recorded under another name, or if the table is another program's; \
            64 on wrong options; 69, 75 and 77 if the server cannot be reached or does not let this user in; \
            78 if the table or psql is missing.
            """,
        subcommands: [
            SchemaVersionCommand.self, SchemaRecordCommand.self, SchemaHistoryCommand.self,
            SchemaInitCommand.self,
        ])
}

/// Which table of which database.
struct SchemaOptions: ParsableArguments {
    @OptionGroup var database: DatabaseOptions

    @Option(help: ArgumentHelp("The table of schema versions.", valueName: "name"))
    var migrationsTable = "schema_migrations"

    @OptionGroup var details: DetailOptions

    func run<Result: Sendable>(
        makingTable: Bool, _ work: @Sendable @escaping (SchemaMigrations) async throws -> Result
    ) async throws -> Result {
        let server = try database.server(details)
        return try await Cancellation.run {
            let migrations = try SchemaMigrations(of: server, table: migrationsTable)
            if makingTable { _ = try await migrations.initialize() }
            return try await work(migrations)
        }
    }
}

/// Whether a missing table is made.
struct SchemaInitOptions: ParsableArguments {
    @Flag(name: .customLong("init"), help: "Make the table if it is missing.")
    var makesTable = false
}

struct SchemaVersionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Prints the highest version that is recorded, 0 if none is.")

    @OptionGroup var schema: SchemaOptions
    @OptionGroup var table: SchemaInitOptions

    func run() async throws {
        let version = try await schema.run(makingTable: table.makesTable) { try await $0.version() }
        Console.write("\(version)\n")
    }
}

struct SchemaRecordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Records that a version is applied.",
        discussion: "Recording the same version and name again changes nothing.")

    @Argument(help: "The version, 1 or more.")
    var number: Int

    @Argument(help: "What it is called.")
    var name: String

    @OptionGroup var schema: SchemaOptions
    @OptionGroup var table: SchemaInitOptions

    func run() async throws {
        let (number, name) = (number, name)
        let isNew = try await schema.run(makingTable: table.makesTable) { try await $0.record(number, name) }
        let shown = PlainText.escaped(name)
        Console.write(isNew ? "recorded \(number) \(shown)\n" : "\(number) \(shown) is recorded already\n")
    }
}

struct SchemaHistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Lists the versions that are recorded, the lowest first.")

    @OptionGroup var schema: SchemaOptions
    @OptionGroup var table: SchemaInitOptions
    @OptionGroup var listing: ListingOptions

    func run() async throws {
        let history = try await schema.run(makingTable: table.makesTable) { try await $0.history() }
        listing.format.reporter.report(list: history) {
            guard !history.isEmpty else { return "No versions recorded\n" }
            let rows = history.map { ["\($0.version)", PlainText.escaped($0.name), $0.appliedAt] }
            return Table.text([["Version", "Name", "Applied"]] + rows, [.right, .left, .left])
        }
    }
}

struct SchemaInitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Makes the table of schema versions, if it is missing.")

    @OptionGroup var schema: SchemaOptions

    func run() async throws {
        let isNew = try await schema.run(makingTable: false) { try await $0.initialize() }
        let shown = PlainText.escaped(schema.migrationsTable)
        Console.write(isNew ? "made \(shown)\n" : "\(shown) is there already\n")
    }
}
