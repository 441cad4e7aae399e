extension JSONWriter {
    /// Writes an object whose members `body` writes.
    ///
    ///     json.object { $0.member("lines", 3) }  // {"lines":3}
    package mutating func object(_ body: (inout JSONWriter) throws -> Void) rethrows {
        beginObject()
        try body(&self)
        endObject()
    }

    /// Writes an array whose elements `body` writes.
    package mutating func array(_ body: (inout JSONWriter) throws -> Void) rethrows {
        beginArray()
        try body(&self)
        endArray()
    }

    /// Writes a member with a text.
    package mutating func member(_ name: JSONKey, _ text: String) {
        key(name)
        string(text)
    }

    /// Writes a member with a text, or `null`.
    package mutating func member(_ name: JSONKey, orNull text: String?) {
        key(name)
        if let text { string(text) } else { null() }
    }

    /// Writes a member with an integer.
    package mutating func member(_ name: JSONKey, _ number: Int) {
        key(name)
        integer(number)
    }

    /// Writes a member with `true` or `false`.
    package mutating func member(_ name: JSONKey, _ value: Bool) {
        key(name)
        boolean(value)
    }

    /// Writes a member with the number that `text` is by the grammar of RFC 8259.
    package mutating func member(_ name: JSONKey, number text: String) {
        key(name)
        number(text.utf8.span)
    }
}
