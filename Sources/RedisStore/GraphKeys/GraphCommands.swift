import GraphSync
import RedisProtocol
import UCG

/// The commands that bring the graph keys of some entities up to date.
///
/// What is said of one key goes into one command, as far as a script can pass it on. Removals come first, so that a slot
/// that one entity gives up and another takes is taken in the end.
struct GraphCommands {
    private let names: GraphKeyNames
    /// The commands, in the order in which their keys came up.
    private var removals = Gathered()
    private var additions = Gathered()

    /// Commands that are put together by name and key.
    private struct Gathered {
        var commands: [(name: String, key: [UInt8], arguments: [[UInt8]])] = []
        /// Where the arguments for a key of many members are added.
        private var open: [[UInt8]: Int] = [:]
        /// The most arguments: what a script can pass on is bounded.
        private static let mostArguments = 1000

        mutating func add(_ name: String, key: [UInt8], arguments: [[UInt8]], gathers: Bool) {
            if gathers, let index = open[key], commands[index].arguments.count < Self.mostArguments {
                commands[index].arguments += arguments
                return
            }
            if gathers { open[key] = commands.count }
            commands.append((name, key, arguments))
        }
    }

    /// No commands.
    init(_ names: GraphKeyNames) { self.names = names }

    /// The commands, removals first.
    var all: [KeyCommand] {
        (removals.commands + additions.commands).map {
            KeyCommand($0.name, key: $0.key, arguments: $0.arguments)
        }
    }

    /// Adds what a change leads to.
    mutating func append(_ change: GraphChange) {
        for entry in change.removed { remove(entry.slot) }
        for entry in change.added { add(entry) }
    }

    /// Deletes keys whole, because they hold what no graph key can hold.
    mutating func delete(_ keys: some Sequence<[UInt8]>) {
        for key in keys { removals.add("DEL", key: key, arguments: [], gathers: false) }
    }

    private mutating func remove(_ slot: GraphSlot) {
        let key = names.key(of: slot)
        guard let member = slot.member else {
            return removals.add("DEL", key: key, arguments: [], gathers: false)
        }
        if case .child = slot {
            removals.add("ZREM", key: key, arguments: [member], gathers: true)
        } else {
            removals.add("SREM", key: key, arguments: [member], gathers: true)
        }
    }

    private mutating func add(_ entry: GraphEntry) {
        let key = names.key(of: entry.slot)
        switch entry.value {
        case .id(let id): additions.add("SET", key: key, arguments: [id.text], gathers: false)
        case .association(let association):
            additions.add(
                "HSET", key: key, arguments: association.fields.flatMap { [$0.name, $0.value] },
                gathers: false)
        case .weight(let weight):
            additions.add(
                "ZADD", key: key, arguments: [Array(weight.utf8), entry.slot.member ?? []], gathers: true)
        case .present: additions.add("SADD", key: key, arguments: [entry.slot.member ?? []], gathers: true)
        }
    }
}

extension GraphValue.Association {
    /// The fields of the hash.
    var fields: [(name: [UInt8], value: [UInt8])] {
        let values = [
            ("id", id.text), ("parent_id", parent?.text ?? []), ("child_id", child.text), ("type", type),
            ("weight", Array(weight.utf8)),
        ]
        return values.map { (Array($0.utf8), $1) }
    }
}
