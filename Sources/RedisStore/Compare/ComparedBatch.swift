import GraphSync
import RedisProtocol
import UCG

/// Entities, and in what they differ from what their keys hold.
struct ComparedBatch: Sendable {
    /// One entity that is not there as it should be.
    struct Finding: Sendable {
        /// Its number in the batch.
        let index: Int
        let change: Change
        /// What its key holds; `nil` if it holds nothing, or no string.
        let stored: [UInt8]?
        /// After how many milliseconds the key vanishes; `nil` if it does not.
        var expiry: Int?
    }

    /// All of the entities.
    var batch: WriteBatch
    /// Those that are not there as they should be, in the order of the batch.
    let findings: [Finding]

    /// Compares.
    ///
    /// - Parameters:
    ///   - values: What the keys hold, in the order of the entities.
    ///   - taken: The numbers of entities whose keys hold something that is no string.
    ///   - expiring: After how many milliseconds keys vanish, by the numbers of their entities.
    /// - Complexity: O(*n*) in the bytes of both.
    init(_ batch: consuming WriteBatch, with values: ReplyList, taken: Set<Int>, expiring: [Int: Int] = [:]) {
        var findings: [Finding] = []
        for index in values.indices {
            let expiry = expiring.isEmpty ? nil : expiring[index]
            let change = values.withString(at: index) { stored in
                let change = batch.withValue(at: index) { Change(stored: stored, wanted: $0) }
                // An entity does not expire, so it is written again without.
                guard case .unchanged = change, expiry != nil else { return change }
                return EntityDifference(stored: stored).map { .update($0) } ?? change
            }
            switch change {
            case .some(.unchanged): continue
            case .some(let change):
                guard case .bulkString(let stored) = values[index] else { continue }
                findings.append(Finding(index: index, change: change, stored: stored, expiry: expiry))
            case nil:
                let change = taken.contains(index) ? Change.otherType : .create
                findings.append(Finding(index: index, change: change, stored: nil))
            }
        }
        self.findings = findings
        self.batch = batch
    }

    /// How many entities are there as they should be.
    var unchangedCount: Int { batch.entries.count - findings.count }

    /// Goes through all entities, whether they are there as they should be or not.
    func forEach(_ body: (Finding) throws -> Void) rethrows {
        var next = 0
        for finding in findings {
            for index in next..<finding.index {
                try body(Finding(index: index, change: .unchanged, stored: nil))
            }
            try body(finding)
            next = finding.index + 1
        }
        for index in next..<batch.entries.count {
            try body(Finding(index: index, change: .unchanged, stored: nil))
        }
    }
}
