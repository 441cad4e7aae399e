import UCG

/// The locales of a run, numbered in the order in which they come.
struct LocaleTable {
    private var locales: [Locale] = []
    private var numbers: [String: Int] = [:]

    /// The number of them.
    var count: Int { locales.count }

    subscript(number: Int) -> Locale { locales[number] }

    /// The number of the locale written as `text`; `nil` if it is not a locale.
    mutating func number(of text: Span<UInt8>) -> Int? {
        let string = PlainText.string(text)
        if let number = numbers[string] { return number }
        guard let locale = Locale(string) else { return nil }
        let number = number(of: locale)
        numbers[string] = number
        return number
    }

    mutating func number(of locale: Locale) -> Int {
        if let number = numbers[locale.rawValue] { return number }
        numbers[locale.rawValue] = locales.count
        locales.append(locale)
        return locales.count - 1
    }
}
