/// Bytes as text.
///
///     Hexadecimal.text(of: [0, 171])  // 00ab
package enum Hexadecimal {
    /// Two lower-case hexadecimal digits for each byte.
    ///
    /// Complexity: O(*n*).
    package static func text(of bytes: some Sequence<UInt8>) -> String {
        String(decoding: bytes.flatMap { [($0 >> 4).hexDigit, $0.hexDigit] }, as: UTF8.self)
    }
}
