import ArgumentParser
import CSV
import ConfigImport
import FoundationEssentials
import SystemSupport

/// What is read, and how strictly.
struct InputOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The configuration directory.", valueName: "dir"), completion: .directory)
    var place: String?

    @Option(
        name: .customLong("csv"),
        help: ArgumentHelp("The same, as an option.", valueName: "dir"),
        completion: .directory)
    var option: String?

    /// The configuration directory.
    var directory: String { option ?? place ?? "" }

    func validate() throws {
        switch (place, option) {
        case (let place?, .some):
            throw ValidationError(
                "a directory is given twice, as '\(PlainText.escaped(place))' and by --csv; give one of them."
            )
        case (nil, nil):
            throw ValidationError("no configuration directory; give one: reed-import DIR, or --csv DIR.")
        case (nil, let option?):
            guard !option.isEmpty else { throw ValidationError("--csv is empty; give a directory.") }
        case (let place?, nil):
            guard FileStatus(path: place)?.isDirectory == true else {
                let names = ReedImport.configuration.subcommands.compactMap { $0.configuration.commandName }
                throw ValidationError(
                    "'\(PlainText.escaped(place))' is neither a command nor a directory"
                        + Suggestion.suffix(for: place, among: names) + ".")
            }
        }
    }

    @Flag(help: "Treat warnings as errors.")
    var strict = false

    @Flag(help: "Accept references to entities that do not exist, with a warning.")
    var allowDangling = false

    @Flag(help: "Keep columns of translations that are no locales as text.")
    var keepColumns = false

    @OptionGroup(title: "CSV options")
    var csv: CSVOptions

    /// The options that another run needs to read the same.
    var arguments: [String] {
        var arguments = ["--csv", absoluteDirectory, "--delimiter", csv.delimiter.defaultValueDescription]
        arguments += ["--max-record", String(csv.maxRecord.bytes), "--max-field", String(csv.maxField.bytes)]
        arguments += ["--max-columns", String(csv.maxColumns)]
        if strict { arguments.append("--strict") }
        if allowDangling { arguments.append("--allow-dangling") }
        if keepColumns { arguments.append("--keep-columns") }
        return arguments
    }

    private var absoluteDirectory: String {
        directory.hasPrefix("/") ? directory : FileManager.default.currentDirectoryPath + "/" + directory
    }

    /// Checks the directory and reports its problems.
    ///
    /// - Parameter isQuiet: Whether notes are left out.
    /// - Returns: The configuration, if it has no errors.
    func check(
        _ reporter: any Reporter, isQuiet: Bool, _ progress: Progress
    ) throws -> Configuration {
        var options = ImportOptions()
        options.delimiter = csv.delimiter.byte
        options.limits = csv.limits
        options.isStrict = strict
        options.allowsDangling = allowDangling
        options.keepsColumns = keepColumns
        options.onRows = { progress.add($0) }
        options.isInterrupted = { Interruption.signal != 0 }
        progress.begin("checking")
        let check: Configuration.Check
        do {
            check = try Configuration.check(directory, options)
        } catch {
            progress.end()
            throw Failure(error, progress: error.kind == .interrupted ? "nothing written" : nil)
        }
        progress.end()
        let renderer = IssueRenderer(delimiter: csv.delimiter.byte, help: OptionNames.help)
        for file in check.log.byFile {
            Console.report(renderer.text(of: file))
            reporter.report(file.issues)
        }
        if !isQuiet {
            for note in check.notes { Console.complain("note: \(note)") }
        }
        guard let configuration = check.configuration else {
            let errors = count(check.log.errorCount, "error")
            let warnings =
                check.log.warningCount > 0 ? " and " + count(check.log.warningCount, "warning") : ""
            throw Failure(.data, "\(errors)\(warnings) in \(directory)")
        }
        return configuration
    }
}
