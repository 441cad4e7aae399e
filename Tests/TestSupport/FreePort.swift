/// A port of 127.0.0.1 on which nothing listens at the moment.
public func freePort() throws -> Int {
    let script = "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])"
    guard let port = Int(try run("python3", "-c", script).output.filter { !$0.isNewline }) else {
        throw TestFailure("no free port")
    }
    return port
}
