#pragma once
/// A request's head: found in a stream of bytes, and taken apart. Strict, and without any I/O.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "net/http_fault.hpp"
#include "televisit/sdk/http.hpp"

namespace televisit::net {

struct HttpLimits {
    std::size_t head = 16 * 1024;    ///< bytes of request line and fields together; above it 431
    std::size_t target = 8 * 1024;   ///< bytes of the request line; above it 414
    std::size_t fields = 100;        ///< above it 431
    std::size_t body = 1024 * 1024;  ///< bytes, unless the route says otherwise; above it 413
};

/// Finds where a head ends, as far as its bytes have come. **Source**: RFC 9112 section 2.2, read strictly: a line ends
/// with CRLF and nothing else; one empty line may come before the request.
class HttpHeadScanner {
  public:
    struct Found {
        HttpFault fault;
        std::size_t begin = 0;  ///< of the request line
        std::size_t end = 0;    ///< behind the empty line; 0: not all of it is here yet
    };
    /// `data` are the same bytes as in the call before, and more.
    Found scan(std::string_view data, const HttpLimits& limits) noexcept;

  private:
    std::size_t begin_ = 0;
    std::size_t line_ = 0;
    std::size_t next_ = 0;
};

/// What framing and connection handling need of a head. The rest goes into the request.
struct HttpHead {
    bool version_1_0 = false;
    bool asterisk = false;  ///< `OPTIONS *`
    bool chunked = false;
    std::optional<std::uint64_t> content_length;
    bool close = false;
    bool upgrade_websocket = false;  ///< Connection: upgrade and Upgrade: websocket
    bool expects_continue = false;
    std::string host;  ///< of the absolute target, else of the Host field; empty only in HTTP/1.0
};

/// Takes a whole head apart, `block` being its bytes with the empty line at its end. Every framing fault of
/// docs/protocol.md is a 400; unknown methods and transfer codings are 501, unknown versions 505, unknown expectations
/// 417.
HttpFault parse_head(std::string_view block, const HttpLimits& limits, HttpHead& head, HttpRequest& request);

}  // namespace televisit::net
