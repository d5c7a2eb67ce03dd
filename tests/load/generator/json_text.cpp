#include "json_text.hpp"

#include <algorithm>
#include <charconv>

namespace televisit::load {

std::string find_json_string(std::string_view json, std::string_view key) {
    int objects = 0, arrays_inside = 0;
    for (std::size_t at = 0; at < json.size(); ++at) {
        switch (json[at]) {
            case '{':
                ++objects;
                continue;
            case '}':
                --objects;
                continue;
            case '[':
                arrays_inside += objects > 0;
                continue;
            case ']':
                arrays_inside -= objects > 0;
                continue;
            case '"':
                break;
            default:
                continue;
        }
        const std::size_t open = at++;
        while (at < json.size() && json[at] != '"') at += json[at] == '\\' ? 2 : 1;
        if (objects != 1 || arrays_inside != 0 || at >= json.size()) continue;
        if (json.substr(open + 1, at - open - 1) != key) continue;
        const std::size_t colon = json.find_first_not_of(' ', at + 1);
        if (colon == std::string_view::npos || json[colon] != ':') continue;
        const std::size_t value = json.find_first_not_of(' ', colon + 1);
        if (value == std::string_view::npos || json[value] != '"') continue;
        const std::size_t end = json.find('"', value + 1);
        if (end != std::string_view::npos) return std::string(json.substr(value + 1, end - value - 1));
    }
    return {};
}

bool json_string_equals(std::string_view json, std::size_t at, std::string_view expected) {
    while (at < json.size() && json[at] != '"') {
        // What holds no escape is compared in one go.
        const std::size_t stop = std::min(json.find_first_of("\\\"", at), json.size());
        if (stop > at) {
            if (!expected.starts_with(json.substr(at, stop - at))) return false;
            expected.remove_prefix(stop - at);
            at = stop;
            continue;
        }
        if (at + 1 >= json.size() || expected.empty()) return false;
        char c = json[at + 1];
        at += 2;
        switch (c) {
            case 'n':
                c = '\n';
                break;
            case 'r':
                c = '\r';
                break;
            case 't':
                c = '\t';
                break;
            case 'b':
                c = '\b';
                break;
            case 'f':
                c = '\f';
                break;
            case 'u': {
                if (json.size() - at < 4) return false;
                int code = 0;
                std::from_chars(json.data() + at, json.data() + at + 4, code, 16);
                if (code > 127) return false;
                c = static_cast<char>(code);
                at += 4;
                break;
            }
            default:
                break;  // \" \\ and the like stand for themselves
        }
        if (expected.front() != c) return false;
        expected.remove_prefix(1);
    }
    return at < json.size() && expected.empty();
}

std::string json_escape(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\r')
            out += "\\r";
        else if (c == '\n')
            out += "\\n";
        else if (c == '"' || c == '\\')
            (out += '\\') += c;
        else
            out += c;
    }
    return out;
}

}  // namespace televisit::load
