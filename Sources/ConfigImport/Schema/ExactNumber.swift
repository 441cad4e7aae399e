/// A number of JSON's grammar, exactly: bounds are compared without rounding.
struct ExactNumber: Comparable, Sendable {
    /// The digits, as a whole number.
    private let digits: Int128
    /// The number is `digits` times ten to this power, which is not above 0.
    private let exponent: Int

    static let zero = ExactNumber(digits: 0, exponent: 0)
    /// The most digits that are kept before and after the point together.
    private static let mostDigits = 36

    private init(digits: Int128, exponent: Int) {
        self.digits = digits
        self.exponent = exponent
    }

    /// A whole number.
    init(_ value: Int) { self.init(digits: Int128(value), exponent: 0) }

    /// The number that `text` is; `nil` if it is not a number, or has too many digits to be kept exactly.
    init?(_ text: String) {
        var digits: Int128 = 0
        var (exponent, count) = (0, 0)
        var (isNegative, hasPoint) = (false, false)
        var scalars = text.utf8[...]
        if scalars.first == UInt8(ascii: "-") {
            isNegative = true
            scalars.removeFirst()
        }
        while let byte = scalars.first, byte != UInt8(ascii: "e"), byte != UInt8(ascii: "E") {
            scalars.removeFirst()
            if byte == UInt8(ascii: ".") {
                guard !hasPoint else { return nil }
                hasPoint = true
                continue
            }
            guard byte >= 0x30, byte <= 0x39, count < Self.mostDigits else { return nil }
            digits = digits * 10 + Int128(byte - 0x30)
            if digits != 0 { count += 1 }
            if hasPoint { exponent -= 1 }
        }
        if !scalars.isEmpty {
            // A number with a longer exponent has too many digits, or is as good as none.
            guard let power = Int32(String(decoding: scalars.dropFirst(), as: UTF8.self)) else { return nil }
            exponent += Int(power)
        }
        if digits == 0 { exponent = 0 }
        guard abs(exponent) <= 2 * Self.mostDigits else { return nil }
        while exponent > 0 {
            guard count < Self.mostDigits else { return nil }
            digits *= 10
            (count, exponent) = (count + 1, exponent - 1)
        }
        while exponent < -Self.mostDigits {
            guard digits % 10 == 0 else { return nil }
            digits /= 10
            exponent += 1
        }
        self.init(digits: isNegative ? -digits : digits, exponent: exponent)
    }

    /// Both numbers' digits with the same exponent; `nil` if that has too many digits.
    private static func aligned(_ left: ExactNumber, with right: ExactNumber) -> (Int128, Int128)? {
        func scaled(_ number: ExactNumber, to exponent: Int) -> Int128? {
            var (digits, power) = (number.digits, number.exponent)
            while power > exponent {
                let (product, overflow) = digits.multipliedReportingOverflow(by: 10)
                if overflow { return nil }
                (digits, power) = (product, power - 1)
            }
            return digits
        }
        let exponent = min(left.exponent, right.exponent)
        guard let first = scaled(left, to: exponent), let second = scaled(right, to: exponent) else {
            return nil
        }
        return (first, second)
    }

    static func == (left: ExactNumber, right: ExactNumber) -> Bool { !(left < right) && !(right < left) }

    static func < (left: ExactNumber, right: ExactNumber) -> Bool {
        if let (first, second) = aligned(left, with: right) { return first < second }
        // One has so many more digits before the point, or after it, that their sizes decide.
        return left.approximation < right.approximation
    }

    private var approximation: Double {
        var value = Double(digits)
        for _ in 0..<(-exponent) { value /= 10 }
        return value
    }

    /// Whether the number is `start` and some steps; whether it is cannot be said of numbers with too many digits, which pass.
    func isReached(from start: ExactNumber, by step: ExactNumber) -> Bool {
        guard let (number, first) = Self.aligned(self, with: start) else { return true }
        let distance = ExactNumber(digits: number - first, exponent: min(exponent, start.exponent))
        guard let (length, stride) = Self.aligned(distance, with: step), stride != 0 else { return true }
        return length % stride == 0
    }
}
