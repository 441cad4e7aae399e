import GraphSync
import UCG

/// Entities that were compared with what their keys hold.
struct ComparedBatch: Sendable {
    /// One entity, and how what is stored differs from it.
    struct Finding: Sendable {
        /// Its index in the batch.
        let index: Int
        /// What has to happen to it.
        let change: Change
        /// What its key holds; ``StoredEntity/absent`` for an entity that is as it should be, too.
        let stored: StoredEntity
        /// After how many milliseconds the key vanishes; `nil` if it does not.
        var expiry: Int?
    }

    /// All of the entities.
    var batch: MutationBatch
    /// Those that are not as they should be, in the order of the batch.
    let findings: [Finding]

    /// Compares the entities of a batch with what their keys hold.
    ///
    /// - Complexity: O(*n*) in the bytes of both.
    init(_ batch: consuming MutationBatch, with stored: StoredEntities) {
        var findings: [Finding] = []
        for index in stored.indices {
            let given = batch.mutations[index].given
            let difference = batch.withValue(at: index) {
                stored.difference(at: index, from: $0, given: given)
            }
            guard let difference else { continue }
            findings.append(
                Finding(
                    index: index, change: difference.change, stored: difference.stored,
                    expiry: stored.expiries[index]))
        }
        self.findings = findings
        self.batch = batch
    }

    /// The number of entities that are as they should be.
    var unchangedCount: Int { batch.count - findings.count }

    /// Passes every entity to `body`, whether it is as it should be or not.
    func forEach(_ body: (Finding) throws -> Void) rethrows {
        var next = 0
        func pass(to end: Int) throws {
            while next < end {
                try body(Finding(index: next, change: .unchanged, stored: .absent))
                next += 1
            }
        }
        for finding in findings {
            try pass(to: finding.index)
            try body(finding)
            next += 1
        }
        try pass(to: batch.count)
    }
}
