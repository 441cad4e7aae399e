import ConfigImport
import FoundationEssentials
import GraphSync
import RedisProtocol
import RedisStore
import SystemSupport
import UCG

/// JSON for programs; docs/report.md describes summaries and plans.
struct JSONReporter: Reporter {
    /// Whether a change of the plan was printed.
    private var hasChange = false

    // MARK: - Summaries

    func report(_ summary: Summary) { Console.write(Self.json(summary)) }

    /// The summary as one JSON object and a line's end.
    static func json(_ summary: Summary) -> [UInt8] {
        line { json in
            json.member("status", "ok")
            if let target = summary.outcome.target { write(target, to: &json) }
            json.key("kinds")
            json.object { json in
                for line in summary.lines {
                    json.key(JSONKey(line.name))
                    write(line, to: &json)
                }
            }
            json.key("total")
            write(summary.total, to: &json)
            json.member("bytes", summary.byteCount)
            if !summary.existing.isEmpty {
                json.key("existing")
                json.array { for name in summary.existing { $0.string(name) } }
            }
            if let result = summary.outcome.result {
                json.member("visibility", result.visibility.word)
                json.member("adopted", result.adopted)
                json.member("leftovers", result.leftovers)
                write(result.graphKeys, to: &json)
            }
            if let verified = summary.outcome.verified { json.member("verified", verified) }
            if let writing = summary.outcome.writing {
                json.member("writing_seconds", number: writing.secondsText)
            }
            json.member("entities_per_second", summary.entitiesPerSecond)
        }
    }

    /// The report of a run that failed, as one JSON object and a line's end.
    static func json(_ failure: Failure, _ target: ImportTarget?) -> [UInt8] {
        line { json in
            json.member("status", "failed")
            json.member("exit_code", Int(failure.status.rawValue))
            json.member("message", failure.message ?? "")
            if let target { write(target, to: &json) }
        }
    }

    private static func write(_ line: Summary.Line, to json: inout JSONWriter) {
        json.object { json in
            json.member("files", line.counts.files)
            json.member("rows", line.counts.rows)
            json.member("entities", line.counts.entities)
            for (name, value) in line.changes?.done ?? [] { json.member(JSONKey(name), value) }
            json.member("seconds", number: line.counts.duration.secondsText)
        }
    }

    private static func write(_ target: ImportTarget, to json: inout JSONWriter) {
        json.key("target")
        json.object { json in
            json.member("server", target.address.description)
            json.member("source", target.source.name)
            json.member("key_prefix", target.source.keyPrefix)
        }
    }

    private static func line(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
        var json = JSONWriter()
        json.object(body)
        return json.bytes + [UInt8(ascii: "\n")]
    }

    // MARK: - Plans

    mutating func report(_ planned: PlannedChange, in plan: PlanHeading) {
        var json = JSONWriter()
        json.object { Self.write(planned, in: plan, to: &$0) }
        begin(plan)
        Console.write((hasChange ? ",\n" : "\n") + String(decoding: json.bytes, as: UTF8.self))
        hasChange = true
    }

    mutating func finish(_ plan: SyncPlan, in heading: PlanHeading) {
        begin(heading)
        var json = JSONWriter()
        json.object { json in
            for (name, counts) in plan.countsByKind {
                json.key(JSONKey(name))
                Self.write(counts, to: &json)
            }
            json.key("total")
            Self.write(plan.total, to: &json)
        }
        Console.write("],\"counts\":")
        Console.write(json.bytes)
        var keys = JSONWriter()
        keys.object { Self.write(plan.graphKeys, to: &$0) }
        Console.write("," + String(decoding: keys.bytes, as: UTF8.self).dropFirst() + "\n")
    }

    private static func write(_ update: GraphKeyUpdate, to json: inout JSONWriter) {
        json.key("graph_keys")
        json.object { json in
            json.member("before", update.before.finished.rawValue)
            json.member("now", update.now.rawValue)
            json.member("unfinished", !update.before.isCertain)
            json.member("unchanged_entities", update.rewritten)
        }
    }

    /// Prints what comes before the first change.
    private func begin(_ plan: PlanHeading) {
        guard !hasChange else { return }
        var json = JSONWriter()
        json.beginObject()
        Self.write(plan.target, to: &json)
        json.key("changes")
        json.beginArray()
        Console.write(json.bytes)
    }

    private static func write(_ planned: PlannedChange, in plan: PlanHeading, to json: inout JSONWriter) {
        json.member("key", planned.key.description)
        if let label = planned.label { json.member("label", label) }
        if let origin = planned.origin {
            json.member("file", plan.paths[Int(origin.file)])
            json.member("line", Int(origin.line))
        }
        switch planned.change {
        case .create: json.member("action", "create")
        case .delete: json.member("action", "delete")
        case .unchanged: json.member("action", "none")
        case .conflict(let reason):
            json.member("action", "conflict")
            json.member("reason", reason)
        case .update:
            json.member("action", "update")
            if let expiry = planned.expiry { json.member("expires_in_ms", expiry) }
            json.key("members")
            json.array { json in
                for member in planned.members { write(member, to: &json) }
            }
        }
    }

    private static func write(_ member: EntityDifference.Member, to json: inout JSONWriter) {
        json.object { json in
            json.member("name", member.name)
            for (name, value) in [("old", member.stored), ("new", member.wanted)] {
                guard let value else { continue }
                json.key(JSONKey(name))
                JSONText.minify(value.description.utf8.span, into: &json)
            }
        }
    }

    private static func write(_ counts: ChangeCounts, to json: inout JSONWriter) {
        json.object { json in
            json.member("create", counts.created)
            json.member("update", counts.updated)
            json.member("delete", counts.deleted)
            json.member("unchanged", counts.unchanged)
            json.member("conflict", counts.conflicts)
        }
    }

    // MARK: - Lists

    func report(_ sources: [SourceStatus], on address: RedisAddress) {
        var json = JSONWriter()
        json.array { json in
            for source in sources { json.object { Self.write(source, on: address, to: &$0) } }
        }
        Console.write(json.bytes + [UInt8(ascii: "\n")])
    }

    private static func write(
        _ source: SourceStatus, on address: RedisAddress, to json: inout JSONWriter
    ) {
        let last = source.last
        json.member("source", source.name)
        json.member("server", address.description)
        json.key("types")
        json.array { json in
            for type in source.types { json.string(type) }
        }
        json.member("started", orNull: last.started?.description)
        json.member("finished", orNull: last.finished?.description)
        json.key("age_seconds")
        if let age = source.age { json.integer(Int(max(0, age) / 1000)) } else { json.null() }
        json.member("entities", last.entities)
        for (name, number) in last.counts.done where name != "conflicts" {
            json.member(JSONKey(name), number)
        }
        json.member("seconds", last.seconds)
        json.member("host", last.host)
        json.member("version", last.version)
        json.member("digest", last.digest)
        json.member("running", source.lock != nil)
    }

    func report(list value: some Encodable, table: () -> String) {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // What this program lists are texts, numbers and dates, all of which JSON has.
        if let json = try? encoder.encode(value) { Console.write(Array(json) + [UInt8(ascii: "\n")]) }
    }
}
