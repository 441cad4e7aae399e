import ConfigImport
import GraphSync
import RedisStore
import UCG

/// The result of an import, apart from reading.
struct ImportOutcome {
    /// Where the entities went; `nil` if no server was written to.
    var target: ImportTarget?
    /// What became of the entities; `nil` if no server was written to.
    var result: SyncResult?
    /// How many entities were read back and found right, if they were.
    var verified: Int?
    /// How long it took from the lock to the last reply, if anything was to be written.
    var writing: Duration?
}

/// What a run did, a line for each kind.
struct Summary {
    private let counts: [Kind: KindCounts]
    private let byteCount: Int
    private let outcome: ImportOutcome

    init(_ counts: [Kind: KindCounts], byteCount: Int, _ outcome: ImportOutcome = ImportOutcome()) {
        self.counts = counts
        self.byteCount = byteCount
        self.outcome = outcome
    }

    /// Prints the summary to standard output.
    func print(_ format: OutputOptions.Format) {
        switch format {
        case .text: Console.write(text)
        case .json: Console.write(json)
        case .github: Console.write(Annotation.notice(sentence))
        }
    }

    private var total: KindCounts {
        counts.values.reduce(into: KindCounts()) { total, kind in
            total.files += kind.files
            total.rows += kind.rows
            total.entities += kind.entities
            total.duration += kind.duration
        }
    }

    // MARK: - Text

    private var text: String {
        let hasResult = outcome.result != nil
        var lines = [
            ["kind", "files", "rows", "entities"]
                + (hasResult ? ["created", "updated", "unchanged", "deleted", "conflicts"] : []) + ["seconds"]
        ]
        for kind in KindRegistry.builtIn.kinds {
            lines.append(
                line(
                    kind.name, counts: counts[kind] ?? KindCounts(),
                    changes: outcome.result?.counts[kind.types[0]] ?? ChangeCounts()))
        }
        lines.append(line("total", counts: total, changes: outcome.result?.total ?? ChangeCounts()))
        return Table.text(lines, [.left] + Array(repeating: .right, count: lines[0].count - 1)) + sentences
    }

    private func line(_ name: String, counts: KindCounts, changes: ChangeCounts) -> [String] {
        var numbers = [counts.files, counts.rows, counts.entities]
        if outcome.result != nil { numbers += Self.members(changes).map(\.value) }
        return [name] + numbers.map(String.init) + [Self.seconds(counts.duration)]
    }

    /// All numbers in one line.
    private var sentence: String {
        let total = total
        let head = "\(total.entities) entities of \(total.rows) rows in \(count(total.files, "file"))"
        guard let changes = outcome.result?.total else { return head }
        let target = outcome.target.map { "; target: \(PlainText.escaped($0.description))" } ?? ""
        return head + ": "
            + Self.members(changes).map { "\($0.value) \($0.name)" }.joined(separator: ", ") + target
    }

    private var sentences: String {
        var text = ""
        if let result = outcome.result {
            let seconds = max(0.001, total.duration / .seconds(1))
            let changes = count(result.total.changed, "change")
            switch result.visibility {
            case .unchanged: text += "no changes"
            case .atomic: text += "\(changes) in one transaction"
            case .batches: text += "\(changes) in batches"
            }
            text += "; \(humanSize(byteCount)), \(Int(Double(total.entities) / seconds)) entities/s\n"
            if result.adopted > 0 {
                text +=
                    "\(count(result.adopted, "entity", plural: "entities")) taken over from other sources\n"
            }
        }
        if let target = outcome.target { text += "target: \(PlainText.escaped(target.description))\n" }
        if let verified = outcome.verified {
            text += "verified: \(verified) entities read back and compared\n"
        }
        return text
    }

    /// Seconds with three decimals.
    private static func seconds(_ duration: Duration) -> String {
        let milliseconds = Int((duration / .milliseconds(1)).rounded())
        return "\(milliseconds / 1000).\(String(1000 + milliseconds % 1000).dropFirst())"
    }

    private static func members(_ counts: ChangeCounts) -> [(name: String, value: Int)] {
        [
            ("created", counts.created), ("updated", counts.updated), ("unchanged", counts.unchanged),
            ("deleted", counts.deleted), ("conflicts", counts.conflicts),
        ]
    }

    // MARK: - JSON

    /// The summary as one JSON object and a line's end; docs/report.md describes it.
    var json: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("status")
        json.string("ok")
        if let target = outcome.target {
            json.key("target")
            target.write(to: &json)
        }
        json.key("kinds")
        json.beginObject()
        for kind in KindRegistry.builtIn.kinds {
            json.key(JSONKey(kind.name))
            write(counts[kind] ?? KindCounts(), outcome.result?.counts[kind.types[0]], to: &json)
        }
        json.endObject()
        json.key("total")
        write(total, outcome.result?.total, to: &json)
        json.key("bytes")
        json.integer(byteCount)
        if let result = outcome.result {
            json.key("visibility")
            switch result.visibility {
            case .unchanged: json.string("unchanged")
            case .atomic: json.string("atomic")
            case .batches: json.string("batches")
            }
            json.key("adopted")
            json.integer(result.adopted)
            json.key("leftovers")
            json.integer(result.leftovers)
        }
        if let verified = outcome.verified {
            json.key("verified")
            json.integer(verified)
        }
        if let writing = outcome.writing {
            json.key("writing_seconds")
            json.number(Self.seconds(writing).utf8.span)
        }
        json.key("entities_per_second")
        json.integer(Int(Double(total.entities) / max(0.001, total.duration / .seconds(1))))
        json.endObject()
        return json.bytes + [UInt8(ascii: "\n")]
    }

    private func write(_ counts: KindCounts, _ changes: ChangeCounts?, to json: inout JSONWriter) {
        json.beginObject()
        json.key("files")
        json.integer(counts.files)
        json.key("rows")
        json.integer(counts.rows)
        json.key("entities")
        json.integer(counts.entities)
        if let changes {
            for (name, value) in Self.members(changes) {
                json.key(JSONKey(name))
                json.integer(value)
            }
        }
        json.key("seconds")
        json.number(Self.seconds(counts.duration).utf8.span)
        json.endObject()
    }
}
