#pragma once
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/types.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace televisit::load {

struct FreeTls {
    void operator()(SSL* tls) const noexcept { SSL_free(tls); }
    void operator()(SSL_CTX* rules) const noexcept { SSL_CTX_free(rules); }
};

/// How connections encrypt; they believe any certificate. **Errors**: throws Failure.
std::unique_ptr<SSL_CTX, FreeTls> tls_rules();

/// One non-blocking connection to the server. All that the generator sends and receives goes through here.
class Wire {
  public:
    Wire() = default;
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;
    ~Wire() { close(); }

    /// Begins to connect; `established()` tells when it is writable. A `source` of 0 leaves the choice to the kernel.
    /// With `tls` it shakes hands as it first writes. **Errors**: throws Failure when it cannot even begin.
    void connect(const sockaddr_in& server, in_addr_t source, SSL_CTX* tls);
    /// 0, or the errno with which connecting failed.
    int established() const;

    /// Like recv() and send(): bytes, 0 at the end, -1 with errno (EAGAIN: not now).
    ssize_t read(std::span<char> into);
    ssize_t write(std::string_view bytes);

    void close();
    int fd() const noexcept { return fd_; }

  private:
    ssize_t outcome(int result, std::size_t count) const;

    int fd_ = -1;
    std::unique_ptr<SSL, FreeTls> tls_{};
};

}  // namespace televisit::load
