import ArgumentParser
import ConfigImport
import GraphSync
import RedisProtocol
import RedisStore
import UCG

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows when every source was imported last, and writes nothing.",
        discussion: """
            With --max-age it is an alarm: it fails if a source's last successful import is older, or if there \
            is none.

            Exits 0 if all is well, 2 if an import is too old; else as import does: 64 on wrong options; 66 if \
            the password file cannot be read; 69 if Redis cannot be reached; 75 if it cannot answer now; 76 if \
            it is not Redis; 77 if it does not let this user in; 71 and 74 on failures of the system.
            """)

    @OptionGroup(title: "Redis options") var redis: RedisArguments

    @Option(help: ArgumentHelp("What every key begins with.", valueName: "text"))
    var keyPrefix = ""

    @Option(help: ArgumentHelp("Look at this source only.", valueName: "name"))
    var source: String?

    @Option(help: ArgumentHelp("Exit 2 if the last successful import is older: 26h, 2d.", valueName: "time"))
    var maxAge: LongTimeSpan?

    @Option(help: "How the status is printed.")
    var format = ListFormat.text

    func run() throws {
        var options = redis.options
        options.onNote = { Console.complain("note: \($0)") }
        let address = try redis.address()
        var sources: [SourceStatus]
        do throws(RedisError) {
            sources = try SourceStatus.all(on: address, keyPrefix: keyPrefix, options: options)
        } catch {
            throw Failure(error)
        }
        if let source { sources = sources.filter { $0.name == source } }
        format.reporter.report(sources, on: address)
        guard let maxAge else { return }
        let limit = Int64(maxAge.duration / .milliseconds(1))
        let early = sources.filter { ($0.age ?? 0) < -SourceStatus.mostFuture }
        guard early.isEmpty else {
            throw Failure(
                .differences,
                "the last import is in the future: \(early.map(\.name).joined(separator: ", ")); set this clock or that of the importer"
            )
        }
        let old = sources.filter { ($0.age ?? .max) > limit }
        if !old.isEmpty || sources.isEmpty {
            let names = old.map(\.name).joined(separator: ", ")
            throw Failure(
                .differences,
                sources.isEmpty
                    ? "no import was ever finished\(source.map { " of the source \($0)" } ?? "")"
                    : "the last successful import is older than \(maxAge.text), or there is none: \(names)")
        }
    }
}

extension SourceStatus {
    /// The milliseconds that two clocks may differ.
    static let mostFuture: Int64 = 60_000

    /// The milliseconds since the last import was finished; `nil` if none was.
    ///
    /// A negative number is a time to come, by this clock.
    var age: Int64? { last.finished.map { Timestamp.now.milliseconds - $0.milliseconds } }

    /// `42s`, `3h12m`, `2d4h`; `-` if no import was finished.
    var ageText: String {
        guard let milliseconds = age else { return "-" }
        if milliseconds < -Self.mostFuture { return "in the future" }
        let seconds = max(0, milliseconds / 1000)
        switch seconds {
        case ..<60: return "\(seconds)s"
        case ..<3600: return "\(seconds / 60)m\(seconds % 60)s"
        case ..<86_400: return "\(seconds / 3600)h\(seconds / 60 % 60)m"
        default: return "\(seconds / 86_400)d\(seconds / 3600 % 24)h"
        }
    }
}
