import CSV
import SystemSupport
import UCG

/// Texts of translations that were read and are not looked up yet, some thousand at a time.
struct TextBatch: Sendable {
    /// One text.
    struct Text: Sendable {
        /// What is kept of it.
        let entry: TextTable.Entry
        /// Where it comes from.
        let origin: EntityOrigin
        /// The number of its column among those with texts.
        let column: Int
        /// The place to show.
        let position: CSVPosition
        /// Where its id's name begins in the batch's names; it ends where the next one begins.
        fileprivate var start = 0
        /// Where the key begins there.
        fileprivate var keyStart = 0

        init(_ entry: TextTable.Entry, origin: EntityOrigin, column: Int, position: CSVPosition) {
            self.entry = entry
            self.origin = origin
            self.column = column
            self.position = position
        }
    }

    /// The texts in the order in which they were read.
    private(set) var texts: [Text] = []
    private var names: [UInt8] = []

    /// Enough for handing them over to cost nothing, few enough to lie in the caches.
    private static let fullCount = 2048

    /// Whether it is time to look the texts up.
    var isFull: Bool { texts.count >= Self.fullCount }

    /// Adds a text whose id's name is `beginning` and `key`.
    mutating func append(_ text: Text, named beginning: [UInt8], _ key: [UInt8]) {
        var text = text
        text.start = names.count
        names.append(beginning.span)
        text.keyStart = names.count
        names.append(key.span)
        texts.append(text)
    }

    /// The key of the text with this number.
    func key(of index: Int) -> [UInt8] { Array(names[texts[index].keyStart..<end(of: index)]) }

    /// The ids of all texts.
    ///
    /// Complexity: O(*n*) in the bytes of the names.
    func ids() -> [EntityID] {
        texts.indices.map { index in
            EntityName.id(ofName: names.span.extracting(texts[index].start..<end(of: index)))
        }
    }

    private func end(of index: Int) -> Int { index + 1 < texts.count ? texts[index + 1].start : names.count }
}
