import ArgumentParser
import ConfigImport

/// The command tree.
@main
struct ReedImport: AsyncParsableCommand {
    static let version = "0.3.0"

    static let configuration = CommandConfiguration(
        commandName: "reed-import",
        abstract:
            "Imports a ReedCMS configuration directory of CSV files into Redis; backs up its databases.",
        discussion: """
            The usual call:
              reed-import ./config --redis localhost:6379
            """,
        version: version,
        subcommands: [
            ImportCommand.self, ValidateCommand.self, PlanCommand.self, ApplyCommand.self,
            StatusCommand.self, ForgetCommand.self, RunCommand.self, DoctorCommand.self,
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
                // A list of differences that could not be written is not a result.
                if failure.status == .differences { failure = unwritten }
            }
            if let message = failure.message { Console.complain(message) }
            exit(withError: ExitCode(failure.status.rawValue))
        } catch let code as ExitCode {
            try? Console.finish()
            exit(withError: code)
        } catch {
            end(with: error)
        }
    }

    /// Ends the program with what ArgumentParser has to say: help and the version, or what is wrong with the arguments,
    /// which may repeat them.
    private static func end(with error: any Error) -> Never {
        let code = exitCode(for: error)
        let text = fullMessage(for: error)
        guard code.isSuccess else {
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            Console.report(lines.map { PlainText.escaped(String($0)) }.joined(separator: "\n") + "\n")
            exit(withError: code)
        }
        Console.write(text + "\n")
        do { try Console.finish() } catch {
            Console.complain(error.message ?? "")
            exit(withError: ExitCode(error.status.rawValue))
        }
        exit(withError: code)
    }
}
