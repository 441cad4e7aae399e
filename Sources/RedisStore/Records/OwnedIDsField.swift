import GraphSync
import UCG

/// A field of the hash that records the ids of a type's entities: the ids that share their first byte.
///
/// Its name is that byte as two hexadecimal digits, its value the ids one after the other, 16 bytes each. So a
/// set of a million ids takes 16 MB, and a change of one of them writes the 256th part of it.
struct OwnedIDsField: Equatable {
    fileprivate let ids: ArraySlice<EntityID>

    /// The first byte of the ids.
    var firstByte: UInt8 { ids[ids.startIndex].firstByte }
    /// The name.
    var name: [UInt8] { Self.name(of: firstByte) }
    /// The value: the ids one after the other.
    var value: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16 * ids.count)
        EntityID.appendBytes(of: ids, to: &bytes)
        return bytes
    }

    fileprivate static func name(of byte: UInt8) -> [UInt8] {
        [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }

    private static let digits = Array("0123456789abcdef".utf8)
}

extension PackedIDs {
    /// The fields of the hash, in the order of their names.
    var fields: [OwnedIDsField] { groups.map { OwnedIDsField(ids: $0) } }

    /// Reads the fields of the hash.
    ///
    /// - Returns: `nil` if one of them is not what ``fields`` makes.
    init?(fields: [(name: [UInt8], value: [UInt8])]) {
        var ids: [EntityID] = []
        ids.reserveCapacity(fields.reduce(0) { $0 + $1.value.count / 16 })
        for (name, value) in fields.sorted(by: { $0.name.lexicographicallyPrecedes($1.name) }) {
            guard value.count % 16 == 0, !value.isEmpty, name == OwnedIDsField.name(of: value[0]) else {
                return nil
            }
            for start in stride(from: 0, to: value.count, by: 16) {
                ids.append(EntityID(bytes: value.span.extracting(start..<start + 16)))
            }
            guard ids.last?.firstByte == value[0] else { return nil }
        }
        self.init(ascending: ids)
    }
}
