/// Entities that can vanish from a directory as a whole: the texts of a locale in one layer and scope, and otherwise all
/// entities of a type.
///
/// When all of it is gone at once, a file was more probably lost or renamed than emptied on purpose.
///
///     "\(EntityGroup(layer: "theme", scope: "corporate", locale: "de"))"
///     // translations of de (layer theme, scope corporate)
package struct EntityGroup: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The type of the entities.
    package let type: EntityType
    /// Layer, scope and locale of translations; empty for other types.
    private let place: [String]

    /// All entities of a type.
    package init(type: EntityType) {
        self.type = type
        place = []
    }

    /// The translations of one locale in a layer and scope.
    package init(layer: String, scope: String?, locale: String) {
        type = .translation
        place = [layer, scope ?? "", locale]
    }

    /// The group of a stored entity.
    ///
    /// Complexity: O(*n*) in its bytes, which are parsed if it is a translation.
    package init(type: EntityType, stored: [UInt8]) {
        guard type == .translation, let data = JSONValue(stored.span)?["data"] else {
            self.init(type: type)
            return
        }
        func text(_ name: String) -> String? {
            guard case .string(let bytes)? = data[name] else { return nil }
            return String(decoding: bytes, as: UTF8.self)
        }
        self.init(layer: text("layer") ?? "", scope: text("scope"), locale: text("locale") ?? "")
    }

    /// `snippet entities`; `translations of de (layer theme, scope corporate)`.
    package var description: String {
        guard place.count == 3 else { return "\(type) entities" }
        let scope = place[1].isEmpty ? "" : ", scope \(place[1])"
        return "translations of \(place[2]) (layer \(place[0])\(scope))"
    }

    /// The order of types and places, for lists.
    package static func < (left: EntityGroup, right: EntityGroup) -> Bool {
        if left.type != right.type { return left.type.rawValue < right.type.rawValue }
        return left.place.lexicographicallyPrecedes(right.place)
    }
}
