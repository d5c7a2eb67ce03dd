#pragma once
/// One HTTP/1.1 request out of a stream of bytes. Strict, incremental, without any I/O.

#include <cstddef>
#include <memory>
#include <string_view>

#include "net/http_body.hpp"
#include "net/http_head.hpp"

namespace televisit::net {

/// Reads one request; a connection makes a fresh one for each, so that an idle one pays nothing.
/// After `head` the caller may lower or raise the limit of the body; the sizes known by then are checked on the next
/// step.
class HttpParser {
  public:
    enum class Event {
        need_more,  ///< all that is here has been taken or must stay; call again with more
        head,       ///< the head is complete: `head()` and `request()` are valid
        request,    ///< the request is complete
        fault,      ///< see `fault()`; the stream cannot be read on
    };
    struct Step {
        Event event;
        std::size_t consumed;
    };

    explicit HttpParser(const HttpLimits& limits) : limits_(limits), body_limit_(limits.body) {}

    /// `data`: all bytes that have not been consumed yet.
    Step step(std::string_view data);
    const HttpHead& head() const noexcept { return head_; }
    HttpRequest& request() noexcept { return *request_; }
    /// Whether the head was complete and sound.
    bool has_head() const noexcept { return has_head_; }
    /// Whether a body follows the head.
    bool announces_body() const noexcept { return head_.chunked || head_.content_length.value_or(0) > 0; }
    void set_body_limit(std::size_t limit) noexcept { body_limit_ = limit; }
    const HttpFault& fault() const noexcept { return fault_; }
    HttpRequest take_request() { return std::move(*request_); }

  private:
    enum class Stage { head, head_told, body, done };
    Step failed(HttpFault fault) noexcept;
    Step step_head(std::string_view data);
    bool begin_body();

    const HttpLimits& limits_;
    std::size_t body_limit_;
    Stage stage_ = Stage::head;
    bool has_head_ = false;
    HttpHeadScanner scanner_;
    HttpHead head_;
    HttpBodyDecoder body_ = HttpBodyDecoder::none();
    HttpFault fault_;
    std::unique_ptr<HttpRequest> request_;
};

}  // namespace televisit::net
