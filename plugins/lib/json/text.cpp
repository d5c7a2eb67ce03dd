#include "json/text.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace televisit::json {

namespace {

constexpr char32_t kReplacement = 0xFFFD;

unsigned hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
    return 0;
}

bool is_high(char32_t unit) noexcept {
    return unit >= 0xD800 && unit <= 0xDBFF;
}

bool is_low(char32_t unit) noexcept {
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

/// The code unit of "XXXX" at the front of `digits`.
char32_t code_unit(std::string_view digits) noexcept {
    char32_t unit = 0;
    for (std::size_t i = 0; i < 4 && i < digits.size(); ++i) unit = unit << 4 | hex_value(digits[i]);
    return unit;
}

void append_utf8(std::string& out, char32_t c) {
    const auto byte = [&](char32_t value) { out += static_cast<char>(static_cast<unsigned char>(value)); };
    if (c < 0x80) {
        byte(c);
    } else if (c < 0x800) {
        byte(0xC0 | c >> 6);
        byte(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        byte(0xE0 | c >> 12);
        byte(0x80 | (c >> 6 & 0x3F));
        byte(0x80 | (c & 0x3F));
    } else {
        byte(0xF0 | c >> 18);
        byte(0x80 | (c >> 12 & 0x3F));
        byte(0x80 | (c >> 6 & 0x3F));
        byte(0x80 | (c & 0x3F));
    }
}

/// One escape at the front of `text`, which begins behind the backslash; takes it off.
char32_t take_escape(std::string_view& text) noexcept {
    const char kind = text.front();
    text.remove_prefix(1);
    switch (kind) {
        case 'b':
            return '\b';
        case 'f':
            return '\f';
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        case 'u':
            break;
        default:
            return static_cast<unsigned char>(kind);
    }
    const char32_t first = code_unit(text);
    text.remove_prefix(std::min<std::size_t>(4, text.size()));
    if (!is_high(first)) return is_low(first) ? kReplacement : first;
    if (!text.starts_with("\\u")) return kReplacement;
    const char32_t second = code_unit(text.substr(2));
    if (!is_low(second)) return kReplacement;
    text.remove_prefix(std::min<std::size_t>(6, text.size()));
    return 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
}

std::string_view content_of(std::string_view json_string) noexcept {
    return json_string.size() < 2 ? std::string_view() : json_string.substr(1, json_string.size() - 2);
}

bool has_escape(std::string_view content) noexcept {
    return !content.empty() && std::memchr(content.data(), '\\', content.size()) != nullptr;
}

}  // namespace

/// Eight characters a step. "Some byte is less than n" and "some byte is zero" in one word: as in Bit Twiddling Hacks.
bool is_plain(std::string_view text) noexcept {
    constexpr std::uint64_t kOnes = 0x0101010101010101, kHigh = kOnes * 0x80;
    const auto some_zero = [](std::uint64_t word) { return (word - kOnes) & ~word & kHigh; };
    const char* at = text.data();
    std::size_t left = text.size();
    for (; left >= sizeof(std::uint64_t); at += sizeof(std::uint64_t), left -= sizeof(std::uint64_t)) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, sizeof word);
        const std::uint64_t control = (word - kOnes * 0x20) & ~word & kHigh;
        if ((control | some_zero(word ^ kOnes * '"') | some_zero(word ^ kOnes * '\\')) != 0) return false;
    }
    return std::none_of(at, at + left,
                        [](char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; });
}

void append_string(std::string& out, std::string_view text) {
    static constexpr char kHex[] = "0123456789abcdef";
    out += '"';
    if (is_plain(text)) {
        out += text;
    } else {
        for (const char c : text) {
            if (c == '"' || c == '\\') {
                out += '\\';
                out += c;
            } else if (static_cast<unsigned char>(c) >= 0x20) {
                out += c;
            } else if (c == '\n') {
                out += "\\n";
            } else if (c == '\r') {
                out += "\\r";
            } else if (c == '\t') {
                out += "\\t";
            } else {
                out += "\\u00";
                out += kHex[static_cast<unsigned char>(c) >> 4];
                out += kHex[static_cast<unsigned char>(c) & 15];
            }
        }
    }
    out += '"';
}

std::string string_of(std::string_view text) {
    std::string out;
    out.reserve(text.size() + 2);
    append_string(out, text);
    return out;
}

std::string_view text_of(std::string_view json_string, std::string& scratch) {
    std::string_view rest = content_of(json_string);
    if (!has_escape(rest)) return rest;
    scratch.clear();
    while (!rest.empty()) {
        const std::size_t plain = std::min(rest.find('\\'), rest.size());
        scratch += rest.substr(0, plain);
        rest.remove_prefix(plain);
        if (rest.size() < 2) break;
        rest.remove_prefix(1);
        append_utf8(scratch, take_escape(rest));
    }
    return scratch;
}

bool string_equals(std::string_view json_string, std::string_view text) {
    const std::string_view content = content_of(json_string);
    if (!has_escape(content)) return content == text;
    std::string scratch;
    return text_of(json_string, scratch) == text;
}

std::size_t string_length(std::string_view json_string) noexcept {
    std::string_view rest = content_of(json_string);
    std::size_t length = 0;
    while (!rest.empty()) {
        const char c = rest.front();
        rest.remove_prefix(1);
        if (c == '\\' && !rest.empty()) take_escape(rest);
        if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) ++length;
    }
    return length;
}

void append_number(std::string& out, std::int64_t number) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, number);
    out.append(digits, end.ptr);
}

}  // namespace televisit::json
