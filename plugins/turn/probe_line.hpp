#pragma once
/// A probe's way to one server: a socket for UDP, TCP or TLS that never blocks.

#include <sys/socket.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ice_url.hpp"
#include "tls_client.hpp"

namespace televisit::turn {

struct PeerAddress {
    sockaddr_storage storage{};
    socklen_t size = 0;
};

/// **Threads**: one.
class ProbeLine {
  public:
    /// Begins to connect; what fails at once is told by the first `advance`. `tls` is for `stuns:` and `turns:` URLs.
    ProbeLine(const IceUrl& url, const PeerAddress& to, const TlsClient& tls);
    ~ProbeLine();
    ProbeLine(const ProbeLine&) = delete;
    ProbeLine& operator=(const ProbeLine&) = delete;

    int socket() const noexcept { return socket_; }
    /// What to poll for: POLLIN, POLLOUT.
    short interest() const noexcept;
    bool is_stream() const noexcept { return stream_; }
    /// Takes what is to be sent, in place of what is not sent yet.
    void send(const std::string& bytes) { unsent_ = bytes; }
    bool sent() const noexcept { return connected_ && unsent_.empty(); }

    struct News {
        std::vector<std::string> messages{};  ///< datagrams, or pieces of a stream as long as its STUN messages
        std::optional<ProbeFault> fault{};    ///< the line is of no use any more
    };
    /// Connects, sends and receives as far as it goes without waiting.
    News advance();

  private:
    /// Bytes moved; 0: nothing now; negative: `fault` says why nothing any more.
    struct Moved {
        std::size_t bytes = 0;
        std::optional<ProbeFault> fault{};
    };
    std::optional<ProbeFault> connect_further();
    std::optional<ProbeFault> shake_hands();
    Moved write_some();
    Moved read_some(char* into, std::size_t room);
    Moved outcome_of_tls(int result);
    void receive(News& news);
    void cut_messages(News& news);

    const bool stream_;
    const std::string tls_host_;  ///< empty: no TLS
    const TlsClient& tls_;
    int socket_ = -1;
    std::optional<ProbeFault> failed_{};
    bool connected_ = false;  ///< TLS included
    bool linked_ = false;     ///< TCP is
    bool tls_wants_write_ = false;
    TlsClient::Session session_{};
    std::string unsent_;
    std::string received_;
};

}  // namespace televisit::turn
