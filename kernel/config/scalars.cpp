#include "config/scalars.hpp"

#include <Poco/Exception.h>
#include <Poco/URI.h>
#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "config/spelling.hpp"
#include "config/units.hpp"

namespace televisit::config {

namespace {

bool is_text(Type type) noexcept {
    return type == Type::string || type == Type::secret || type == Type::url || type == Type::cidr;
}

/// How a diagnostic may speak of the value: only what stands in the file, and is no credential, is quoted.
std::string shown(const Node& node, const Schema& schema) {
    if (schema.type == Type::secret) return "the secret";
    if (!node.source.empty()) return "the value of " + node.source;
    if (schema.type == Type::url) return "the URL";
    return excerpt(node.text);
}

std::string_view noun(Type type) noexcept {
    switch (type) {
        case Type::integer:
            return "an integer (decimal digits)";
        case Type::number:
            return "a number";
        case Type::boolean:
            return "true or false";
        case Type::duration:
            return "a duration, such as 250ms, 10s, 5m, 24h or 7d";
        case Type::bytes:
            return "a size, such as 1000000, 64KiB, 1MiB or 2GiB";
        case Type::url:
            return "a URL";
        case Type::cidr:
            return "an address or network, such as 10.0.0.0/8 or ::1";
        case Type::map:
            return "a map";
        case Type::list:
            return "a list";
        case Type::secret:
            return "a secret text";
        case Type::string:
            return "a text";
        case Type::any:
            return "any value";
    }
    return "any value";
}

/// A word of advice for the misreadings that YAML has taught people.
std::string advice(const Node& node, Type type) {
    if (!node.source.empty()) return {};
    const auto& text = node.text;
    if (type == Type::boolean) {
        constexpr std::array<std::string_view, 4> kYes{"yes", "on", "1", "y"};
        constexpr std::array<std::string_view, 5> kNo{"no", "off", "0", "n", ""};
        std::string lower(text);
        std::transform(lower.begin(), lower.end(), lower.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
        if (lower == "true" || std::find(kYes.begin(), kYes.end(), lower) != kYes.end()) return "; write true";
        if (lower == "false" || std::find(kNo.begin(), kNo.end(), lower) != kNo.end()) return "; write false";
    }
    const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
    if (type == Type::integer && digits) {
        return text.front() == '0' ? "; leading zeros are not allowed" : "; it is too large";
    }
    if (type == Type::duration && digits) return "; it needs a unit: " + text + "s or " + text + "ms";
    return {};
}

std::size_t characters(std::string_view text) noexcept {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

bool is_url(const std::string& text, const std::vector<std::string>& schemes) {
    const bool printable = std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
    if (!printable) return false;
    try {
        const Poco::URI uri(text);
        if (uri.getScheme().empty() || uri.getPathEtc().size() + uri.getHost().size() == 0) return false;
        const bool known = std::find(schemes.begin(), schemes.end(), uri.getScheme()) != schemes.end();
        const bool web = uri.getScheme() == "http" || uri.getScheme() == "https";
        return (schemes.empty() || known) && (!web || !uri.getHost().empty());
    } catch (const Poco::Exception&) {
        return false;
    }
}

bool is_cidr(const std::string& text) {
    const auto slash = text.find('/');
    const auto address = text.substr(0, slash);
    std::array<unsigned char, 16> parsed{};
    const bool v4 = ::inet_pton(AF_INET, address.c_str(), parsed.data()) == 1;
    const bool v6 = !v4 && ::inet_pton(AF_INET6, address.c_str(), parsed.data()) == 1;
    if (!v4 && !v6) return false;
    if (slash == std::string::npos) return true;
    const auto prefix = parse_integer(std::string_view(text).substr(slash + 1));
    return prefix && *prefix >= 0 && *prefix <= (v4 ? 32 : 128);
}

/// Sets `node.value` from its text; false when the text is not of the type.
bool read_value(Node& node, const Schema& schema) {
    const auto set = [&](const auto& value) {
        if (value) node.value = *value;
        return value.has_value();
    };
    switch (schema.type) {
        case Type::integer:
            return set(parse_integer(node.text));
        case Type::number:
            return set(parse_number(node.text));
        case Type::duration:
            return set(parse_duration(node.text));
        case Type::bytes:
            return set(parse_bytes(node.text));
        case Type::boolean:
            node.value = node.text == "true";
            return node.text == "true" || node.text == "false";
        case Type::url:
            return is_url(node.text, schema.schemes);
        case Type::cidr:
            return is_cidr(node.text);
        default:
            return true;
    }
}

bool within_bounds(const Node& node, const Schema& schema) {
    if (schema.type == Type::number) {
        const double real = std::get<double>(node.value);
        return (!schema.min || real >= schema.min->real) && (!schema.max || real <= schema.max->real);
    }
    const auto* whole = std::get_if<std::int64_t>(&node.value);
    const auto amount = whole != nullptr ? *whole : static_cast<std::int64_t>(characters(node.text));
    return (!schema.min || amount >= schema.min->whole) && (!schema.max || amount <= schema.max->whole);
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

}  // namespace

std::string bounds_text(const Schema& schema) {
    if (!schema.min && !schema.max) return {};
    std::string text;
    if (schema.min && schema.max) {
        text = "from " + schema.min->text + " to " + schema.max->text;
    } else if (schema.min) {
        text = "at least " + schema.min->text;
    } else {
        text = "at most " + schema.max->text;
    }
    if (is_text(schema.type)) text += " characters";
    if (schema.type == Type::list) text += " items";
    return text;
}

std::string allowed(const Schema& schema) {
    if (!schema.one_of.empty()) return "one of " + joined(schema.one_of);
    std::string text(noun(schema.type));
    if (!schema.schemes.empty()) text += " (" + joined(schema.schemes) + ")";
    const auto bounds = bounds_text(schema);
    if (!bounds.empty()) text += (is_text(schema.type) || schema.type == Type::list ? " of " : ", ") + bounds;
    if (schema.pattern) text += " that matches " + schema.pattern->expression();
    return text;
}

std::string check_scalar(Node& node, const Schema& schema) {
    // The default needs no other excuse: an empty text may be "none" for a secret that must otherwise have 32
    // characters.
    const bool is_default = is_text(schema.type) && schema.fallback && schema.fallback->text == node.text;
    if (is_default) return {};
    if (!read_value(node, schema)) {
        std::string message = shown(node, schema) + " is not " + std::string(noun(schema.type));
        if (!schema.schemes.empty()) message += " (" + joined(schema.schemes) + ")";
        return message + advice(node, schema.type);
    }
    const bool listed = std::find(schema.one_of.begin(), schema.one_of.end(), node.text) != schema.one_of.end();
    if (!schema.one_of.empty() && !listed) {
        const std::vector<std::string_view> candidates(schema.one_of.begin(), schema.one_of.end());
        return shown(node, schema) + " is not one of " + joined(schema.one_of) + suggestion(node.text, candidates);
    }
    if (!within_bounds(node, schema)) {
        const std::string_view verb = is_text(schema.type) ? " must have " : " must be ";
        return shown(node, schema) + std::string(verb) + bounds_text(schema);
    }
    if (schema.pattern && !schema.pattern->matches(node.text)) {
        return shown(node, schema) + " does not match " + schema.pattern->expression();
    }
    return {};
}

}  // namespace televisit::config
