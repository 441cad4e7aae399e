import RedisProtocol
import SystemSupport
import UCG

/// Encodes keys and values, reusing what is encoded while type and semantic name stay the same.
struct EntityEncoder {
    private let keyPrefix: String
    private let stamp: WriteStamp
    private var type: EntityType
    private var semanticName: String?
    /// Whether the envelope has stamps that the entity's source gives.
    private var hasGivenStamps = false
    /// The length of the key, and the key up to its id.
    private var beforeID: [UInt8]
    /// The value without id and data.
    private(set) var envelope: EntityEnvelope
    /// The id as text.
    private var id: [UInt8] = []

    /// An encoder of keys that begin with `keyPrefix`, and of entities written with `stamp`.
    init(keyPrefix: String, stamp: WriteStamp) {
        self.keyPrefix = keyPrefix
        self.stamp = stamp
        type = .snippet
        beforeID = Self.beforeID(keyPrefix, type)
        envelope = EntityEnvelope(type, semanticName: nil, stamp: stamp)
    }

    /// Prepares for an entity.
    mutating func choose(_ entity: borrowing Entity) {
        let isGiven = !entity.givenStamps.isEmpty
        if isGiven || hasGivenStamps || entity.type != type || entity.semanticName != semanticName {
            type = entity.type
            semanticName = entity.semanticName
            hasGivenStamps = isGiven
            beforeID = Self.beforeID(keyPrefix, type)
            envelope = EntityEnvelope(
                type, semanticName: semanticName,
                stamp: isGiven ? stamp.with(createdAt: entity.createdAt, createdBy: entity.createdBy) : stamp)
        }
        id.removeAll(keepingCapacity: true)
        entity.id.append(to: &id)
    }

    /// Appends the key, with its length before it.
    func appendKey(to bytes: inout [UInt8]) {
        bytes.append(beforeID.span)
        bytes.append(id.span)
        bytes.appendLineEnd()
    }

    /// Appends the value of an entity with this data.
    func appendValue(_ data: borrowing JSONWriter, to bytes: inout [UInt8]) {
        envelope.append(id: id.span, data: data, to: &bytes)
        bytes.appendLineEnd()
    }

    private static func beforeID(_ keyPrefix: String, _ type: EntityType) -> [UInt8] {
        let beginning = Array(EntityKey.beginning(prefix: keyPrefix, type: type).utf8)
        var bytes: [UInt8] = []
        bytes.appendLength(beginning.count + EntityID.textLength)
        return bytes + beginning
    }
}
