import SystemSupport

/// `1 error`, `2 errors`; the plural is given if it does not end with `s`.
func count(_ number: Int, _ noun: String, plural: String? = nil) -> String {
    "\(number) \(noun.counted(number, plural: plural))"
}
