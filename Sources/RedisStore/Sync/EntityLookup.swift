package import RedisProtocol
import GraphSync
package import UCG

/// Finds entities that references may be to though a directory does not have them.
///
///     let found = try EntityLookup(keyPrefix: "", options: RedisOptions())
///         .find(references, on: address, types: configuration.types)
package struct EntityLookup {
    private let keyPrefix: String
    private let options: RedisOptions

    /// A look-up of entities whose keys begin with `keyPrefix`.
    package init(keyPrefix: String, options: RedisOptions) {
        self.keyPrefix = keyPrefix
        self.options = options
    }

    /// The entities that a server holds for some references.
    ///
    /// An id is looked for under every type that is built in, of a source, or one of `types`. A semantic name is known by
    /// its graph key only.
    /// - Throws: If the server cannot be reached, or does not let this user read.
    /// - Complexity: O(*n* · *t*) in references and types.
    package func find(
        _ references: Set<EntityReference>, on address: RedisAddress, types: [EntityType]
    ) throws(RedisError) -> [EntityReference: [EntityID]] {
        let connection = try RedisSession(address, keyPrefix: keyPrefix, options).openFirst(.briefly)
            .connection
        let exchange = Exchange(options.policy)
        func ask(_ commands: [RedisCommand]) throws(RedisError) -> [RedisReply] {
            commands.isEmpty ? [] : try exchange.call(commands, over: connection)
        }
        let types = try knownTypes(types, ask)
        let candidates = try candidates(for: references, types: types, ask)
        let existing = try ask(
            candidates.map {
                RedisCommand(
                    "EXISTS", key: EntityKey(prefix: keyPrefix, type: $0.type, id: $0.id).description)
            })
        var found: [EntityReference: [EntityID]] = [:]
        for (candidate, reply) in zip(candidates, existing) {
            guard try reply.count(of: "EXISTS", atMost: 1) == 1 else { continue }
            if found[candidate.reference]?.contains(candidate.id) == true { continue }
            found[candidate.reference, default: []].append(candidate.id)
        }
        return found
    }

    /// An entity that a reference may be to.
    private typealias Candidate = (reference: EntityReference, type: EntityType, id: EntityID)
    private typealias Ask = ([RedisCommand]) throws(RedisError) -> [RedisReply]

    /// All types of which there may be entities.
    private func knownTypes(_ types: [EntityType], _ ask: Ask) throws(RedisError) -> [EntityType] {
        let own = ImportSource(keyPrefix: keyPrefix)
        let names = try OwnershipRecords.names(
            ask([RedisCommand("SMEMBERS", key: own.sourcesKey)])[0], "SMEMBERS")
        let sources = names.sorted().compactMap { ImportSource(keyPrefix: keyPrefix, name: $0) }
        var known = EntityType.builtIn + types
        for reply in try ask(sources.map { RedisCommand("SMEMBERS", key: $0.typesKey) }) {
            known += try OwnershipRecords.names(reply, "SMEMBERS").sorted().compactMap {
                EntityType(rawValue: $0)
            }
        }
        var seen: Set<EntityType> = []
        return known.filter { seen.insert($0).inserted }
    }

    /// The entities that references may be to, by their ids and by the names that graph keys know.
    private func candidates(
        for references: Set<EntityReference>, types: [EntityType], _ ask: Ask
    ) throws(RedisError) -> [Candidate] {
        let keys = GraphKeyNames(prefix: keyPrefix)
        var (candidates, named):
            ([Candidate], [(reference: EntityReference, type: EntityType, key: [UInt8])]) = ([], [])
        for reference in references.sorted(by: { $0.description < $1.description }) {
            switch reference {
            case .id(let id): candidates += types.map { (reference, $0, id) }
            case .name(let type, let name):
                candidates.append((reference, type, EntityName.id(type, name)))
                for name in [name, "$\(name)"] {
                    named.append((reference, type, keys.key(of: .name(type, Array(name.utf8)))))
                }
            case .semanticName(let name):
                for type in types {
                    named.append((reference, type, keys.key(of: .name(type, Array(name.utf8)))))
                }
            }
        }
        for (name, reply) in zip(named, try ask(named.map { RedisCommand("GET", keys: [$0.key]) })) {
            switch reply {
            case .bulkString(let bytes):
                if let id = EntityID(bytes.span) { candidates.append((name.reference, name.type, id)) }
            case .null: break
            case .error(let text) where text.hasPrefix("WRONGTYPE"): break
            default: try reply.check("GET")
            }
        }
        return candidates
    }
}
