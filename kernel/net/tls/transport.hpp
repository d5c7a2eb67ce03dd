#pragma once
/// TLS as a step between socket and codecs.

#include <atomic>
#include <cstdint>

#include "net/tls/openssl.hpp"
#include "net/transport.hpp"

namespace televisit::net::tls {

/// Handshakes that ended, counted. **Threads**: any.
struct Figures {
    std::atomic<std::uint64_t> completed{0};
    std::atomic<std::uint64_t> resumed{0};  ///< of those
    std::atomic<std::uint64_t> failed{0};   ///< refused, broken, or not TLS at all
};

/// One connection's TLS, as server, over the memory of its caller: OpenSSL reads from the bytes received and writes
/// into the buffer that will be sent, and nothing is kept between two calls but what its protocol needs. A message of
/// up to 16 KiB is one record, head and pieces together.
///
/// Who begins with an HTTP request in the clear is told so. A handshake that needs more than `kMostHandshake` bytes,
/// and a client that wants to renegotiate, are cut off; how long a handshake may take is the connection's deadline.
class TlsTransport final : public Transport {
  public:
    static constexpr std::size_t kMostHandshake = 64 * 1024;

    /// `figures` must outlive it.
    TlsTransport(Owned<SSL> ssl, Figures& figures);
    ~TlsTransport() override;

    Received receive(std::span<const char> wire, std::span<char> plain, Buffer& answer) override;
    bool send(std::string_view head, std::span<const std::string_view> pieces, Buffer& wire) override;
    void finish(Buffer& wire) override;

  private:
    enum class Phase : std::uint8_t { fresh, handshake, open, finished, broken };
    struct Wire;

    Received broken() noexcept;
    bool shake_hands(Wire& wire);
    Received read(Wire& wire, std::span<char> plain);

    const Owned<SSL> ssl_;
    Figures& figures_;
    std::uint32_t handshake_bytes_ = 0;
    Phase phase_ = Phase::fresh;
};

}  // namespace televisit::net::tls
