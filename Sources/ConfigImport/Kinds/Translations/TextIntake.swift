import SystemSupport
import Synchronization
import UCG

/// Takes in the texts of translations while they are read: another thread derives their ids and looks them up, a few
/// batches after they are read.
struct TextIntake: ~Copyable {
    /// A text whose identity an earlier one has.
    struct Duplicate: Sendable {
        let text: TextBatch.Text
        let key: [UInt8]
        /// Where the earlier one comes from.
        let earlier: EntityOrigin
        /// Whether both have the same value.
        let isSame: Bool
    }

    /// What the texts are entered in; only one thread at a time has it.
    struct Tables: Sendable {
        var identities = IdentityTable()
        var texts = TextTable()

        /// Enters texts, but for those whose identity is there already.
        mutating func append(_ batch: TextBatch) -> [Duplicate] {
            let ids = batch.ids()
            identities.fetch(ids)
            var duplicates: [Duplicate] = []
            for (index, text) in batch.texts.enumerated() {
                guard let other = identities.insert(ids[index], text.origin) else {
                    texts.append(text.entry, identity: identities.count - 1)
                    continue
                }
                duplicates.append(
                    Duplicate(
                        text: text, key: batch.key(of: index), earlier: identities.origin(of: other),
                        isSame: texts.entry(identity: other).value == text.entry.value))
            }
            return duplicates
        }
    }

    private final class Shared: Sendable {
        let tables: Mutex<Tables>

        init(_ tables: consuming Tables) { self.tables = Mutex(tables) }
    }

    private let shared: Shared
    private let worker: WorkerThread
    private var batch = TextBatch()
    private var pending: [Deferred<[Duplicate]>] = []

    /// Batches that may be under way.
    private static let mostPending = 3

    /// Takes the tables over until ``finish(_:_:_:)``.
    init(into tables: consuming Tables, worker: WorkerThread) {
        self.worker = worker
        shared = Shared(tables)
    }

    /// Adds a text whose id's name is `beginning` and `key`.
    ///
    /// - Parameter report: Called with each text that is there already, sooner or later.
    mutating func append(
        _ text: TextBatch.Text, named beginning: [UInt8], key: [UInt8], report: (Duplicate) -> Void
    ) {
        batch.append(text, named: beginning, key)
        guard batch.isFull else { return }
        handOver()
        if pending.count > Self.mostPending { settleFirst(report) }
    }

    /// Waits for everything, and returns the tables.
    mutating func finish(report: (Duplicate) -> Void) -> Tables {
        handOver()
        while !pending.isEmpty { settleFirst(report) }
        return shared.tables.withLock { tables in
            var finished = Tables()
            swap(&tables, &finished)
            return finished
        }
    }

    private mutating func handOver() {
        var full = TextBatch()
        swap(&full, &batch)
        let shared = shared
        pending.append(worker.submit(full) { batch in shared.tables.withLock { $0.append(batch) } })
    }

    private mutating func settleFirst(_ report: (Duplicate) -> Void) {
        for duplicate in pending.removeFirst().take() { report(duplicate) }
    }
}
