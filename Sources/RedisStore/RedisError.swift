public import UCG

/// Why Redis could not take the entities.
public struct RedisError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it is; it decides the exit code.
    public enum Code: Hashable, Sendable {
        /// Nothing can be reached at the address.
        case unavailable
        /// The connection broke.
        case connectionLost
        /// No reply came in time.
        case timeout
        /// What answers does not speak the protocol.
        case protocolViolation
        /// The server does not let this user do it.
        case permission
        /// The server cannot do it now.
        case tryLater
        /// The lock of this run is not there any more.
        case lockLost
        /// The server's configuration does not allow it.
        case configuration
        /// The server refused a value.
        case refused
        /// A key holds what is no entity.
        case conflict
        /// The server was restarted, so what it confirmed before may be gone.
        case restarted
        /// What was confirmed is not, or perhaps not, what is there.
        case incomplete
        /// The system cannot, for example open a socket.
        case system
        /// The run was asked to end.
        case interrupted
    }

    /// What kind of failure it is.
    public var code: Code
    /// What happened, in one line.
    ///
    /// It may hold words of the server, cut to 80 characters.
    public var message: String
    /// What to do about it.
    public var advice: String?
    /// Where the entity comes from that the server refused, if it is about one.
    public var origin: EntityOrigin?

    init(_ code: Code, _ message: String, advice: String? = nil, origin: EntityOrigin? = nil) {
        self.code = code
        self.message = message
        self.advice = advice
        self.origin = origin
    }

    /// Whether the server has said that it may take the same command later.
    var mayPass = false

    /// Whether the same may succeed on a new connection.
    var isOfConnection: Bool { [.unavailable, .connectionLost, .timeout].contains(code) }

    /// The message.
    public var description: String { message }
}
