import ArgumentParser
import FoundationEssentials
import GraphSync
import UCG

/// What is written of each entity beside its content.
struct EntityOptions: ParsableArguments {
    @Option(help: ArgumentHelp("What every key in Redis begins with.", valueName: "text"))
    var keyPrefix = ""

    @Option(help: ArgumentHelp("Who the entities are created by.", valueName: "name"))
    var createdBy = "system"

    @Option(
        help: ArgumentHelp(
            "When the entities are created, by RFC 3339 (default: SOURCE_DATE_EPOCH, else now).",
            valueName: "time"),
        transform: EntityOptions.time)
    var timestamp: Timestamp?

    @Option(
        help: ArgumentHelp(
            "Keys by which readers find entities: none, graph (names, paths, containers, references) or words (graph, and the words of texts). (default: those of this source's last import; none at first)",
            valueName: "setting"),
        transform: { text in
            guard let setting = GraphKeySetting(rawValue: text) else {
                throw ValidationError("expected none, graph or words")
            }
            return setting
        })
    var graphKeys: GraphKeySetting?

    func validate() throws {
        guard !createdBy.isEmpty else { throw ValidationError("--created-by is empty; give a name.") }
    }

    /// The stamp of this run: `--timestamp` before `SOURCE_DATE_EPOCH` before the clock.
    func stamp() throws(Failure) -> WriteStamp {
        WriteStamp(time: try Self.time(timestamp), author: createdBy)
    }

    /// A time as it is typed.
    static func time(_ text: String) throws -> Timestamp {
        guard let time = Timestamp(rfc3339: text) else {
            throw ValidationError("expected a time, for example 2026-01-31T02:00:00Z")
        }
        return time
    }

    /// A time that was given, before `SOURCE_DATE_EPOCH`, before the clock.
    static func time(_ given: Timestamp?) throws(Failure) -> Timestamp {
        if let given { return given }
        guard let epoch = ProcessInfo.processInfo.environment["SOURCE_DATE_EPOCH"], !epoch.isEmpty else {
            return .now
        }
        guard let seconds = Int64(epoch), let time = Timestamp(secondsSince1970: seconds) else {
            throw Failure(.usage, "SOURCE_DATE_EPOCH is '\(epoch)'; expected seconds since 1970")
        }
        return time
    }
}
