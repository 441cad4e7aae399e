import ArgumentParser

/// The command tree.
@main
struct ReedImport: AsyncParsableCommand {
    static let version = "0.2.0"

    static let configuration = CommandConfiguration(
        commandName: "reed-import",
        abstract:
            "Imports a ReedCMS configuration directory of CSV files into Redis; backs up its databases.",
        discussion: """
            The usual call:
              reed-import --csv ./config --redis localhost:6379
            """,
        version: version,
        subcommands: [
            ImportCommand.self, ValidateCommand.self, PlanCommand.self, ApplyCommand.self,
            StatusCommand.self, RunCommand.self, DoctorCommand.self,
            CSVCommand.self,
            BackupCommand.self, SchemaCommand.self,
        ],
        defaultSubcommand: ImportCommand.self)

    static func main() async {
        Interruption.fillStandardDescriptors()
        Interruption.ignoreFileErrors()
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            try Console.finish()
        } catch var failure as Failure {
            do { try Console.finish() } catch let unwritten {
                // A list of differences that nobody can read is none.
                if failure.status == .differences { failure = unwritten }
            }
            if let message = failure.message { Console.complain(message) }
            exit(withError: ExitCode(failure.status.rawValue))
        } catch {
            exit(withError: error)
        }
    }
}
