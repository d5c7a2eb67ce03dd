#include "config/tree_view.hpp"

#include <stdexcept>
#include <utility>

namespace televisit::config {

namespace {

[[noreturn]] void misused(std::string_view key, std::string_view problem) {
    throw std::logic_error("configuration key '" + std::string(key) + "' " + std::string(problem));
}

bool reads_as_text(const Node& node) noexcept {
    return node.kind == Kind::scalar && (node.type == Type::string || node.type == Type::secret ||
                                         node.type == Type::url || node.type == Type::cidr || node.type == Type::any);
}

}  // namespace

bool TreeView::has(std::string_view key) const {
    return declared(key).has_value();
}

std::string TreeView::string(std::string_view key) const {
    const auto& node = declared(key);
    if (!node.has_value()) misused(key, "has no value; ask has() first");
    if (!reads_as_text(node)) misused(key, "is not a text but " + std::string(to_string(node.type)));
    return node.text;
}

std::int64_t TreeView::integer(std::string_view key) const {
    return std::get<std::int64_t>(typed(key, Type::integer).value);
}

double TreeView::number(std::string_view key) const {
    return std::get<double>(typed(key, Type::number).value);
}

bool TreeView::boolean(std::string_view key) const {
    return std::get<bool>(typed(key, Type::boolean).value);
}

std::chrono::milliseconds TreeView::duration(std::string_view key) const {
    return std::chrono::milliseconds(std::get<std::int64_t>(typed(key, Type::duration).value));
}

std::size_t TreeView::bytes(std::string_view key) const {
    return static_cast<std::size_t>(std::get<std::int64_t>(typed(key, Type::bytes).value));
}

std::vector<std::string> TreeView::strings(std::string_view key) const {
    const auto& node = declared(key);
    std::vector<std::string> texts;
    if (!node.has_value()) return texts;
    if (node.kind != Kind::list) misused(key, "is not a list");
    for (const auto& item : node.items) {
        if (item.kind != Kind::scalar) misused(key, "is not a list of single values");
        texts.push_back(item.text);
    }
    return texts;
}

std::unique_ptr<ConfigView> TreeView::section(std::string_view key) const {
    const auto& node = declared(key);
    if (!node.has_value()) misused(key, "has no value; ask has() first");
    if (node.kind != Kind::map) misused(key, "is not a map");
    return share(node);
}

std::vector<std::unique_ptr<ConfigView>> TreeView::sections(std::string_view key) const {
    const auto& node = declared(key);
    std::vector<std::unique_ptr<ConfigView>> views;
    if (!node.has_value()) return views;
    if (node.kind != Kind::list) misused(key, "is not a list");
    for (const auto& item : node.items) {
        if (item.kind != Kind::map) misused(key, "is not a list of maps");
        views.push_back(share(item));
    }
    return views;
}

std::string TreeView::where(std::string_view key) const {
    const auto& mark = declared(key).mark;
    if (!mark.file || mark.line == 0) return "default";
    return *mark.file + ':' + std::to_string(mark.line) + ':' + std::to_string(mark.column);
}

const Node& TreeView::declared(std::string_view key) const {
    static const Node absent;
    const auto asked = key;
    if (const Node* node = at_path(*map_, key); node != nullptr) return *node;
    // Below an optional map that is not there, and below what no schema describes, any key is one without a value.
    while (!key.empty()) {
        const auto end = key.find_last_of(".[");
        key = key.substr(0, end == std::string_view::npos ? 0 : end);
        const Node* parent = at_path(*map_, key);
        if (parent == nullptr) continue;
        if (parent->type == Type::any || !parent->has_value()) return absent;
        break;
    }
    misused(asked, "is not in the schema");
}

const Node& TreeView::typed(std::string_view key, Type type) const {
    const auto& node = declared(key);
    if (!node.has_value()) misused(key, "has no value; ask has() first");
    if (node.type != type)
        misused(key, "is not " + std::string(to_string(type)) + " but " + std::string(to_string(node.type)));
    return node;
}

std::unique_ptr<ConfigView> TreeView::share(const Node& node) const {
    return std::make_unique<TreeView>(std::shared_ptr<const Node>(map_, &node));
}

std::unique_ptr<ConfigView> view(Node tree) {
    return std::make_unique<TreeView>(std::make_shared<const Node>(std::move(tree)));
}

}  // namespace televisit::config
