import RedisProtocol
import UCG

extension AtomicWrite {
    /// The commands that scripts guard, in their order, and what the results mean.
    ///
    /// `MSET` of the gate and the guards; the checks; the script that admits the first `MSETNX`, and that; the script
    /// that opens the gate; the deletions; the graph keys; the other `MSETNX`; `DEL` of the gate and the guards, which is all that
    /// happens if something has failed. `MSETNX` finds out for itself whether a key exists, so that what the first one
    /// creates need not be checked.
    struct Guarded {
        private let write: AtomicWrite
        private let gate: [UInt8]
        private let checks: [RedisCommand]
        private let first: GuardedCreation
        private let deletions: [RedisCommand]
        /// What happens to graph keys.
        private let graphKeys: [RedisCommand]
        private let others: [GuardedCreation]

        fileprivate init(_ write: AtomicWrite) {
            self.write = write
            let changes = write.changes
            let gate = Array("\(write.guardPrefix)gate".utf8)
            let created = GuardedCreation.groups(of: changes.created)
            let later = created.dropFirst() + GuardedCreation.groups(of: changes.updated)
            func creation(_ number: Int, _ batches: [MutationBatch]) -> GuardedCreation {
                GuardedCreation(guardKey: Array("\(write.guardPrefix)\(number)".utf8), batches: batches)
            }
            first = creation(0, created.first ?? [])
            others = later.enumerated().map { creation($0 + 1, $1) }
            self.gate = gate
            var checks: [RedisCommand] = []
            func check(_ keys: [[UInt8]], _ values: ComparedValues?) {
                for range in Self.parts(of: keys.count) {
                    let passed = [checks.count, checks.count + 1].map { Array(String($0).utf8) }
                    checks.append(
                        AtomicScript.check.command(
                            [gate] + keys[range], arguments: passed, values: values?[range] ?? [],
                            valueCount: values == nil ? 0 : range.count))
                }
            }
            let updated = changes.updated.flatMap(\.keyNames)
            check(created.dropFirst().joined().flatMap(\.keyNames), nil)
            check(updated, changes.updatedValues)
            check(changes.deleted, changes.deletedValues)
            check(write.graphKeys.absent, nil)
            self.checks = checks
            let commands = write.graphKeys.commands
            graphKeys = Self.parts(of: commands.count).map {
                AtomicScript.carryOut(commands[$0], behind: gate)
            }
            let gone = updated + changes.deleted
            deletions = Self.parts(of: gone.count).map { AtomicScript.delete.command([gate] + gone[$0]) }
        }

        private static func parts(of count: Int) -> [Range<Int>] {
            stride(from: 0, to: count, by: AtomicScript.keyCount).map {
                $0..<min($0 + AtomicScript.keyCount, count)
            }
        }

        /// The transaction, which has an effect only while `lock` is held.
        func transaction(_ lock: ImportLock) -> Transaction {
            var transaction = Transaction()
            let guards = [first.guardKey] + others.map(\.guardKey)
            let guarding = [(key: gate, value: Array("0".utf8))] + guards.map { (key: $0, value: []) }
            transaction.append(RedisCommand("MSET", pairs: guarding))
            for check in checks { transaction.append(check) }
            transaction.append(admission(lock))
            transaction.append(first)
            transaction.append(opening)
            for deletion in deletions { transaction.append(deletion) }
            for command in graphKeys { transaction.append(command) }
            for creation in others { transaction.append(creation) }
            transaction.append(RedisCommand("DEL", keys: [gate] + guards))
            return transaction
        }

        /// The keys of the records, each once, with the command that reads keys of its type.
        private var records: [(key: [UInt8], reader: String)] {
            var records: [(key: [UInt8], reader: String)] = []
            for record in write.records where !records.contains(where: { $0.key == record.key }) {
                records.append((record.key, record.reader))
            }
            return records
        }

        private func admission(_ lock: ImportLock) -> RedisCommand {
            AtomicScript.admit.command(
                [Array(lock.key.utf8), gate, first.guardKey] + records.map(\.key),
                arguments: [lock.value, Array(String(checks.count).utf8)]
                    + records.map { Array($0.reader.utf8) })
        }

        private var opening: RedisCommand {
            let keys = records.map(\.key)
            var arguments = [Array(String(keys.count).utf8)]
            for record in write.records {
                let number = (keys.firstIndex(of: record.key) ?? 0) + 1
                arguments.append(Array(String(record.arguments.count + 2).utf8))
                arguments.append(Array(record.name.utf8))
                arguments.append(Array(String(number).utf8))
                arguments += record.arguments
            }
            return AtomicScript.open.command(
                [first.guardKey, gate] + keys + others.map(\.guardKey),
                arguments: arguments)
        }

        /// What the results of the transaction mean.
        ///
        /// - Throws: If nothing was written for another reason than a key that has changed.
        func ending(_ results: ReplyList) throws(RedisError) -> Ending {
            let admitted = 1 + checks.count
            for index in 1...admitted {
                switch try AtomicScript.Answer(results[index]) {
                case .done: continue
                case .changed: return .aborted
                case .lockLost: throw ImportLock.lost
                case .failed(let failure): throw failure
                }
            }
            switch try first.outcome(results[admitted + 1]) {
            case .created: break
            case .refused: return .aborted
            case .failed(let failure): throw failure
            }
            let (opened, firstOther) = (
                admitted + 2, admitted + 3 + deletions.count + graphKeys.count
            )
            for index in opened..<firstOther {
                switch try AtomicScript.Answer(results[index]) {
                case .done: continue
                case .failed(let failure): return .partial(failure)
                case .changed, .lockLost:
                    throw RedisError.unexpectedReply(to: "EVAL")
                }
            }
            for (index, creation) in others.enumerated() {
                switch try creation.outcome(results[firstOther + index]) {
                case .created: continue
                case .refused: throw RedisError.unexpectedReply(to: "MSETNX")
                case .failed(let failure): return .partial(failure)
                }
            }
            return .done
        }
    }

    /// The transaction that scripts guard.
    var guarded: Guarded { Guarded(self) }
}
