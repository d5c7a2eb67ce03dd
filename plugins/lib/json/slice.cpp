#include "json/slice.hpp"

#include <bit>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace televisit::json {

namespace {

bool is_space(char c) noexcept {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

const char* skip_space(const char* at, const char* end) noexcept {
    while (at != end && is_space(*at)) ++at;
    return at;
}

/// The next quote at or behind `at`, or null. Strings are short mostly, so the first steps are taken here.
const char* find_quote(const char* at, const char* end) noexcept {
#if defined(__SSE2__)
    const __m128i quotes = _mm_set1_epi8('"');
    for (int step = 0; step < 4 && end - at >= 16; ++step, at += 16) {
        const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
        const auto hits = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(block, quotes)));
        if (hits != 0) return at + std::countr_zero(hits);
    }
#endif
    return static_cast<const char*>(std::memchr(at, '"', static_cast<std::size_t>(end - at)));
}

/// Behind the string that begins at `at`.
const char* skip_string(const char* at, const char* end) noexcept {
    const char* const begin = ++at;
    while (at < end) {
        const char* const quote = find_quote(at, end);
        if (quote == nullptr) return end;
        const char* back = quote;
        while (back != begin && back[-1] == '\\') --back;
        at = quote + 1;
        if ((quote - back) % 2 == 0) return at;
    }
    return end;
}

/// Behind the object or array that begins at `at`. '{' and '[' differ in one bit only, '}' and ']' as well; in a valid
/// text counting them together is enough.
const char* skip_container(const char* at, const char* end) noexcept {
    std::size_t depth = 0;
    while (at < end) {
        const char c = *at;
        if (c == '"') {
            at = skip_string(at, end);
            continue;
        }
        ++at;
        const char folded = static_cast<char>(c | 0x20);
        if (folded == '{') {
            ++depth;
        } else if (folded == '}' && --depth == 0) {
            return at;
        }
    }
    return end;
}

const char* skip_scalar(const char* at, const char* end) noexcept {
    while (at != end && *at != ',' && *at != ']' && *at != '}' && !is_space(*at)) ++at;
    return at;
}

const char* skip_value(const char* at, const char* end) noexcept {
    if (at == end) return end;
    if (*at == '"') return skip_string(at, end);
    if (*at == '{' || *at == '[') return skip_container(at, end);
    return skip_scalar(at, end);
}

std::string_view between(const char* from, const char* to) noexcept {
    return {from, static_cast<std::size_t>(to - from)};
}

/// At the first character of the next value, behind a comma if there is one; null at the container's end.
const char* next_value(std::string_view& rest) noexcept {
    const char* const end = rest.data() + rest.size();
    const char* at = skip_space(rest.data(), end);
    if (at != end && *at == ',') at = skip_space(at + 1, end);
    if (at == end || *at == ']' || *at == '}') return nullptr;
    return at;
}

}  // namespace

std::size_t value_size(std::string_view text) noexcept {
    return static_cast<std::size_t>(skip_value(text.data(), text.data() + text.size()) - text.data());
}

std::string_view trimmed(std::string_view text) noexcept {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

std::optional<std::string_view> ArrayElements::next() noexcept {
    const char* const end = rest_.data() + rest_.size();
    const char* const from = next_value(rest_);
    if (from == nullptr) return std::nullopt;
    const char* const to = skip_value(from, end);
    rest_ = between(to, end);
    if (from == to) return std::nullopt;
    return between(from, to);
}

std::string_view ArrayElements::last() const noexcept {
    std::string_view rest = trimmed(rest_);
    if (rest.starts_with(',')) rest.remove_prefix(1);
    if (rest.ends_with(']')) rest.remove_suffix(1);
    return trimmed(rest);
}

std::optional<RawMember> ObjectMembers::next() noexcept {
    const char* const end = rest_.data() + rest_.size();
    const char* const name = next_value(rest_);
    if (name == nullptr || *name != '"') return std::nullopt;
    const char* const name_end = skip_string(name, end);
    const char* colon = skip_space(name_end, end);
    if (colon == end || *colon != ':') return std::nullopt;
    const char* const value = skip_space(colon + 1, end);
    const char* const value_end = skip_value(value, end);
    rest_ = between(value_end, end);
    const std::string_view quoted = between(name, name_end);
    return RawMember{quoted, between(value, value_end), quoted.find('\\') != std::string_view::npos};
}

}  // namespace televisit::json
