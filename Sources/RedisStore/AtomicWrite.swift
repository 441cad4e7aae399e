import GraphSync
import UCG

/// One transaction of a whole plan: all changes take effect at once, or none does.
///
/// Whatever another program has written to one of the keys since they were compared aborts it. There are two ways. As
/// a rule a script checks the keys within the transaction (``AtomicScript``), which takes time in proportion to them.
/// For a user who may not run scripts, or may write by `SET` only, the keys are watched and read once more.
struct AtomicWrite {
    /// How it ended.
    enum Ending: Equatable {
        /// Everything was carried out.
        case done
        /// Nothing was: a key has changed.
        case aborted
        /// Everything else was, but a command failed.
        case partial(RedisError)
    }

    /// The changes of entities.
    let changes: AtomicChanges
    /// The records that are written with them.
    let records: [RecordCommand]
    /// What the guard keys begin with.
    let guardPrefix: String

    /// The most keys that one script can be given by every supported server.
    static let mostScriptKeys = 500_000
    /// The most keys that are watched without being asked for: it takes time by their square up to Redis 8.
    static let mostWatchedKeys = 4000

    // MARK: - Guarded by a script

    /// Lets the server queue the transaction that a script guards.
    ///
    /// - Parameter lock: Its record and key are checked by the script too.
    func guarded(by lock: ImportLock) -> Transaction {
        var transaction = Transaction()
        var groups = changes.written
        let guards = groups.indices.map { Array("\(guardPrefix)\($0)".utf8) }
        if !guards.isEmpty {
            transaction.append(.command([Array("MSET".utf8)] + guards.flatMap { [$0, []] }))
        }
        transaction.append(check(guards, lock))
        for index in groups.indices {
            groups[index].batch.step = .create
            groups[index].batch.guardKey = guards[index]
            transaction.append(groups[index].batch)
        }
        if !guards.isEmpty { transaction.append(.command([Array("DEL".utf8)] + guards)) }
        return transaction
    }

    /// What the results of a transaction that a script guards mean.
    ///
    /// - Throws: If nothing was written for another reason than a key that has changed.
    func ending(ofGuarded results: ReplyList) throws(RedisError) -> Ending {
        let groups = changes.written
        let first = groups.isEmpty ? 0 : 1
        switch try AtomicScript.Answer(results[first]) {
        case .changed: return .aborted
        case .lockLost: throw ImportLock.lost
        case .failed(let failure): throw failure
        case .done: break
        }
        for (index, group) in groups.enumerated() {
            switch results[first + 1 + index] {
            case .integer(1): continue
            case .error(let text):
                var failure = ServerError(text).asFailure
                failure.origin = group.batch.entries.first?.origin
                return .partial(failure)
            default: throw RedisError(.protocolViolation, "an unexpected reply to MSETNX")
            }
        }
        return .done
    }

    private func check(_ guards: [[UInt8]], _ lock: ImportLock) -> [UInt8] {
        var recordKeys: [String] = []
        for record in records where !recordKeys.contains(record.key) { recordKeys.append(record.key) }
        let new = changes.created.reduce(0) { $0 + $1.batch.entries.count }
        let old = changes.keyCount - new
        var keys: [[UInt8]] = [Array(lock.key.utf8)] + recordKeys.map { Array($0.utf8) } + guards
        keys.reserveCapacity(keys.count + changes.keyCount)
        for group in changes.written { group.batch.forEachKey { keys.append($0) } }
        keys += changes.deleted
        var arguments: [[UInt8]] = [lock.value]
        for number in [recordKeys.count, guards.count, new, old] {
            arguments.append(Array(String(number).utf8))
        }
        arguments.append(changes.updated.flatMap(\.digests) + changes.deletedDigests)
        for record in records {
            let number = (recordKeys.firstIndex(of: record.key) ?? 0) + 1
            arguments.append(Array(String(record.arguments.count + 2).utf8))
            arguments.append(Array(record.name.utf8))
            arguments.append(Array(String(number).utf8))
            arguments += record.arguments
        }
        return .command(
            [Array("EVAL".utf8), Array(AtomicScript.text.utf8), Array(String(keys.count).utf8)] + keys
                + arguments)
    }

    // MARK: - Guarded by WATCH

    /// The commands that watch and read keys, a group at a time, with what each is expected to hold.
    var watches: [(commands: [[UInt8]], expected: Expectation)] {
        var watches: [(commands: [[UInt8]], expected: Expectation)] = []
        for group in changes.written {
            watches.append(
                (
                    [group.batch.watchCommand, group.batch.readCommand],
                    Expectation(count: group.batch.entries.count, digests: group.digests[...])
                ))
        }
        let length = [UInt8].sha1Length
        for start in stride(from: 0, to: changes.deleted.count, by: AtomicChanges.groupCount) {
            let keys = changes.deleted[start..<min(start + AtomicChanges.groupCount, changes.deleted.count)]
            let digests = changes.deletedDigests[(start * length)..<((start + keys.count) * length)]
            watches.append(
                (
                    [.command([Array("WATCH".utf8)] + keys), .command([Array("MGET".utf8)] + keys)],
                    Expectation(count: keys.count, digests: digests)
                ))
        }
        return watches
    }

    /// What keys are expected to hold.
    struct Expectation {
        let count: Int
        /// The SHA-1 of each value; empty if none of the keys exists.
        let digests: ArraySlice<UInt8>

        /// Whether the keys hold it.
        ///
        /// - Parameter values: The reply to `MGET`.
        /// - Throws: If it is none.
        func holds(_ values: RedisReply) throws(RedisError) -> Bool {
            guard case .array(let values) = values, values.count == count else {
                throw RedisError(.protocolViolation, "an unexpected reply to MGET")
            }
            if digests.isEmpty { return values.indices.allSatisfy { values.isNull(at: $0) } }
            var found: [UInt8] = []
            for index in values.indices {
                let isText: Void? = values.withText(at: index) { found.appendSHA1(of: $0) }
                if isText == nil { return false }
            }
            return found[...] == digests
        }
    }

    /// The transaction after keys were watched and found as expected.
    func watched() -> Transaction {
        var transaction = Transaction()
        for group in changes.written { transaction.append(group.batch) }
        for start in stride(from: 0, to: changes.deleted.count, by: AtomicChanges.groupCount) {
            let keys = changes.deleted[start..<min(start + AtomicChanges.groupCount, changes.deleted.count)]
            transaction.append(.command([Array("DEL".utf8)] + keys))
        }
        for record in records { transaction.append(record) }
        return transaction
    }

    /// What the results of a transaction after `WATCH` mean.
    func ending(ofWatched results: ReplyList) -> Ending {
        for case .error(let text) in results { return .partial(ServerError(text).asFailure) }
        return .done
    }
}
