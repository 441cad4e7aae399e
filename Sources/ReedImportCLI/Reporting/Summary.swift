import ConfigImport
import GraphSync
import RedisStore

/// The result of an import, apart from reading.
struct ImportOutcome {
    /// Where the entities went; `nil` if no server was written to.
    var target: ImportTarget?
    /// The changes that were made; `nil` if no server was written to.
    var result: SyncResult?
    /// The number of entities that were read back and found right, if they were.
    var verified: Int?
    /// The time from the lock to the last reply, if anything was to be written.
    var writing: Duration?
}

/// What a run read and did, in numbers.
struct Summary {
    /// One kind, or all of them.
    struct Line {
        let name: String
        let counts: KindCounts
        /// The changes of its entities; `nil` if no server was written to.
        let changes: ChangeCounts?
    }

    /// A line for each kind.
    let lines: [Line]
    /// The total of all kinds.
    let total: Line
    /// The bytes of the files.
    let byteCount: Int
    /// The references to entities that Redis holds and the directory does not have.
    let existing: [String]
    let outcome: ImportOutcome

    /// The summary of a configuration.
    ///
    /// - Parameter counts: How much there is of each kind.
    init(
        _ configuration: Configuration, counts: [Kind: KindCounts]? = nil,
        _ outcome: ImportOutcome = ImportOutcome()
    ) {
        let counts = counts ?? configuration.counts
        byteCount = configuration.byteCount
        existing = configuration.existing
        self.outcome = outcome
        lines = configuration.kinds.map { kind in
            let changes = outcome.result.map { result in
                configuration.types(of: kind).reduce(ChangeCounts()) {
                    $0 + (result.counts[$1] ?? ChangeCounts())
                }
            }
            return Line(name: kind.name, counts: counts[kind] ?? KindCounts(), changes: changes)
        }
        total = Line(
            name: "total", counts: counts.values.reduce(KindCounts(), +), changes: outcome.result?.total)
    }

    /// The entities of each second, of reading and writing together.
    var entitiesPerSecond: Int {
        Int(Double(total.counts.entities) / max(0.001, total.counts.duration / .seconds(1)))
    }
}

extension ChangeCounts {
    /// The numbers with their names, for an import that was carried out.
    var done: [(name: String, value: Int)] {
        [
            ("created", created), ("updated", updated), ("unchanged", unchanged), ("deleted", deleted),
            ("conflicts", conflicts),
        ]
    }
}

extension SyncResult.Visibility {
    /// The word for it in a report.
    var word: String {
        switch self {
        case .unchanged: "unchanged"
        case .atomic: "atomic"
        case .batches: "batches"
        }
    }
}
