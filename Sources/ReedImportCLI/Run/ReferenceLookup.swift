import RedisProtocol
import RedisStore
import UCG

/// Where references are looked for that a directory does not satisfy.
struct ReferenceLookup {
    let address: RedisAddress
    let keyPrefix: String
    let redis: RedisOptions

    /// The entities that the server holds for references.
    func find(_ references: Set<EntityReference>, types: [EntityType]) throws(RedisError)
        -> [EntityReference: [EntityID]]
    {
        try EntityLookup(keyPrefix: keyPrefix, options: redis).find(references, on: address, types: types)
    }
}
