extension [UInt8] {
    /// Appends a copy of `run`.
    ///
    /// Complexity: O(*n*) in its bytes.
    package mutating func append(_ run: Span<UInt8>) {
        append(addingCapacity: run.count) { output in
            for index in run.indices { output.append(run[index]) }
        }
    }

    /// Appends the UTF-8 of `text`.
    package mutating func append(_ text: String) {
        append(contentsOf: text.utf8)
    }
}
