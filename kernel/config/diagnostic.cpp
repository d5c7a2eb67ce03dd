#include "config/diagnostic.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace televisit::config {

void Diagnostics::add(Mark mark, std::string path, std::string message) {
    if (kept_.size() >= kMost) {
        ++dropped_;
        return;
    }
    kept_.push_back({std::move(mark), std::move(path), std::move(message)});
}

void Diagnostics::append(const Diagnostics& others) {
    for (const auto& one : others.kept_) add(one.mark, one.path, one.message);
    dropped_ += others.dropped_;
}

std::string to_text(const Diagnostic& diagnostic) {
    std::string text;
    if (diagnostic.mark.file) text += *diagnostic.mark.file;
    if (diagnostic.mark.line > 0) {
        text += ':' + std::to_string(diagnostic.mark.line) + ':' + std::to_string(diagnostic.mark.column);
    }
    if (!text.empty()) text += ": ";
    if (!diagnostic.path.empty()) text += diagnostic.path + ": ";
    return text + diagnostic.message;
}

std::string to_text(const Diagnostics& diagnostics) {
    std::vector<const Diagnostic*> sorted;
    for (const auto& one : diagnostics.all()) sorted.push_back(&one);
    const auto file_of = [](const Diagnostic* one) {
        return one->mark.file ? std::string_view(*one->mark.file) : std::string_view();
    };
    std::stable_sort(sorted.begin(), sorted.end(), [&](const Diagnostic* a, const Diagnostic* b) {
        const auto by_file = file_of(a).compare(file_of(b));
        if (by_file != 0) return by_file < 0;
        return std::pair(a->mark.line, a->mark.column) < std::pair(b->mark.line, b->mark.column);
    });
    std::string text;
    for (const auto* one : sorted) text += to_text(*one) + '\n';
    if (diagnostics.dropped() > 0) text += "and " + std::to_string(diagnostics.dropped()) + " more\n";
    return text;
}

std::string excerpt(std::string_view text) {
    constexpr std::size_t kLongest = 60;
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string out = "'";
    std::size_t characters = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool starts_character = (byte & 0xC0U) != 0x80U;
        if (starts_character && characters++ == kLongest) return out + "…'";
        if (byte < 0x20U || byte == 0x7FU) {
            out.append("\\x").append(1, kHex[byte >> 4U]).append(1, kHex[byte & 0xFU]);
        } else {
            out += c;
        }
    }
    return out + '\'';
}

}  // namespace televisit::config
