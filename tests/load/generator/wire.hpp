#pragma once
#include <netinet/in.h>
#include <sys/types.h>

#include <cstddef>
#include <span>
#include <string_view>

namespace televisit::load {

/// One non-blocking TCP connection to the server. All that the generator sends and receives goes through here.
class Wire {
  public:
    Wire() = default;
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;
    ~Wire() { close(); }

    /// Begins to connect; `established()` tells when it is writable. A `source` of 0 leaves the choice to the kernel.
    /// **Errors**: throws Failure when it cannot even begin.
    void connect(const sockaddr_in& server, in_addr_t source);
    /// 0, or the errno with which connecting failed.
    int established() const;

    /// Like recv() and send(): bytes, 0 at the end, -1 with errno (EAGAIN: not now).
    ssize_t read(std::span<char> into);
    ssize_t write(std::string_view bytes);

    void close();
    int fd() const noexcept { return fd_; }

  private:
    int fd_ = -1;
};

}  // namespace televisit::load
