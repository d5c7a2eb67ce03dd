#include "config/node.hpp"

#include <algorithm>
#include <charconv>

#include "config/diagnostic.hpp"

namespace televisit::config {

std::string_view to_string(Type type) noexcept {
    switch (type) {
        case Type::string:
            return "string";
        case Type::integer:
            return "integer";
        case Type::number:
            return "number";
        case Type::boolean:
            return "boolean";
        case Type::duration:
            return "duration";
        case Type::bytes:
            return "bytes";
        case Type::secret:
            return "secret";
        case Type::url:
            return "url";
        case Type::cidr:
            return "cidr";
        case Type::map:
            return "map";
        case Type::list:
            return "list";
        case Type::any:
            return "any";
    }
    return "any";
}

std::string_view to_string(Kind kind) noexcept {
    switch (kind) {
        case Kind::null:
            return "an empty value";
        case Kind::scalar:
            return "a single value";
        case Kind::map:
            return "a map";
        case Kind::list:
            return "a list";
    }
    return "an empty value";
}

const Node* Node::find(std::string_view key) const noexcept {
    const auto found =
        std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.key == key; });
    return found == entries.end() ? nullptr : &found->value;
}

Node* Node::find(std::string_view key) noexcept {
    return const_cast<Node*>(static_cast<const Node*>(this)->find(key));
}

const Node* at_path(const Node& root, std::string_view path) noexcept {
    const Node* node = &root;
    while (!path.empty() && node != nullptr) {
        if (path.front() == '[') {
            std::size_t index = 0;
            const auto [end, fault] = std::from_chars(path.data() + 1, path.data() + path.size(), index);
            if (fault != std::errc{} || end == path.data() + path.size() || *end != ']') return nullptr;
            path.remove_prefix(static_cast<std::size_t>(end - path.data()) + 1);
            node = index < node->items.size() ? &node->items[index] : nullptr;
        } else {
            if (path.front() == '.') path.remove_prefix(1);
            const auto length = std::min(path.find_first_of(".["), path.size());
            node = node->find(path.substr(0, length));
            path.remove_prefix(length);
        }
    }
    return node;
}

std::string path_of(std::string_view parent, std::string_view key) {
    const bool plain = !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
    std::string path(parent);
    if (!path.empty()) path += '.';
    if (plain) return path.append(key);
    return path.append(excerpt(key));
}

std::string path_of(std::string_view parent, std::size_t index) {
    return std::string(parent) + '[' + std::to_string(index) + ']';
}

}  // namespace televisit::config
