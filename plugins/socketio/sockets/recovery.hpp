#pragma once
/// What a socket needs to outlive its connection.

#include <array>
#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/deadline_list.hpp"
#include "engine/sid.hpp"
#include "sockets/event_log.hpp"
#include "televisit/sdk/socketio.hpp"

namespace televisit::socketio {

class FarLink;
class Socket;

/// A socket without a connection, waiting for its client to come back.
struct Away final : DeadlineHook {
    Away(Socket& socket, SocketClose cause) : owner(socket), close(cause) {}
    Socket& owner;
    const SocketClose close;
    std::size_t kept = 0;  ///< bytes of its events, as they are counted in the loop's total
};

struct Recovery {
    explicit Recovery(const Pid& own) : pid(own) {}

    std::uint64_t last = 0;               ///< number of the last event sent
    std::unique_ptr<EventLog> log;        ///< none while there is nothing to keep
    std::unique_ptr<Away> away;           ///< while it has no connection
    std::shared_ptr<FarLink> far_away{};  ///< shared with the loop on which the connection is, if that is another one
    std::uint64_t pinged = 0;             ///< number of the last event before the last ping
    Pid pid;
};

/// What a client says that wants its socket back.
struct Claim {
    std::string pid;
    std::string offset;  ///< of the last event it got; empty when it got none
};

/// The offset of an event: where the socket's id begins, and the event's number. A client keeps the last one it got,
/// also when it has become another socket meanwhile; so one must not be taken for another's.
class OffsetText {
  public:
    OffsetText(std::string_view sid, std::uint64_t number) noexcept {
        sid.copy(text_.data(), kTag);
        const auto [end, _] = std::to_chars(text_.data() + kTag, text_.data() + text_.size(), number);
        size_ = static_cast<std::size_t>(end - text_.data());
    }
    std::string_view view() const noexcept { return {text_.data(), size_}; }

    /// The number in a client's offset; nothing when it is not one of this socket's.
    static std::optional<std::uint64_t> read(std::string_view sid, std::string_view offset) noexcept {
        if (offset.empty()) return 0;
        if (!offset.starts_with(sid.substr(0, kTag))) return std::nullopt;
        offset.remove_prefix(kTag);
        std::uint64_t number = 0;
        const auto [end, fault] = std::from_chars(offset.data(), offset.data() + offset.size(), number);
        if (fault != std::errc() || end != offset.data() + offset.size()) return std::nullopt;
        return number;
    }

  private:
    static constexpr std::size_t kTag = 4;
    std::array<char, kTag + 20> text_{};
    std::size_t size_ = 0;
};

}  // namespace televisit::socketio
