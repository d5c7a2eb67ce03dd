#pragma once
/// A request's body: decoded from its framing into one string. Strict, and without any I/O.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "net/http_fault.hpp"

namespace televisit::net {

/// **Units**: bytes. **Source**: RFC 9112 sections 6 and 7.1. Chunk extensions and trailers are read past, within
/// bounds, and forgotten; a chunk's size is 1 to 8 hexadecimal digits.
class HttpBodyDecoder {
  public:
    static HttpBodyDecoder none() { return HttpBodyDecoder(State::done, 0, 0); }
    static HttpBodyDecoder counted(std::uint64_t length) {
        return HttpBodyDecoder(length == 0 ? State::done : State::counted, length, length);
    }
    static HttpBodyDecoder chunked(std::size_t limit) { return HttpBodyDecoder(State::size, 0, limit); }

    /// Takes what it can from `data`, appends the content to `body`, and says how much it took. Stops at a fault and
    /// when done.
    std::size_t feed(std::string_view data, std::string& body);
    bool done() const noexcept { return state_ == State::done; }
    const HttpFault& fault() const noexcept { return fault_; }

  private:
    enum class State : std::uint8_t { counted, size, extension, size_end, chunk, chunk_cr, chunk_lf, trailer, done };

    HttpBodyDecoder(State state, std::uint64_t left, std::uint64_t limit) : state_(state), left_(left), limit_(limit) {}
    std::size_t take_content(std::string_view data, std::string& body, State then);
    void take_framing(char c);
    void take_size(char c);
    void take_extension(char c);
    void take_trailer(char c);
    void begin_chunk();
    void fail(HttpFault fault) noexcept { fault_ = fault; }

    State state_;
    std::uint8_t digits_ = 0;
    bool line_end_ = false;       // a carriage return was seen
    bool trailer_empty_ = true;   // nothing on this trailer line yet
    std::uint32_t overhead_ = 0;  // bytes of extensions and trailers so far
    std::uint64_t left_;          // of the content or the chunk
    std::uint64_t limit_;         // of all content
    std::uint64_t total_ = 0;
    HttpFault fault_;
};

}  // namespace televisit::net
