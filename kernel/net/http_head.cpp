#include "net/http_head.hpp"

#include <cstring>

#include "net/http_target.hpp"
#include "net/http_text.hpp"

namespace televisit::net {
namespace {

using detail::equal_ignoring_case;

// How often a field came that may come once.
struct Seen {
    int host = 0;
    int content_length = 0;
    int transfer_encoding = 0;
    bool connection_upgrade = false;
    bool upgrade_websocket = false;
};

std::optional<HttpMethod> method_of(std::string_view text) noexcept {
    for (const HttpMethod method : {HttpMethod::get, HttpMethod::head, HttpMethod::post, HttpMethod::put,
                                    HttpMethod::patch, HttpMethod::del, HttpMethod::options})
        if (text == to_string(method)) return method;
    return std::nullopt;
}

HttpFault parse_request_line(std::string_view line, HttpHead& head, HttpRequest& request) {
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) return malformed("The request line is not complete.");
    const std::string_view method = line.substr(0, first);
    const std::string_view target = line.substr(first + 1, last - first - 1);
    const std::string_view version = line.substr(last + 1);
    if (!is_token(method)) return malformed("The method is not a token.");
    if (version.size() != 8 || !version.starts_with("HTTP/") || !is_digit(version[5]) || version[6] != '.' ||
        !is_digit(version[7]))
        return malformed("The request line does not end with an HTTP version.");
    if (version != "HTTP/1.1" && version != "HTTP/1.0")
        return {505, "http_version_not_supported", "Only HTTP/1.1 and HTTP/1.0 are understood here."};
    head.version_1_0 = version == "HTTP/1.0";

    HttpTarget parsed;
    if (const HttpFault fault = parse_target(target, parsed)) return fault;
    const auto known = method_of(method);
    if (!known) return {501, "method_not_implemented", "This method is not known here."};
    request.method = *known;
    head.asterisk = parsed.path == "*";
    if (head.asterisk && request.method != HttpMethod::options)
        return malformed("Only OPTIONS may ask about the server as a whole.");
    request.path = std::move(parsed.path);
    request.raw_query = std::move(parsed.raw_query);
    request.query = std::move(parsed.query);
    head.host = parsed.authority;
    return kNoFault;
}

HttpFault take_transfer_encoding(std::string_view value, Seen& seen, HttpHead& head) {
    if (++seen.transfer_encoding > 1) return malformed("Transfer-Encoding is given twice.");
    if (!equal_ignoring_case(value, "chunked"))
        return {501, "transfer_coding_not_implemented", "The only transfer coding known here is chunked."};
    head.chunked = true;
    return kNoFault;
}

HttpFault take_field(std::string_view name, std::string_view value, Seen& seen, HttpHead& head) {
    if (equal_ignoring_case(name, "host")) {
        if (++seen.host > 1) return malformed("There is more than one Host.");
        if (!valid_authority(value)) return malformed("Host is not a host.");
        if (head.host.empty()) head.host = value;
    } else if (equal_ignoring_case(name, "content-length")) {
        if (++seen.content_length > 1) return malformed("Content-Length is given twice.");
        head.content_length = parse_decimal(value);
        if (!head.content_length) return malformed("Content-Length is not a number.");
    } else if (equal_ignoring_case(name, "transfer-encoding")) {
        return take_transfer_encoding(value, seen, head);
    } else if (equal_ignoring_case(name, "connection")) {
        head.close = head.close || has_member(value, "close");
        seen.connection_upgrade = seen.connection_upgrade || has_member(value, "upgrade");
    } else if (equal_ignoring_case(name, "upgrade")) {
        seen.upgrade_websocket = seen.upgrade_websocket || has_member(value, "websocket");
    } else if (equal_ignoring_case(name, "expect")) {
        if (!equal_ignoring_case(value, "100-continue"))
            return {417, "expectation_failed", "The only expectation met here is 100-continue."};
        head.expects_continue = true;
    }
    return kNoFault;
}

HttpFault parse_field(std::string_view line, Seen& seen, HttpHead& head, HttpRequest& request) {
    if (line.front() == ' ' || line.front() == '\t') return malformed("A field is folded over two lines.");
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return malformed("A field has no colon.");
    const std::string_view name = line.substr(0, colon);
    if (!is_token(name)) return malformed("A field name has a character that it must not have.");
    const std::string_view value = trim_blanks(line.substr(colon + 1));
    if (!is_value(value)) return malformed("A field value has a control character.");
    if (const HttpFault fault = take_field(name, value, seen, head)) return fault;
    request.headers.push_back({std::string(name), std::string(value)});
    return kNoFault;
}

HttpFault check_framing(const Seen& seen, HttpHead& head) {
    if (seen.host == 0 && !head.version_1_0) return malformed("There is no Host.");
    if (head.chunked && head.content_length)
        return malformed("Content-Length and Transfer-Encoding exclude each other.");
    if (head.chunked && head.version_1_0) return malformed("HTTP/1.0 has no Transfer-Encoding.");
    if (head.version_1_0) {
        if (seen.upgrade_websocket) return malformed("HTTP/1.0 has no upgrade.");
        head.close = true;
        head.expects_continue = false;
    }
    head.upgrade_websocket = seen.upgrade_websocket && seen.connection_upgrade;
    return kNoFault;
}

}  // namespace

HttpHeadScanner::Found HttpHeadScanner::scan(std::string_view data, const HttpLimits& limits) noexcept {
    while (next_ < data.size()) {
        const auto* const feed = static_cast<const char*>(std::memchr(data.data() + next_, '\n', data.size() - next_));
        if (!feed) {
            next_ = data.size();
            break;
        }
        const std::size_t at = static_cast<std::size_t>(feed - data.data());
        if (at == 0 || data[at - 1] != '\r') return {malformed("A line ends without a carriage return."), 0, 0};
        const bool first = line_ == begin_;
        const bool empty = at - 1 == line_;
        next_ = line_ = at + 1;
        if (!empty && first && at - begin_ > limits.target)
            return {{414, "target_too_long", "The request line is too long."}, 0, 0};
        if (!empty) continue;
        if (!first) {
            if (next_ - begin_ > limits.head) break;
            return {kNoFault, begin_, next_};
        }
        if (begin_ != 0) return {malformed("The request begins with empty lines."), 0, 0};
        begin_ = line_;
    }
    if (data.size() > begin_ && !is_token_char(data[begin_]) && data[begin_] != '\r')
        return {malformed("This is not an HTTP request."), 0, 0};
    const std::size_t held = data.size() - begin_;
    if (line_ == begin_ && held > limits.target)
        return {{414, "target_too_long", "The request line is too long."}, 0, 0};
    if (next_ - begin_ > limits.head || held > limits.head)
        return {{431, "header_fields_too_large", "The request's header fields are too large."}, 0, 0};
    return {};
}

HttpFault parse_head(std::string_view block, const HttpLimits& limits, HttpHead& head, HttpRequest& request) {
    Seen seen;
    const std::size_t line_end = block.find("\r\n");
    if (const HttpFault fault = parse_request_line(block.substr(0, line_end), head, request)) return fault;
    block.remove_prefix(line_end + 2);
    while (!block.starts_with("\r\n")) {
        const std::string_view line = block.substr(0, block.find("\r\n"));
        if (request.headers.size() == limits.fields)
            return {431, "header_fields_too_large", "The request has too many header fields."};
        if (const HttpFault fault = parse_field(line, seen, head, request)) return fault;
        block.remove_prefix(line.size() + 2);
    }
    return check_framing(seen, head);
}

}  // namespace televisit::net
