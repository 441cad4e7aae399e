extension UInt8 {
    @inlinable package static var hyphen: UInt8 { UInt8(ascii: "-") }
    @inlinable package static var dot: UInt8 { UInt8(ascii: ".") }
    @inlinable package static var underscore: UInt8 { UInt8(ascii: "_") }

    @inlinable package var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
    @inlinable package var isLowercaseLetter: Bool { self >= UInt8(ascii: "a") && self <= UInt8(ascii: "z") }
    @inlinable package var isUppercaseLetter: Bool { self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") }
    @inlinable package var isLetter: Bool { isLowercaseLetter || isUppercaseLetter }

    /// The value of a hexadecimal digit.
    @inlinable package var hexValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// The lower-case hexadecimal digit of the low four bits.
    @inlinable package var hexDigit: UInt8 {
        let nibble = self & 0xF
        return nibble < 10 ? nibble + UInt8(ascii: "0") : nibble - 10 + UInt8(ascii: "a")
    }

    /// The same letter in lower case; anything else unchanged.
    @inlinable package var lowercased: UInt8 { isUppercaseLetter ? self | 0x20 : self }
    /// The same letter in upper case; anything else unchanged.
    @inlinable package var uppercased: UInt8 { isLowercaseLetter ? self & ~0x20 : self }
}
