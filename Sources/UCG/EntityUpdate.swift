extension EntityDifference {
    /// The entity that should be there, with the time and the author of its creation as they are stored.
    ///
    /// - Parameter wanted: An entity that ``EntityForm`` has written.
    public func update(_ wanted: Span<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(wanted.count + 64)
        var copied = 0
        for (key, value) in [
            (Array("\"created_at\":".utf8), createdAt), (Array("\"created_by\":".utf8), createdBy),
        ] {
            guard let text = value,
                let start = wanted.extracting(copied..<wanted.count).firstIndex(of: key.span)
            else { continue }
            var end = copied + start + key.count
            bytes.append(wanted.extracting(copied..<end))
            _ = wanted.passesString(at: &end)
            var json = JSONWriter()
            json.string(text.span)
            bytes.append(contentsOf: json.bytes)
            copied = end
        }
        bytes.append(wanted.extracting(copied..<wanted.count))
        return bytes
    }
}
