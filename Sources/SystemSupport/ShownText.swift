extension StringProtocol {
    /// The text, cut to `count` characters with an ellipsis as the last one.
    ///
    ///     "a refusal that goes on and on".shortened(to: 9)  // "a refusa…"
    ///
    /// Complexity: O(*n*) in the characters.
    package func shortened(to count: Int = 80) -> String {
        self.count <= count ? String(self) : prefix(count - 1) + "…"
    }
}

extension String {
    /// The noun for `count` things, which stands for one of them: the plural is given if it does not end with `s`.
    ///
    ///     "3 " + "error".counted(3)  // 3 errors
    ///     "2 " + "entity".counted(2, plural: "entities")  // 2 entities
    package func counted(_ count: Int, plural: String? = nil) -> String {
        count == 1 ? self : plural ?? self + "s"
    }
}

extension Duration {
    /// The seconds with three decimals, rounded: `0.042`.
    package var secondsText: String {
        let milliseconds = Int((self / .milliseconds(1)).rounded())
        let decimals = String(milliseconds % 1000)
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - decimals.count) + decimals
    }
}
