#include "config/interpolation.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "config/text_file.hpp"

namespace televisit::config {

namespace {

constexpr std::string_view kOpen = "${";

bool is_variable_name(std::string_view name) noexcept {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    return !name.empty() && letter(name.front()) &&
           std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

/// Why a text cannot be made. Caught by the one function that reports it.
struct Unresolved {
    std::string message;
};

/// The place of the '}' that belongs to the "${" at the start of `text`; npos if there is none.
std::size_t closing_brace(std::string_view text) noexcept {
    std::size_t depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escaped = i > 0 && text[i - 1] == '$';
        if (text.substr(i).starts_with(kOpen) && !escaped) ++depth;
        if (text[i] == '}' && --depth == 0) return i;
    }
    return std::string_view::npos;
}

/// Makes the text of one value, and notes what it was made from.
class Expansion {
  public:
    Expansion(const Sources& sources, std::size_t room) : sources_(sources), room_(room) {}

    std::string expand(std::string_view text, std::size_t depth = 0) {
        if (depth > kMaxReferenceDepth) throw Unresolved{"references are nested too deep"};
        std::string result;
        for (auto start = text.find(kOpen); start != std::string_view::npos; start = text.find(kOpen)) {
            if (start > 0 && text[start - 1] == '$') {
                append(result, text.substr(0, start - 1));
                append(result, kOpen);
                text.remove_prefix(start + kOpen.size());
                continue;
            }
            append(result, text.substr(0, start));
            text.remove_prefix(start);
            const auto end = closing_brace(text);
            if (end == std::string_view::npos) throw Unresolved{"'${' has no '}'; write '$${' for the text '${'"};
            append(result, look_up(text.substr(kOpen.size(), end - kOpen.size()), depth));
            text.remove_prefix(end + 1);
        }
        append(result, text);
        return result;
    }

    Origin origin() const noexcept { return origin_; }
    const std::string& source() const noexcept { return source_; }

  private:
    void append(std::string& result, std::string_view text) const {
        if (result.size() + text.size() > room_) throw Unresolved{"too much text from files and the environment"};
        result += text;
    }

    std::string look_up(std::string_view reference, std::size_t depth) {
        const auto colon = reference.find(':');
        const auto scheme = reference.substr(0, colon);
        const auto name = colon == std::string_view::npos ? std::string_view() : reference.substr(colon + 1);
        if (colon != std::string_view::npos && scheme == "env") return from_environment(name, depth);
        if (name.find(kOpen) != std::string_view::npos) throw Unresolved{"only a default may hold references"};
        if (colon != std::string_view::npos && scheme == "file") return from_file(name);
        if (const auto found = sources_.more.find(scheme);
            colon != std::string_view::npos && found != sources_.more.end()) {
            return from_named(found->first, found->second, name);
        }
        throw Unresolved{
            "'${' begins neither ${env:NAME}, ${env:NAME:-default} nor ${file:/path}; write '$${' for the text '${'"};
    }

    std::string from_environment(std::string_view reference, std::size_t depth) {
        const auto separator = reference.find(":-");
        const std::string name(reference.substr(0, separator));
        if (!is_variable_name(name)) throw Unresolved{excerpt(name) + " is not the name of an environment variable"};
        note(Origin::environment, "${env:" + name + "}");
        auto value = sources_.environment ? sources_.environment(name) : std::nullopt;
        if (separator != std::string_view::npos && (!value || value->empty())) {
            return expand(reference.substr(separator + 2), depth + 1);
        }
        if (!value) {
            throw Unresolved{"the environment variable " + name +
                             " is not set, and there is no default (${env:" + name + ":-default})"};
        }
        if (first_bad_byte(*value)) throw Unresolved{"the environment variable " + name + " does not hold UTF-8 text"};
        return *std::move(value);
    }

    std::string from_file(std::string_view path) {
        const auto name = "the file " + excerpt(path);
        note(Origin::file, "${file:" + std::string(path) + "}");
        if (!path.starts_with('/')) throw Unresolved{name + " must be named by an absolute path"};
        auto file = read_text_file(path, kMaxIncludedFileBytes);
        if (!file.problem.empty()) throw Unresolved{name + " " + file.problem};
        if (file.text.ends_with('\n')) file.text.pop_back();
        if (file.text.ends_with('\r')) file.text.pop_back();
        if (file.text.empty()) throw Unresolved{name + " is empty"};
        if (first_bad_byte(file.text)) throw Unresolved{name + " does not hold UTF-8 text"};
        return std::move(file.text);
    }

    std::string from_named(const std::string& scheme, const Lookup& lookup, std::string_view name) {
        note(Origin::file, "${" + scheme + ":" + std::string(name) + "}");
        auto value = lookup ? lookup(name) : std::nullopt;
        if (!value) throw Unresolved{"there is no " + excerpt(name) + " in '" + scheme + "'"};
        if (first_bad_byte(*value)) throw Unresolved{excerpt(name) + " in '" + scheme + "' does not hold UTF-8 text"};
        return *std::move(value);
    }

    void note(Origin origin, const std::string& source) {
        if (origin_ != Origin::file) origin_ = origin;
        source_.append(source_.empty() ? "" : " ").append(source);
    }

    const Sources& sources_;
    std::size_t room_;
    Origin origin_ = Origin::literal;
    std::string source_;
};

class Interpolation {
  public:
    Interpolation(const Sources& sources, Diagnostics& problems) : sources_(sources), problems_(problems) {}

    void walk(Node& node, const std::string& path) {
        if (node.kind == Kind::scalar && node.text.find(kOpen) != std::string::npos) replace(node, path);
        for (auto& entry : node.entries) walk(entry.value, path_of(path, entry.key));
        for (std::size_t i = 0; i < node.items.size(); ++i) walk(node.items[i], path_of(path, i));
    }

  private:
    void replace(Node& node, const std::string& path) {
        try {
            Expansion expansion(sources_, room_);
            node.text = expansion.expand(node.text);
            node.origin = expansion.origin();
            node.source = expansion.source();
            room_ -= node.text.size();
        } catch (Unresolved& unresolved) {
            node.broken = true;
            problems_.add(node.mark, path, std::move(unresolved.message));
        }
    }

    const Sources& sources_;
    Diagnostics& problems_;
    std::size_t room_ = kMaxInterpolatedBytes;
};

}  // namespace

Environment process_environment() {
    return [](std::string_view name) -> std::optional<std::string> {
        const char* value = std::getenv(std::string(name).c_str());
        if (value == nullptr) return std::nullopt;
        return std::string(value);
    };
}

void interpolate(Node& root, const Sources& sources, Diagnostics& problems) {
    Interpolation(sources, problems).walk(root, {});
}

}  // namespace televisit::config
