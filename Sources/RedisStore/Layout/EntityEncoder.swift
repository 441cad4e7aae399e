import RedisProtocol
import SystemSupport
import UCG

/// What the keys and values of one entity after the other begin with, encoded when it changes.
struct EntityEncoder {
    private let keyPrefix: String
    private let stamp: WriteStamp
    private var type: EntityType
    private var semanticName: String?
    /// The length of the key, and the key up to its id.
    private var beforeID: [UInt8]
    /// The value but for id and data.
    private(set) var form: EntityEnvelope
    /// The id as text.
    private var id: [UInt8] = []

    init(keyPrefix: String, stamp: WriteStamp) {
        self.keyPrefix = keyPrefix
        self.stamp = stamp
        type = .snippet
        beforeID = Self.beforeID(keyPrefix, type)
        form = EntityEnvelope(type, semanticName: nil, stamp: stamp)
    }

    /// Prepares for an entity.
    mutating func choose(_ entity: borrowing Entity) {
        if entity.type != type || entity.semanticName != semanticName {
            type = entity.type
            semanticName = entity.semanticName
            beforeID = Self.beforeID(keyPrefix, type)
            form = EntityEnvelope(type, semanticName: semanticName, stamp: stamp)
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
        form.append(id: id.span, data: data, to: &bytes)
        bytes.appendLineEnd()
    }

    private static func beforeID(_ keyPrefix: String, _ type: EntityType) -> [UInt8] {
        let place = EntityKey(prefix: keyPrefix, type: type, id: .namespace).description.utf8
            .dropLast(EntityID.textLength)
        var bytes: [UInt8] = []
        bytes.appendLength(place.count + EntityID.textLength)
        return bytes + place
    }
}
