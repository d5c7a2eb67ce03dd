#pragma once
/// WebSocket frames (RFC 6455 section 5): a server's decoder and encoder. Strict, and without any I/O.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "net/buffer.hpp"
#include "televisit/sdk/channel.hpp"

namespace televisit::net {

enum class WsOpcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// Close codes that the codec itself uses (RFC 6455 section 7.4.1).
namespace ws_close {
inline constexpr std::uint16_t kNormal = 1000;
inline constexpr std::uint16_t kGoingAway = 1001;
inline constexpr std::uint16_t kProtocolError = 1002;
inline constexpr std::uint16_t kNoCode = 1005;
inline constexpr std::uint16_t kLost = 1006;
inline constexpr std::uint16_t kBadPayload = 1007;
inline constexpr std::uint16_t kPolicy = 1008;
inline constexpr std::uint16_t kTooBig = 1009;
inline constexpr std::uint16_t kInternal = 1011;
}  // namespace ws_close

/// Whether a code may stand in a close frame.
constexpr bool may_be_sent(std::uint16_t code) noexcept {
    return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006) ||
           (code >= 3000 && code <= 4999);
}

/// What came next out of a client's bytes.
struct WsEvent {
    enum class Type : std::uint8_t {
        need_more,  ///< not a whole frame; `wanted` more bytes will be one
        message,    ///< `kind`, `payload`
        ping,       ///< `payload`
        pong,
        close,  ///< `code`: the peer's, 1005 when it gave none
        fault,  ///< `code` to close with, `reason` for the log
    };
    Type type = Type::need_more;
    MessageKind kind = MessageKind::text;
    std::uint16_t code = 0;
    std::size_t consumed = 0;
    std::size_t wanted = 0;
    std::string_view payload;
    std::string_view reason;
};

/// Decodes what a client sends. Whole unfragmented messages are unmasked and handed out where they lie; fragments are
/// gathered up to `max_message`. **Owns**: nothing while no message is in fragments. **Threads**: one.
class WsDecoder {
  public:
    explicit WsDecoder(std::size_t max_message) noexcept : max_message_(max_message) {}

    /// The next event in `data`, whose bytes it unmasks in place; `kInputPadding` bytes behind `data` must be readable.
    /// Control frames between fragments come as they stand. A payload is valid until the next call. After a fault or a
    /// close the decoder is not to be used.
    WsEvent next(std::span<char> data);

  private:
    struct Head;
    WsEvent read_head(std::span<const char> data, Head& head) const noexcept;
    WsEvent on_frame(const Head& head, std::span<char> payload);
    WsEvent on_control(const Head& head, std::string_view payload);
    WsEvent finish(MessageKind kind, std::string_view payload);

    std::size_t max_message_;
    Buffer fragments_;
    bool in_message_ = false;
    bool gathered_ = false;  // fragments_ holds the message of the last event
    MessageKind kind_ = MessageKind::text;
};

/// XORs `payload` with the mask, eight bytes a step.
void unmask(std::span<char> payload, const char* mask) noexcept;

/// The head of an unfragmented server frame.
class WsHead {
  public:
    WsHead(WsOpcode opcode, std::size_t size) noexcept;
    std::string_view view() const noexcept { return {bytes_.data(), size_}; }

  private:
    std::array<char, 10> bytes_;
    std::uint8_t size_;
};

}  // namespace televisit::net
