#pragma once
/// A step between the socket and the codecs: encryption. A plain connection has none and pays one comparison.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "net/buffer.hpp"

namespace televisit::net {

/// Turns bytes of the wire into plain ones and back; does no I/O. **Threads**: the connection's loop.
class Transport {
  public:
    /// Of what came before, so much may become plain only with the next bytes.
    static constexpr std::size_t kMostKept = 16 * 1024;

    enum class State : std::uint8_t {
        open,
        ended,  ///< the peer has said that it sends no more
        broken  ///< to be closed once the answer has been written
    };
    struct Received {
        std::size_t plain;  ///< bytes written to the front of `plain`
        State state;
    };

    virtual ~Transport() = default;
    /// Takes all of `wire`, writes what it holds to `plain`, which has room for `kMostKept` bytes more than came, and
    /// appends what must be answered (handshakes, alerts) to `answer`.
    virtual Received receive(std::span<const char> wire, std::span<char> plain, Buffer& answer) = 0;
    /// Appends head and pieces, encrypted as one stream, to `wire`. False: the stream is broken.
    virtual bool send(std::string_view head, std::span<const std::string_view> pieces, Buffer& wire) = 0;
    /// Nothing will be sent any more: appends the end of the stream. Idempotent.
    virtual void finish(Buffer& wire) = 0;
};

}  // namespace televisit::net
