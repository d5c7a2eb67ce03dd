// Any text is a tree within its bounds, or has problems that have a place in it; and a tree, written down in the
// plainest form, is read as the same one.
#include <algorithm>
#include <cstdlib>
#include <string>

#include "config/yaml_reader.hpp"

namespace {

using namespace televisit::config;

void require(bool holds) {
    if (!holds) std::abort();
}

void check_bounds(const Node& node, std::size_t depth, std::size_t& nodes) {
    require(depth <= kMaxDepth && ++nodes <= kMaxNodes);
    require(node.kind == Kind::map || node.entries.empty());
    require(node.kind == Kind::list || node.items.empty());
    for (const Entry& entry : node.entries) {
        require(node.find(entry.key) == &entry.value);  // no key twice
        check_bounds(entry.value, depth + 1, nodes);
    }
    for (const Node& item : node.items) check_bounds(item, depth + 1, nodes);
}

void append_quoted(std::string& out, std::string_view text) {
    constexpr char kHex[] = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
            out += c;
        else
            ((out += "\\x") += kHex[byte >> 4]) += kHex[byte & 15];
    }
    out += '"';
}

void append(std::string& out, const Node& node) {
    switch (node.kind) {
        case Kind::null:
            out += "~";
            return;
        case Kind::scalar:
            return append_quoted(out, node.text);
        case Kind::map:
            out += '{';
            for (const Entry& entry : node.entries) {
                out += out.back() == '{' ? "? " : ", ? ";
                append_quoted(out, entry.key);
                out += " : ";
                append(out, entry.value);
            }
            out += '}';
            return;
        case Kind::list:
            out += '[';
            for (const Node& item : node.items) {
                if (out.back() != '[') out += ", ";
                append(out, item);
            }
            out += ']';
    }
}

bool same(const Node& a, const Node& b) {
    return a.kind == b.kind && a.text == b.text &&
           std::equal(a.entries.begin(), a.entries.end(), b.entries.begin(), b.entries.end(),
                      [](const Entry& x, const Entry& y) { return x.key == y.key && same(x.value, y.value); }) &&
           std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(), same);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size > 2048) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const Loaded loaded = read_yaml(text, "fuzz");
    const auto lines = std::count(text.begin(), text.end(), '\n') + 1;
    for (const auto& problem : loaded.problems.all()) require(problem.mark.line <= lines + 1 && problem.mark.line >= 0);
    require(loaded.root.has_value() || !loaded.problems.empty());
    if (!loaded.root) return 0;
    std::size_t nodes = 0;
    check_bounds(*loaded.root, 0, nodes);
    if (!loaded.ok()) return 0;
    std::string written;
    append(written, *loaded.root);
    const Loaded again = read_yaml(written, "again");
    require(again.ok() && same(*loaded.root, *again.root));
    return 0;
}
