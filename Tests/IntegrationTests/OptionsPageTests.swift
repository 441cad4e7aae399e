import Foundation
import TestSupport
import Testing

/// `docs/options.md`, which is made of the argument definitions of the program.
struct OptionsPageTests {
    /// What the program says of itself as JSON (ArgumentParser, `--experimental-dump-help`).
    private struct Help: Decodable {
        struct Command: Decodable {
            let commandName: String
            let abstract: String?
            let discussion: String?
            let arguments: [Argument]?
            let subcommands: [Command]?
        }

        struct Argument: Decodable {
            struct Name: Decodable {
                let kind: String
                let name: String
            }

            let kind: String
            let names: [Name]?
            let valueName: String?
            let abstract: String?
            let defaultValue: String?
            let shouldDisplay: Bool
        }

        let command: Command
    }

    private func section(_ command: Help.Command, path: [String]) -> String {
        if command.commandName == "help" { return "" }
        let name = (path + [command.commandName]).joined(separator: " ")
        var text = "## \(name)\n\n\(command.abstract ?? "")\n\n"
        if let discussion = command.discussion, !path.isEmpty {
            text += discussion.split(separator: "\n").joined(separator: "\n") + "\n\n"
        }
        let shown = (command.arguments ?? []).filter { argument in
            argument.shouldDisplay
                && !(argument.names ?? []).contains { ["help", "version"].contains($0.name) }
        }
        if !shown.isEmpty {
            text += "| option | meaning | default |\n| --- | --- | --- |\n"
            text += shown.map(row).joined() + "\n"
        }
        return text
            + (command.subcommands ?? []).map { section($0, path: path + [command.commandName]) }.joined()
    }

    private func row(_ argument: Help.Argument) -> String {
        let value = argument.valueName.map { "<\($0)>" } ?? ""
        let names = (argument.names ?? []).map { $0.kind == "short" ? "-\($0.name)" : "--\($0.name)" }
        let option =
            switch argument.kind {
            case "positional": value
            case "flag": names.joined(separator: ", ")
            default: names.joined(separator: ", ") + " \(value)"
            }
        let meaning = (argument.abstract ?? "").replacing("\n", with: " ").replacing("|", with: "\\|")
        let standard = (argument.defaultValue ?? "").replacing("|", with: "\\|")
        return "| `\(option.replacing("|", with: "\\|"))` | \(meaning) | \(standard) |\n"
    }

    @Test("The page lists every command and option as the program defines them")
    func page() throws {
        let dump = try reedImport("--experimental-dump-help")
        #expect(dump.status == 0)
        let help = try JSONDecoder().decode(Help.self, from: Data(dump.output.utf8))
        let page =
            "# Commands and options\n\nMade from the argument definitions; `reed-import help COMMAND` says the same.\n\n"
            + section(help.command, path: [])
        let path = Fixtures.root + "/docs/options.md"
        let text = page.trimmingCharacters(in: .newlines) + "\n"
        if ProcessInfo.processInfo.environment["REED_UPDATE_FIXTURES"] == "1" {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
        #expect(text.contains("## reed-import plan\n"))
        #expect(text.contains("--max-delete"))
    }
}
