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
        switch format {
        case .text: Console.write("\(PlainText.escaped(address.description))\n\n" + text(sources))
        case .json: Console.write(json(sources, address))
        }
        guard let maxAge else { return }
        let limit = Int64(maxAge.duration / .milliseconds(1))
        let early = sources.filter { ($0.age ?? 0) < -Self.mostFuture }
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

    /// How many milliseconds two clocks may differ.
    private static let mostFuture: Int64 = 60_000

    private func text(_ sources: [SourceStatus]) -> String {
        var lines = [["source", "finished", "age", "entities", "changes", "seconds", "host", "state"]]
        for source in sources {
            let last = source.last
            let state =
                source.lock.map { "import running since \($0.start) on \($0.host)/\($0.process)" } ?? "idle"
            lines.append(
                [
                    source.name, last.finished?.description ?? "never", source.age.map(Self.words) ?? "-",
                    String(last.entities), String(last.counts.changed), last.seconds, last.host, state,
                ].map(PlainText.escaped))
        }
        return Table.text(lines, [.left, .left, .right, .right, .right, .right, .left, .left])
    }

    /// `42s`, `3h12m`, `2d4h`.
    private static func words(_ milliseconds: Int64) -> String {
        if milliseconds < -mostFuture { return "in the future" }
        let seconds = max(0, milliseconds / 1000)
        switch seconds {
        case ..<60: return "\(seconds)s"
        case ..<3600: return "\(seconds / 60)m\(seconds % 60)s"
        case ..<86_400: return "\(seconds / 3600)h\(seconds / 60 % 60)m"
        default: return "\(seconds / 86_400)d\(seconds / 3600 % 24)h"
        }
    }

    private func json(_ sources: [SourceStatus], _ address: RedisAddress) -> [UInt8] {
        var json = JSONWriter()
        json.beginArray()
        for source in sources {
            json.beginObject()
            json.key("source")
            json.string(source.name)
            json.key("server")
            json.string(address.description)
            json.key("types")
            json.beginArray()
            for type in source.types { json.string(type) }
            json.endArray()
            for (name, time) in [("started", source.last.started), ("finished", source.last.finished)] {
                json.key(JSONKey(name))
                if let time { json.string(time.description) } else { json.null() }
            }
            json.key("age_seconds")
            if let age = source.age { json.integer(Int(max(0, age) / 1000)) } else { json.null() }
            for (name, number) in [
                ("entities", source.last.entities), ("created", source.last.counts.created),
                ("updated", source.last.counts.updated), ("unchanged", source.last.counts.unchanged),
                ("deleted", source.last.counts.deleted),
            ] {
                json.key(JSONKey(name))
                json.integer(number)
            }
            for (name, text) in [
                ("seconds", source.last.seconds), ("host", source.last.host),
                ("version", source.last.version),
                ("digest", source.last.digest),
            ] {
                json.key(JSONKey(name))
                json.string(text)
            }
            json.key("running")
            json.boolean(source.lock != nil)
            json.endObject()
        }
        json.endArray()
        return json.bytes + [UInt8(ascii: "\n")]
    }
}

extension SourceStatus {
    /// How many milliseconds ago the last import was finished; `nil` if none was.
    ///
    /// A negative number is a time to come, by this clock.
    fileprivate var age: Int64? { last.finished.map { Timestamp.now.milliseconds - $0.milliseconds } }
}
