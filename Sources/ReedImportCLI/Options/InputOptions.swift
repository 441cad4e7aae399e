import ArgumentParser
import CSV
import ConfigImport
import FoundationEssentials
import RedisProtocol
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

    @Flag(
        help:
            "Accept references to entities that the directory does not have if Redis holds them; without Redis, with a warning."
    )
    var allowExisting = false

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
        if allowExisting { arguments.append("--allow-existing") }
        if keepColumns { arguments.append("--keep-columns") }
        return arguments
    }

    private var absoluteDirectory: String {
        directory.hasPrefix("/") ? directory : FileManager.default.currentDirectoryPath + "/" + directory
    }

    /// Checks the directory and reports its problems.
    ///
    /// - Parameters:
    ///   - isQuiet: Whether notes are left out.
    ///   - lookup: Where references are looked for that the directory does not satisfy, if that is allowed.
    /// - Returns: The configuration, if it has no errors.
    func check(
        _ reporter: any Reporter, isQuiet: Bool, _ progress: Progress, lookup: ReferenceLookup? = nil
    ) throws -> Configuration {
        var options = options(progress)
        var check = try check(options, progress)
        if let lookup, check.configuration != nil, !check.unsatisfied.isEmpty {
            do throws(RedisError) {
                options.existing = .found(try lookup.find(check.unsatisfied, types: check.types))
            } catch {
                throw Failure(error, progress: "nothing written")
            }
            check = try self.check(options, progress)
        }
        return try report(check, to: reporter, isQuiet: isQuiet)
    }

    private func options(_ progress: Progress) -> ImportOptions {
        var options = ImportOptions()
        options.delimiter = csv.delimiter.byte
        options.limits = csv.limits
        options.isStrict = strict
        options.allowsDangling = allowDangling
        options.existing = allowExisting ? .unknown : .refused
        options.keepsColumns = keepColumns
        options.onRows = { progress.add($0) }
        options.isInterrupted = { Interruption.signal != 0 }
        return options
    }

    private func check(_ options: ImportOptions, _ progress: Progress) throws(Failure) -> Configuration.Check
    {
        progress.begin("checking")
        defer { progress.end() }
        do throws(InputError) {
            return try Configuration.check(directory, options)
        } catch {
            throw Failure(error, progress: error.kind == .interrupted ? "nothing written" : nil)
        }
    }

    /// Reports the problems of the directory.
    private func report(
        _ check: Configuration.Check, to reporter: any Reporter, isQuiet: Bool
    ) throws(Failure) -> Configuration {
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
