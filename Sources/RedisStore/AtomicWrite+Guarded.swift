import UCG

extension AtomicWrite {
    /// The commands that scripts guard, in their order, and what the results mean.
    ///
    /// `MSET` of the gate and the guards; the checks; the one that opens the gate; the deletions; the `MSETNX` of each
    /// group; `DEL` of the gate and the guards, which is all that happens if a check has failed.
    struct Guarded {
        private let write: AtomicWrite
        private let groups: [AtomicChanges.Group]
        private let gate: [UInt8]
        private let guards: [[UInt8]]
        private let checks: [[UInt8]]
        private let deletions: [[UInt8]]

        fileprivate init(_ write: AtomicWrite) {
            self.write = write
            let changes = write.changes
            groups = changes.written
            let gate = Array("\(write.guardPrefix)gate".utf8)
            self.gate = gate
            guards = groups.indices.map { Array("\(write.guardPrefix)\($0)".utf8) }
            let updated = changes.updated.flatMap(\.batch.keys)
            var checks: [[UInt8]] = []
            for (keys, digests) in [
                (changes.created.flatMap(\.batch.keys), []), (updated, changes.updated.flatMap(\.digests)),
                (changes.deleted, changes.deletedDigests),
            ] {
                for range in Self.parts(of: keys.count) {
                    let part = digests.isEmpty ? [] : Array(digests[range.scaled(by: [UInt8].sha1Length)])
                    let passed = [checks.count, checks.count + 1].map { Array(String($0).utf8) }
                    checks.append(AtomicScript.check.command([gate] + keys[range], passed + [part]))
                }
            }
            self.checks = checks
            let gone = updated + changes.deleted
            deletions = Self.parts(of: gone.count).map {
                AtomicScript.delete.command([gate] + gone[$0], [])
            }
        }

        private static func parts(of count: Int) -> [Range<Int>] {
            stride(from: 0, to: count, by: AtomicScript.keyCount).map {
                $0..<min($0 + AtomicScript.keyCount, count)
            }
        }

        /// The transaction, which has an effect only while `lock` is held.
        func transaction(_ lock: ImportLock) -> Transaction {
            var transaction = Transaction()
            let guarding = [gate, Array("0".utf8)] + guards.flatMap { [$0, []] }
            transaction.append(.command([Array("MSET".utf8)] + guarding))
            for check in checks { transaction.append(check) }
            transaction.append(opening(lock))
            for deletion in deletions { transaction.append(deletion) }
            for (guardKey, group) in zip(guards, groups) {
                var batch = group.batch
                batch.step = .create
                batch.guardKey = guardKey
                transaction.append(batch)
            }
            transaction.append(.command([Array("DEL".utf8), gate] + guards))
            return transaction
        }

        /// Opens the gate and writes the records if every check has passed and the lock is held.
        private func opening(_ lock: ImportLock) -> [UInt8] {
            var recordKeys: [String] = []
            for record in write.records where !recordKeys.contains(record.key) {
                recordKeys.append(record.key)
            }
            var arguments: [[UInt8]] = [lock.value]
            for number in [checks.count, recordKeys.count] { arguments.append(Array(String(number).utf8)) }
            for record in write.records {
                let number = (recordKeys.firstIndex(of: record.key) ?? 0) + 1
                arguments.append(Array(String(record.arguments.count + 2).utf8))
                arguments.append(Array(record.name.utf8))
                arguments.append(Array(String(number).utf8))
                arguments += record.arguments
            }
            let keys = [Array(lock.key.utf8), gate] + recordKeys.map { Array($0.utf8) } + guards
            return AtomicScript.open.command(keys, arguments)
        }

        /// What the results of the transaction mean.
        ///
        /// - Throws: If nothing was written for another reason than a key that has changed.
        func ending(_ results: ReplyList) throws(RedisError) -> Ending {
            let opened = 1 + checks.count
            for index in 1...opened {
                switch try AtomicScript.Answer(results[index]) {
                case .done: continue
                case .changed: return .aborted
                case .lockLost: throw ImportLock.lost
                case .failed(let failure): throw failure
                }
            }
            let firstGroup = opened + 1 + deletions.count
            for index in (opened + 1)..<firstGroup {
                switch try AtomicScript.Answer(results[index]) {
                case .done: continue
                case .failed(let failure): return .partial(failure)
                case .changed, .lockLost:
                    throw RedisError(.protocolViolation, "an unexpected reply to EVAL")
                }
            }
            for (index, group) in groups.enumerated() {
                switch results[firstGroup + index] {
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
    }

    /// The transaction that scripts guard.
    var guarded: Guarded { Guarded(self) }
}

extension Range<Int> {
    fileprivate func scaled(by factor: Int) -> Range {
        (lowerBound * factor)..<(upperBound * factor)
    }
}
