// Any bytes are requests, a fault, or not enough. Which of them does not depend on how they arrive; and what was read
// as a request, written down again, is read as the same one: there is no second way to understand it.
#include <cstdlib>
#include <string>
#include <vector>

#include "net/http_parser.hpp"

namespace {

using namespace televisit;
using namespace televisit::net;

constexpr HttpLimits kLimits{256, 128, 8, 64};
constexpr char kHex[] = "0123456789ABCDEF";

struct Taken {
    HttpRequest request;
    bool close, upgrade, expects_continue, version_1_0;
    std::string host;
    std::string written() const;
};

struct Outcome {
    std::vector<Taken> requests;
    int status = 0;
    std::size_t consumed = 0;
};

void require(bool holds) {
    if (!holds) std::abort();
}

std::string encoded(std::string_view path) {
    if (path == "*") return "*";
    std::string out;
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        if (c > 0x20 && c < 0x7f && c != '%' && c != '?' && c != '#')
            out += c;
        else
            (((out += '%') += kHex[byte >> 4])) += kHex[byte & 15];
    }
    return out;
}

std::string Taken::written() const {
    std::string out = std::string(to_string(request.method)) + ' ' + encoded(request.path);
    if (!request.raw_query.empty()) out += '?' + request.raw_query;
    out += version_1_0 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n";
    for (const auto& [name, value] : request.headers) {
        const bool framing = televisit::detail::equal_ignoring_case(name, "transfer-encoding") ||
                             televisit::detail::equal_ignoring_case(name, "content-length");
        if (!framing) out += name + ": " + value + "\r\n";
    }
    return out + "Content-Length: " + std::to_string(request.body.size()) + "\r\n\r\n" + request.body;
}

bool same(const Taken& a, const Taken& b) {
    const auto headers = [](const HttpRequest& request) {
        std::string out;
        for (const auto& [name, value] : request.headers) out += name + ':' + value + '\n';
        return out;
    };
    return a.request.method == b.request.method && a.request.path == b.request.path &&
           a.request.raw_query == b.request.raw_query && a.request.query == b.request.query &&
           a.request.body == b.request.body && headers(a.request) == headers(b.request) && a.close == b.close &&
           a.upgrade == b.upgrade && a.expects_continue == b.expects_continue && a.host == b.host;
}

void check(const Taken& taken, const HttpLimits& limits) {
    const HttpRequest& request = taken.request;
    require(request.body.size() <= limits.body && request.headers.size() <= limits.fields);
    require(request.path == "*" || request.path.starts_with('/'));
    require(request.path.find('\0') == std::string::npos && (request.path + '/').find("/../") == std::string::npos);
    require(taken.version_1_0 || !taken.host.empty());
    for (const auto& [name, value] : request.headers)
        require((name + value).find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos);
}

// Requests behind one another on a connection, which comes `step` bytes at a time. The parser is given memory that ends
// with the bytes, so that AddressSanitizer sees it look further.
Outcome parse(std::string_view text, std::size_t step, const HttpLimits& limits) {
    Outcome outcome;
    auto parser = std::make_unique<HttpParser>(limits);
    for (std::size_t arrived = std::min(step, text.size());; arrived = std::min(arrived + step, text.size())) {
        for (;;) {
            const std::string_view rest = text.substr(outcome.consumed, arrived - outcome.consumed);
            const std::vector<char> exact(rest.begin(), rest.end());
            const auto result = parser->step({exact.data(), exact.size()});
            outcome.consumed += result.consumed;
            require(result.consumed <= rest.size());
            if (result.event == HttpParser::Event::need_more) break;
            if (result.event == HttpParser::Event::fault) {
                outcome.status = parser->fault().status;
                require(outcome.status >= 400 && outcome.status < 600 && !parser->fault().code.empty());
                return outcome;
            }
            if (result.event == HttpParser::Event::head) continue;
            const HttpHead& head = parser->head();
            outcome.requests.push_back({parser->take_request(), head.close, head.upgrade_websocket,
                                        head.expects_continue, head.version_1_0, head.host});
            check(outcome.requests.back(), limits);
            parser = std::make_unique<HttpParser>(limits);
        }
        if (arrived == text.size()) return outcome;
    }
}

void check_rewritten(const Taken& taken) {
    // What is written in full may be longer: every byte of a path as three, the framing in other words.
    constexpr HttpLimits kWider{4096, 1024, 16, 64};
    const Outcome again = parse(taken.written(), 4096, kWider);
    require(again.requests.size() == 1 && again.status == 0);
    const auto strip = [](Taken copy) {
        std::erase_if(copy.request.headers, [](const auto& field) {
            return televisit::detail::equal_ignoring_case(field.name, "transfer-encoding") ||
                   televisit::detail::equal_ignoring_case(field.name, "content-length");
        });
        return copy;
    };
    // An absolute target names the host; written down, only the Host field is left.
    Taken before = strip(taken), after = strip(again.requests[0]);
    before.host = after.host;
    require(same(before, after));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size > 1024) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const Outcome whole = parse(text, size + 1, kLimits);
    for (const std::size_t step : {std::size_t{1}, std::size_t{7}, size / 2 + 1}) {
        const Outcome parts = parse(text, step, kLimits);
        // Which of several faults is noticed may depend on it, not whether there is one.
        require((parts.status == 0) == (whole.status == 0) && parts.requests.size() == whole.requests.size());
        require(whole.status != 0 || parts.consumed == whole.consumed);
        for (std::size_t i = 0; i < parts.requests.size(); ++i) require(same(parts.requests[i], whole.requests[i]));
    }
    for (const Taken& taken : whole.requests) check_rewritten(taken);
    return 0;
}
