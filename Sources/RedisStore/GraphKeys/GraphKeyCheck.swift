import GraphSync
import RedisProtocol
import UCG

/// Finds out, before anything is written, whether graph keys that are to be written are another's.
///
/// Entries are looked at many at a time; what they find can be told only when everything is compared, because one entity
/// may give up what another takes.
struct GraphKeyCheck {
    /// An entry that is to be written, and for which entity.
    private struct Question {
        let entry: GraphEntry
        let key: EntityKey
        let origin: EntityOrigin?
        /// Whether the entity accounts for the slot already.
        let isOwn: Bool
    }

    /// An entry whose place is taken.
    struct Suspect {
        let entry: GraphEntry
        let key: EntityKey
        let origin: EntityOrigin?
        let finding: GraphLook.Finding
    }

    private struct AskedSet: Hashable {
        let key: [UInt8]
        let isOwn: Bool
    }

    private let policy: GraphPolicy
    private let names: GraphKeyNames
    private var questions: [Question] = []
    /// Keys of many members that were asked for, and whether for an entity that accounts for a member already.
    private var askedSets: Set<AskedSet> = []
    /// Entries whose place is taken, unless it is given up.
    private(set) var suspects: [Suspect] = []
    /// Keys that entities give up, and what they hold.
    private(set) var released: [GraphSlot: GraphValue] = [:]
    /// Keys that held what entities account for, and now a value of another type: deleted, because all is written anew.
    private(set) var spoilt: Set<[UInt8]> = []
    /// Keys that were absent, and that are created; none if there are more than the limit.
    private(set) var absent: [[UInt8]] = []
    private let absentLimit: Int
    private var absentCount = 0

    /// The most entries that are looked at together.
    private static let groupCount = 2048

    /// A check to which nothing is added yet.
    ///
    /// - Parameter absentLimit: The most keys that were absent and are remembered.
    init(_ policy: GraphPolicy, _ names: GraphKeyNames, absentLimit: Int) {
        self.absentLimit = absentLimit
        self.policy = policy
        self.names = names
    }

    /// Whether what a suspect is about is given up, or deleted.
    func isCleared(_ suspect: Suspect) -> Bool {
        let slot = suspect.entry.slot
        if suspect.finding == .wrongType { return spoilt.contains(names.key(of: slot)) }
        return released[slot] != nil
    }

    /// Whether it is time to look.
    var isDue: Bool { questions.count >= Self.groupCount }

    /// Adds what happens to the keys of an entity.
    mutating func add(_ change: GraphChange, of key: EntityKey, from origin: EntityOrigin?) {
        // Of use only where something is added, or where others may use the same names.
        if policy.goal != .none || policy.hasOthers {
            for entry in change.removed + change.replaced where entry.slot.isKey {
                released[entry.slot] = entry.value
            }
        }
        let kept = change.kept
        for entry in change.added {
            let isOwn = kept.contains(entry.slot)
            if !entry.slot.isKey {
                // One look at a key of many members is enough: it is of the right type, or not.
                let asked = AskedSet(key: names.key(of: entry.slot), isOwn: isOwn)
                guard askedSets.insert(asked).inserted else { continue }
            }
            questions.append(Question(entry: entry, key: key, origin: origin, isOwn: isOwn))
        }
        if askedSets.count > 4 * Self.groupCount { askedSets.removeAll(keepingCapacity: true) }
    }

    /// Looks at what was added.
    mutating func look(_ node: Node) throws(RedisError) {
        if questions.isEmpty { return }
        let looks = questions.map { GraphLook(for: $0.entry, names) }
        let replies = try node.call(looks.map(\.command))
        for ((question, look), reply) in zip(zip(questions, looks), replies) {
            try take(look.finding(reply), question)
        }
        questions.removeAll(keepingCapacity: true)
    }

    private mutating func take(_ finding: GraphLook.Finding, _ question: Question) {
        let slot = question.entry.slot
        switch finding {
        case .wrongType where policy.rebuilds && question.isOwn: spoilt.insert(names.key(of: slot))
        case .absent: if slot.isKey { addAbsent(names.key(of: slot)) }
        case .wrongType: suspect(finding, question)
        case .asWanted, .other, .different:
            guard slot.isKey, !question.isOwn else { return }
            // The name or the path of this entity; but who contains it is one source's alone.
            if finding == .asWanted, case .parent = slot {
                suspect(finding, question)
            } else if finding != .asWanted {
                suspect(finding, question)
            }
        }
    }

    private mutating func addAbsent(_ key: [UInt8]) {
        absentCount += 1
        if absentCount <= absentLimit { absent.append(key) } else { absent = [] }
    }

    private mutating func suspect(_ finding: GraphLook.Finding, _ question: Question) {
        suspects.append(
            Suspect(
                entry: question.entry, key: question.key, origin: question.origin, finding: finding))
    }
}
