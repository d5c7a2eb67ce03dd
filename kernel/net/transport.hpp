#pragma once
/// A step between the socket and the codecs: encryption. A plain connection has none and pays one comparison.

#include <span>
#include <string_view>

#include "net/buffer.hpp"

namespace televisit::net {

/// Turns bytes of the wire into plain ones and back; does no I/O. **Threads**: the connection's loop.
class Transport {
  public:
    virtual ~Transport() = default;
    /// Takes all of `received`, appends what it holds to `plain`, and what must be answered (handshakes, alerts) to
    /// `wire`. False: the stream is broken, and is to be closed once `wire` has been written.
    virtual bool receive(std::span<const char> received, Buffer& plain, Buffer& wire) = 0;
    /// Appends the pieces, encrypted as one stream, to `wire`. False: the stream is broken.
    virtual bool send(std::span<const std::string_view> pieces, Buffer& wire) = 0;
    /// Nothing will be sent any more: appends the end of the stream.
    virtual void finish(Buffer& wire) = 0;
};

}  // namespace televisit::net
