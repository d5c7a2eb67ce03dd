#include "config/validation.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

#include "config/scalars.hpp"
#include "config/spelling.hpp"

namespace televisit::config {

namespace {

/// An optional map that is not written stands for its defaults, unless it cannot exist without being written.
bool has_required(const Schema& schema) {
    return std::any_of(schema.properties.begin(), schema.properties.end(), [](const Property& property) {
        return property.schema.required || (property.schema.type == Type::map && has_required(property.schema));
    });
}

class Validation {
  public:
    explicit Validation(Diagnostics& problems) : problems_(problems) {}

    bool sound() const noexcept { return sound_; }

    /// Checks `node` in place and gives it its type.
    void check(Node& node, const Schema& schema, const std::string& path) {
        node.type = schema.type;
        if (node.broken) {
            sound_ = false;
        } else if (schema.type == Type::map) {
            check_map(node, schema, path);
        } else if (schema.type == Type::list) {
            check_list(node, schema, path);
        } else if (schema.type == Type::any) {
            check_any(node);
        } else if (node.kind == Kind::null) {
            report(node.mark, path, "is empty; leave the key out, or write '' for an empty text");
        } else if (node.kind != Kind::scalar) {
            report(node.mark, path, "must be " + allowed(schema) + ", not " + std::string(to_string(node.kind)));
        } else if (auto problem = check_scalar(node, schema); !problem.empty()) {
            report(node.mark, path, std::move(problem));
        }
    }

  private:
    /// A part that no schema describes holds, unless something in it could not even be read.
    void check_any(Node& node) {
        if (node.broken) sound_ = false;
        for (auto& entry : node.entries) check_any(entry.value);
        for (auto& item : node.items) check_any(item);
    }

    void check_map(Node& node, const Schema& schema, const std::string& path) {
        if (node.kind == Kind::null) node.kind = Kind::map;
        if (node.kind != Kind::map) {
            return report(node.mark, path, "must be a map, not " + std::string(to_string(node.kind)));
        }
        std::vector<Entry> written = std::move(node.entries);
        node.entries.clear();
        for (const auto& entry : written) {
            if (schema.find(entry.key) == nullptr) report_unknown(entry, schema, path);
        }
        for (const auto& property : schema.properties) {
            const auto entry = std::find_if(written.begin(), written.end(),
                                            [&](const Entry& one) { return one.key == property.name; });
            node.entries.push_back(complete(entry == written.end() ? nullptr : &*entry, property, node.mark, path));
        }
    }

    /// The entry of one property: what is written, else what stands in for it.
    Entry complete(Entry* written, const Property& property, const Mark& map, const std::string& parent) {
        const auto path = path_of(parent, property.name);
        if (written != nullptr && !is_absent(written->value, property.schema)) {
            Entry entry = std::move(*written);
            check(entry.value, property.schema, path);
            return entry;
        }
        Entry entry{property.name, written != nullptr ? written->mark : map, {}};
        if (property.schema.required) {
            const auto& source = written != nullptr ? written->value.source : std::string();
            report(entry.mark, path, source.empty() ? "is required" : "is required, but " + source + " is empty");
            return entry;
        }
        stand_in(entry.value, property.schema, path);
        return entry;
    }

    void stand_in(Node& node, const Schema& schema, const std::string& path) {
        if (schema.fallback) node = *schema.fallback;
        node.type = schema.type;
        node.origin = Origin::fallback;
        const bool filled = schema.type == Type::map && !has_required(schema);
        if (schema.fallback || filled) check(node, schema, path);
        mark_default(node);
    }

    /// Nothing in a default stands in the file.
    static void mark_default(Node& node) {
        node.origin = Origin::fallback;
        node.mark = {};
        for (auto& entry : node.entries) mark_default(entry.value);
        for (auto& item : node.items) mark_default(item);
    }

    static bool is_absent(const Node& node, const Schema& schema) {
        if (node.broken) return false;
        if (node.kind == Kind::null) return schema.type == Type::map || schema.type == Type::list;
        return node.kind == Kind::scalar && node.text.empty() && node.origin == Origin::environment;
    }

    void check_list(Node& node, const Schema& schema, const std::string& path) {
        if (node.kind == Kind::scalar && !schema.separator.empty()) split(node, schema.separator);
        if (node.kind != Kind::list) {
            return report(node.mark, path, "must be a list, not " + std::string(to_string(node.kind)));
        }
        std::erase_if(node.items,
                      [&](const Node& item) { return item.kind == Kind::scalar && is_absent(item, *schema.items); });
        for (std::size_t i = 0; i < node.items.size(); ++i) check(node.items[i], *schema.items, path_of(path, i));
        const auto count = static_cast<std::int64_t>(node.items.size());
        if ((schema.min && count < schema.min->whole) || (schema.max && count > schema.max->whole)) {
            report(node.mark, path, "must have " + bounds_text(schema) + ", not " + std::to_string(count));
        }
        if (!schema.unique.empty()) check_unique(node, schema.unique, path);
    }

    /// "a, b" as one value, which is how an environment variable gives a list.
    static void split(Node& node, std::string_view separator) {
        std::string_view rest = node.text;
        while (true) {
            const auto end = rest.find(separator);
            auto piece = rest.substr(0, end);
            piece.remove_prefix(std::min(piece.find_first_not_of(" \t\n"), piece.size()));
            piece = piece.substr(0, piece.find_last_not_of(" \t\n") + 1);
            if (!piece.empty()) {
                auto& item = node.items.emplace_back();
                item.kind = Kind::scalar;
                item.mark = node.mark;
                item.origin = node.origin;
                item.source = node.source;
                item.text = piece;
            }
            if (end == std::string_view::npos) break;
            rest.remove_prefix(end + separator.size());
        }
        node.kind = Kind::list;
        node.text.clear();
    }

    void check_unique(const Node& list, const std::string& key, const std::string& path) {
        std::unordered_map<std::string_view, const Node*> seen;
        for (std::size_t i = 0; i < list.items.size(); ++i) {
            const Node* value = list.items[i].find(key);
            if (value == nullptr || value->kind != Kind::scalar) continue;
            const auto [first, fresh] = seen.emplace(value->text, value);
            if (!fresh) {
                report(value->mark, path_of(path_of(path, i), key),
                       "is the same as in line " + std::to_string(first->second->mark.line) + "; each must differ");
            }
        }
    }

    void report_unknown(const Entry& entry, const Schema& schema, const std::string& path) {
        std::vector<std::string_view> names;
        for (const auto& property : schema.properties) names.push_back(property.name);
        std::string message = "unknown key" + suggestion(entry.key, names);
        if (nearest(entry.key, names).empty()) {
            for (std::size_t i = 0; i < names.size(); ++i) {
                message.append(i == 0 ? "; known are " : ", ").append(names[i]);
            }
            if (names.empty()) message += "; there is nothing to configure here";
        }
        report(entry.mark, path_of(path, entry.key), std::move(message));
    }

    void report(const Mark& mark, const std::string& path, std::string message) {
        sound_ = false;
        problems_.add(mark, path, std::move(message));
    }

    Diagnostics& problems_;
    bool sound_ = true;
};

}  // namespace

Validated validate(Node tree, const Schema& schema, const std::string& path) {
    Validated result;
    Validation validation(result.problems);
    validation.check(tree, schema, path);
    if (validation.sound()) result.tree = std::move(tree);
    return result;
}

}  // namespace televisit::config
