package import UCG

/// Who holds a lock: the value of its key.
///
///     if let holder = LockRecord(value) { print(holder.host, holder.process, holder.start) }
package struct LockRecord: Hashable, Sendable {
    /// The holder's host.
    package let host: String
    /// The holder's process id on that host.
    package let process: Int
    /// When it was taken, by the holder's clock.
    package let start: Timestamp
    /// Tells this holding from every other.
    package let token: String

    /// A record of a holder.
    package init(host: String, process: Int, start: Timestamp, token: String) {
        self.host = host
        self.process = process
        self.start = start
        self.token = token
    }

    /// Reads the value of a lock's key; `nil` if it is none.
    package init?(_ text: [UInt8]) {
        guard let value = JSONValue(text.span), case .string(let host)? = value["host"],
            case .number(let process)? = value["pid"], case .string(let start)? = value["start"],
            case .string(let token)? = value["token"],
            let number = Int(process), let time = Timestamp(rfc3339: String(decoding: start, as: UTF8.self))
        else { return nil }
        self.init(
            host: String(decoding: host, as: UTF8.self), process: number, start: time,
            token: String(decoding: token, as: UTF8.self))
    }

    /// The value of the lock's key.
    package var json: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("host", host)
            json.member("pid", process)
            json.member("start", start.description)
            json.member("token", token)
        }
        return json.bytes
    }
}
