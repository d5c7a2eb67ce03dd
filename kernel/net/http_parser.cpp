#include "net/http_parser.hpp"

#include <algorithm>

namespace televisit::net {
namespace {
constexpr std::size_t kReservedAtOnce = 64 * 1024;  // a length announced is not yet a byte sent
}

HttpParser::Step HttpParser::failed(HttpFault fault) noexcept {
    fault_ = fault;
    stage_ = Stage::done;
    return {Event::fault, 0};
}

HttpParser::Step HttpParser::step(std::string_view data) {
    if (stage_ == Stage::head) return step_head(data);
    if (stage_ == Stage::head_told && !begin_body())
        return failed({413, "body_too_large", "The request's body is too large."});
    if (stage_ == Stage::done) return {fault_ ? Event::fault : Event::request, 0};

    const std::size_t consumed = body_.feed(data, request_->body);
    if (body_.fault()) return failed(body_.fault());
    if (!body_.done()) return {Event::need_more, consumed};
    stage_ = Stage::done;
    return {Event::request, consumed};
}

HttpParser::Step HttpParser::step_head(std::string_view data) {
    const auto found = scanner_.scan(data, limits_);
    if (found.fault) return failed(found.fault);
    if (found.end == 0) return {Event::need_more, 0};
    request_ = std::make_unique<HttpRequest>();
    const std::string_view block = data.substr(found.begin, found.end - found.begin);
    if (const HttpFault fault = parse_head(block, limits_, head_, *request_)) return failed(fault);
    stage_ = Stage::head_told;
    has_head_ = true;
    return {Event::head, found.end};
}

bool HttpParser::begin_body() {
    stage_ = Stage::body;
    if (head_.chunked) {
        body_ = HttpBodyDecoder::chunked(body_limit_);
        return true;
    }
    const std::uint64_t length = head_.content_length.value_or(0);
    if (length > body_limit_) return false;
    body_ = HttpBodyDecoder::counted(length);
    request_->body.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(length, kReservedAtOnce)));
    return true;
}

}  // namespace televisit::net
