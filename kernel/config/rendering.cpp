#include "config/rendering.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "config/units.hpp"

namespace televisit::config {

namespace {

bool is_plain(std::string_view text) noexcept {
    constexpr std::array<std::string_view, 10> kWords{"true", "false", "null", "yes", "no", "on", "off", "y", "n", "~"};
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    if (text.empty() || std::find(kWords.begin(), kWords.end(), lower) != kWords.end()) return false;
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '/'; };
    return letter(text.front()) && std::all_of(text.begin(), text.end(), [&](char c) {
               return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
           });
}

/// A text in YAML's double quotes, safe from interpolation when it is read again.
std::string in_quotes(std::string_view text) {
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string out = "\"";
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out.append(1, '\\').append(1, c);
        } else if (byte < 0x20U) {
            out.append("\\x").append(1, kHex[byte >> 4U]).append(1, kHex[byte & 0xFU]);
        } else if (text.substr(i).starts_with("${")) {
            out += "$$";
        } else {
            out += c;
        }
    }
    return out + '"';
}

std::string text_of(std::string_view text) {
    return is_plain(text) ? std::string(text) : in_quotes(text);
}

/// "redis://user:password@host" without what stands between the scheme and the host.
std::string without_credentials(const std::string& url) {
    const auto begin = url.find("://");
    if (begin == std::string::npos) return url;
    const auto end = std::min(url.find_first_of("/?#", begin + 3), url.size());
    const auto at = url.rfind('@', end);
    if (at == std::string::npos || at < begin + 3) return url;
    return url.substr(0, begin + 3) + "<secret>" + url.substr(at);
}

std::string scalar_text(const Node& node) {
    // Whoever keeps a text in a file of its own means to keep it to himself, whatever the schema calls it.
    if (node.origin == Origin::file && node.type != Type::any) return "<secret>";
    switch (node.type) {
        case Type::secret:
            return node.text.empty() ? "\"\"" : "<secret>";
        case Type::any:
            return "<not shown>";
        case Type::url:
            return text_of(without_credentials(node.text));
        case Type::duration:
            return duration_text(std::get<std::int64_t>(node.value));
        case Type::bytes:
            return bytes_text(std::get<std::int64_t>(node.value));
        case Type::integer:
        case Type::number:
        case Type::boolean:
            return node.text;
        default:
            return text_of(node.text);
    }
}

void print_map(const Node& map, std::size_t indent, std::string_view first_indent, std::string& out);

/// What follows "key:" or "-"; `indent` is that of lines below.
void print_value(const Node& node, std::size_t indent, std::string& out) {
    if (node.kind == Kind::map && !node.entries.empty()) {
        out += '\n';
        return print_map(node, indent, std::string(indent, ' '), out);
    }
    if (node.kind == Kind::list && !node.items.empty()) {
        out += '\n';
        for (const auto& item : node.items) {
            out.append(indent, ' ').append("-");
            if (item.kind == Kind::map && !item.entries.empty()) {
                print_map(item, indent + 2, " ", out);
            } else {
                print_value(item, indent + 2, out);
            }
        }
        return;
    }
    const auto text = node.kind == Kind::map ? "{}" : node.kind == Kind::list ? "[]" : scalar_text(node);
    out.append(" ").append(text).append(node.origin == Origin::fallback ? "  # default\n" : "\n");
}

void print_map(const Node& map, std::size_t indent, std::string_view first_indent, std::string& out) {
    bool first = true;
    for (const auto& entry : map.entries) {
        if (!entry.value.has_value()) continue;
        out.append(first ? std::string(first_indent) : std::string(indent, ' '));
        out.append(text_of(entry.key)).append(":");
        print_value(entry.value, indent + 2, out);
        first = false;
    }
    if (first) out.append(first_indent).append("{}\n");
}

}  // namespace

std::string render(const Node& tree) {
    std::string out;
    print_map(tree, 0, {}, out);
    return out;
}

}  // namespace televisit::config
