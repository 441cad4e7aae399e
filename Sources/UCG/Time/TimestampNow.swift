import Glibc

extension Timestamp {
    /// The time by the system's clock.
    package static var now: Timestamp {
        var time = timespec()
        // Sound: clock_gettime fills the structure during the call.
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(secondsSince1970: Int64(time.tv_sec), nanoseconds: time.tv_nsec)
            ?? Timestamp(milliseconds: 0)
    }
}
