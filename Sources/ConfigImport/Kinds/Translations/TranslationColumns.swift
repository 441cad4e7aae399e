import CSV
import SystemSupport
import UCG

/// The columns of one translation file, and what a row means by them.
struct TranslationColumns {
    /// Why a row has no key or no locale.
    enum Problem: Error {
        /// The text after the key's last `@`; `nil` if it has none.
        case missingLocale(String?)
        case invalidKey(String)
    }

    /// A cell with text.
    struct Text {
        let cell: ColumnBinding.Cell
        let field: Int
        /// The number of its locale; of no meaning where each row has its own.
        let locale: Int
    }

    let binding: ColumnBinding
    /// The cells with text: one, but in the wide form one for each locale.
    let texts: [Text]
    /// Whether each locale has a column.
    let isWide: Bool
    private let rowLocale: RowLocale
    private let key, snippetName, fieldName, locale: ColumnBinding.Cell

    /// Where a row itself gives its locale.
    private enum RowLocale {
        case nowhere, inColumn, inKey
    }

    init(_ form: TranslationForm, binding: ColumnBinding, locales: inout LocaleTable) {
        self.binding = binding
        key = binding[TranslationLayout.key]
        (snippetName, fieldName) = (binding[TranslationLayout.snippet], binding[TranslationLayout.field])
        locale = binding[TranslationLayout.locale]
        var texts: [Text] = []
        func add(_ column: Column, _ locale: Int) {
            let cell = binding[column]
            if let field = cell.field { texts.append(Text(cell: cell, field: field, locale: locale)) }
        }
        switch form {
        case .inFileName(let locale):
            (rowLocale, isWide) = (.nowhere, false)
            add(TranslationLayout.value, locales.number(of: locale))
        case .long:
            (rowLocale, isWide) = (.inColumn, false)
            add(TranslationLayout.value, 0)
        case .inKey:
            (rowLocale, isWide) = (.inKey, false)
            add(TranslationLayout.value, 0)
        case .wide(let columns):
            (rowLocale, isWide) = (.nowhere, true)
            for (column, locale) in columns { add(column, locales.number(of: locale)) }
        }
        self.texts = texts
    }

    /// The cell that names the row.
    var keyCell: ColumnBinding.Cell { key.field == nil ? fieldName : key }

    /// The cell that makes the row's key invalid.
    func faultyKeyCell(_ record: borrowing CSVRecord) -> ColumnBinding.Cell {
        guard key.field == nil, let field = snippetName.field else { return key }
        return record.withField(field, ColumnKind.translationKey.accepts) ? fieldName : snippetName
    }

    /// Whether the cells that name the row are there and fit, whatever the others are.
    func hasIdentity(_ record: borrowing CSVRecord) -> Bool {
        let needed = [key, snippetName, fieldName, locale]
        return needed.allSatisfy { $0.field == nil || $0.validText(record) != nil }
    }

    /// Whether each row gives its locale itself.
    var hasRowLocale: Bool { rowLocale != .nowhere }

    /// Reads the row's key into `bytes`.
    ///
    /// The row must have passed its columns' check.
    ///
    /// - Returns: The number of the row's own locale, if it has one.
    func readKey(
        _ record: borrowing CSVRecord, into bytes: inout [UInt8], _ locales: inout LocaleTable
    ) throws(Problem) -> Int? {
        bytes.removeAll(keepingCapacity: true)
        if let field = key.field {
            record.withField(field) { bytes.append($0) }
        } else if let snippet = snippetName.field, let field = fieldName.field {
            record.withField(snippet) { bytes.append($0) }
            bytes.append(UInt8(ascii: "."))
            record.withField(field) { bytes.append($0) }
        }
        switch rowLocale {
        case .inColumn:
            if key.field == nil { try checkKey(bytes) }
            return locale.field.flatMap { record.withField($0) { locales.number(of: $0) } }
        case .inKey:
            guard let at = bytes.lastIndex(of: UInt8(ascii: "@")) else { throw .missingLocale(nil) }
            let text = PlainText.string(bytes.span.extracting((at + 1)..<bytes.count))
            guard let number = locales.number(of: text.utf8.span) else { throw .missingLocale(text) }
            bytes.removeSubrange(at...)
            try checkKey(bytes)
            return number
        case .nowhere:
            if key.field == nil { try checkKey(bytes) }
            return nil
        }
    }

    private func checkKey(_ bytes: [UInt8]) throws(Problem) {
        guard ColumnKind.translationKey.accepts(bytes.span) else {
            throw .invalidKey(String(decoding: bytes, as: UTF8.self))
        }
    }
}
