#include "net/http_target.hpp"

#include <simdjson.h>

#include <algorithm>

#include "net/http_text.hpp"
#include "televisit/sdk/http.hpp"

namespace televisit::net {
namespace {

enum class Part { path, query };

bool decode(std::string_view text, Part part, std::string& out) {
    out.clear();
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '+' && part == Part::query) c = ' ';
        if (c == '%') {
            if (text.size() - i < 3) return false;
            const int high = hex_value(text[i + 1]);
            const int low = hex_value(text[i + 2]);
            if (high < 0 || low < 0) return false;
            c = static_cast<char>(high * 16 + low);
            i += 2;
            if (c == '\0' || (part == Part::path && (c == '/' || is_control(c)))) return false;
        }
        out.push_back(c);
    }
    return simdjson::validate_utf8(out.data(), out.size());
}

bool has_dot_segment(std::string_view path) noexcept {
    while (!path.empty()) {
        path.remove_prefix(1);  // the slash
        const std::string_view segment = path.substr(0, path.find('/'));
        if (segment == "." || segment == "..") return true;
        path.remove_prefix(segment.size());
    }
    return false;
}

bool parse_query(std::string_view text, std::vector<std::pair<std::string, std::string>>& query) {
    while (!text.empty()) {
        const std::string_view field = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(text.size(), field.size() + 1));
        if (field.empty()) continue;
        const std::size_t equals = std::min(field.find('='), field.size());
        auto& [name, value] = query.emplace_back();
        if (!decode(field.substr(0, equals), Part::query, name)) return false;
        if (equals < field.size() && !decode(field.substr(equals + 1), Part::query, value)) return false;
    }
    return true;
}

bool starts_with_ignoring_case(std::string_view text, std::string_view start) noexcept {
    return text.size() >= start.size() && detail::equal_ignoring_case(text.substr(0, start.size()), start);
}

}  // namespace

bool valid_authority(std::string_view text) noexcept {
    std::string_view host = text;
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos || end < 3) return false;
        host = text.substr(0, end + 1);
        const std::string_view inside = host.substr(1, end - 1);
        if (inside.find_first_not_of("0123456789abcdefABCDEF:.") != std::string_view::npos) return false;
    } else {
        host = text.substr(0, text.find(':'));
        // Registered names in the wild have letters, digits, '-', '.', '_'; what else RFC 3986 allows has no business
        // here.
        const auto fine = [](char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_'; };
        if (host.empty() || !std::all_of(host.begin(), host.end(), fine)) return false;
    }
    std::string_view port = text.substr(host.size());
    if (port.empty()) return true;
    port.remove_prefix(1);
    return text[host.size()] == ':' && !port.empty() && port.size() <= 5 &&
           std::all_of(port.begin(), port.end(), is_digit);
}

HttpFault parse_target(std::string_view text, HttpTarget& target) {
    if (!std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '#'; }))
        return malformed("The request target has a character that must be percent-encoded.");
    if (text == "*") {
        target.path = "*";
        return kNoFault;
    }
    if (!text.starts_with('/')) {
        const std::size_t scheme = starts_with_ignoring_case(text, "http://")    ? 7
                                   : starts_with_ignoring_case(text, "https://") ? 8
                                                                                 : 0;
        if (scheme == 0) return malformed("The request target is neither a path nor an http URL.");
        text.remove_prefix(scheme);
        target.authority = text.substr(0, text.find_first_of("/?"));
        if (!valid_authority(target.authority)) return malformed("The request target's host is not valid.");
        text.remove_prefix(target.authority.size());
    }
    const std::size_t mark = std::min(text.find('?'), text.size());
    const std::string_view path = mark == 0 ? std::string_view("/") : text.substr(0, mark);
    if (!decode(path, Part::path, target.path)) return malformed("The path is not properly percent-encoded.");
    if (has_dot_segment(target.path)) return malformed("The path has a dot segment.");
    if (mark < text.size()) target.raw_query = text.substr(mark + 1);
    if (!parse_query(target.raw_query, target.query)) return malformed("The query is not properly percent-encoded.");
    return kNoFault;
}

}  // namespace televisit::net
