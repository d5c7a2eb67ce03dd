#include "net/http_body.hpp"

#include <algorithm>

#include "net/http_text.hpp"

namespace televisit::net {
namespace {
constexpr std::uint32_t kMaxOverhead = 4096;
constexpr HttpFault kBadChunk = malformed("The chunked body is not properly framed.");
}  // namespace

std::size_t HttpBodyDecoder::feed(std::string_view data, std::string& body) {
    std::size_t used = 0;
    while (used < data.size() && state_ != State::done && !fault_) {
        if (state_ == State::counted) {
            used += take_content(data.substr(used), body, State::done);
        } else if (state_ == State::chunk) {
            used += take_content(data.substr(used), body, State::chunk_cr);
        } else {
            take_framing(data[used++]);
        }
    }
    return used;
}

std::size_t HttpBodyDecoder::take_content(std::string_view data, std::string& body, State then) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, data.size()));
    body.append(data.data(), count);
    left_ -= count;
    if (left_ == 0) state_ = then;
    return count;
}

void HttpBodyDecoder::take_framing(char c) {
    switch (state_) {
        case State::size:
            return take_size(c);
        case State::extension:
            return take_extension(c);
        case State::size_end:
            if (c != '\n') return fail(kBadChunk);
            return begin_chunk();
        case State::chunk_cr:
            if (c != '\r') return fail(kBadChunk);
            state_ = State::chunk_lf;
            return;
        case State::chunk_lf:
            if (c != '\n') return fail(kBadChunk);
            state_ = State::size;
            return;
        case State::trailer:
            return take_trailer(c);
        case State::counted:
        case State::chunk:
        case State::done:
            return;
    }
}

void HttpBodyDecoder::take_size(char c) {
    if (const int value = hex_value(c); value >= 0) {
        if (++digits_ > 8) return fail(kBadChunk);
        left_ = left_ * 16 + static_cast<std::uint64_t>(value);
        return;
    }
    if (digits_ == 0) return fail(kBadChunk);
    if (c == '\r') {
        state_ = State::size_end;
    } else if (c == ';') {
        state_ = State::extension;
    } else {
        fail(kBadChunk);
    }
}

void HttpBodyDecoder::take_extension(char c) {
    if (++overhead_ > kMaxOverhead || !(is_value_char(c) || c == '\r')) return fail(kBadChunk);
    if (c == '\r') state_ = State::size_end;
}

void HttpBodyDecoder::begin_chunk() {
    digits_ = 0;
    total_ += left_;
    if (total_ > limit_) return fail({413, "body_too_large", "The request's body is too large."});
    state_ = left_ > 0 ? State::chunk : State::trailer;
}

void HttpBodyDecoder::take_trailer(char c) {
    if (++overhead_ > kMaxOverhead) return fail({431, "header_fields_too_large", "The trailer fields are too large."});
    if (line_end_) {
        if (c != '\n') return fail(kBadChunk);
        line_end_ = false;
        if (trailer_empty_) state_ = State::done;
        trailer_empty_ = true;
    } else if (c == '\r') {
        line_end_ = true;
    } else if (!is_value_char(c) || (trailer_empty_ && !is_token_char(c))) {
        fail(kBadChunk);
    } else {
        trailer_empty_ = false;
    }
}

}  // namespace televisit::net
