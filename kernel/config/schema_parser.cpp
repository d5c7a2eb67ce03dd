#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

#include "config/schema.hpp"
#include "config/spelling.hpp"
#include "config/units.hpp"
#include "config/validation.hpp"
#include "config/yaml_reader.hpp"

namespace televisit::config {

namespace {

constexpr std::array kTypes{Type::string, Type::integer, Type::number, Type::boolean, Type::duration, Type::bytes,
                            Type::secret, Type::url,     Type::cidr,   Type::map,     Type::list,     Type::any};

/// An attribute of a schema, and the types it says something about; none: all.
struct Attribute {
    std::string_view name;
    std::vector<Type> types{};
};

const std::vector<Attribute>& attributes() {
    static const std::vector<Attribute> all{
        {"type"},
        {"description"},
        {"required"},
        {"default",
         {Type::string, Type::integer, Type::number, Type::boolean, Type::duration, Type::bytes, Type::secret,
          Type::url, Type::cidr, Type::list, Type::any}},
        {"enum", {Type::string, Type::integer}},
        {"min", {Type::string, Type::secret, Type::integer, Type::number, Type::duration, Type::bytes, Type::list}},
        {"max", {Type::string, Type::secret, Type::integer, Type::number, Type::duration, Type::bytes, Type::list}},
        {"pattern", {Type::string, Type::secret, Type::url}},
        {"schemes", {Type::url}},
        {"items", {Type::list}},
        {"separator", {Type::list}},
        {"unique", {Type::list}},
        {"properties", {Type::map}},
    };
    return all;
}

bool is_property_name(std::string_view name) noexcept {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    return !name.empty() && letter(name.front()) && std::all_of(name.begin(), name.end(), [&](char c) {
        return letter(c) || (c >= '0' && c <= '9') || c == '-';
    });
}

class SchemaParser {
  public:
    explicit SchemaParser(Diagnostics& problems) : problems_(problems) {}

    Schema parse(const Node& node, const std::string& path) {
        Schema schema;
        schema.mark = node.mark;
        if (node.broken) return schema;
        if (node.kind != Kind::map) {
            report(node, path, "must be a map of attributes, such as {type: string, description: …}");
            return schema;
        }
        if (!read_type(node, path, schema)) return schema;
        check_attributes(node, path, schema.type);
        schema.description = text_of(node.find("description"), path_of(path, "description"));
        schema.required = flag_of(node.find("required"), path_of(path, "required"));
        read_enum(node, path, schema);
        schema.min = read_limit(node.find("min"), path_of(path, "min"), schema.type);
        schema.max = read_limit(node.find("max"), path_of(path, "max"), schema.type);
        if (schema.min && schema.max &&
            (schema.min->whole > schema.max->whole || schema.min->real > schema.max->real)) {
            report(node, path_of(path, "min"), "is above max");
        }
        read_pattern(node, path, schema);
        schema.schemes = texts_of(node.find("schemes"), path_of(path, "schemes"));
        if (schema.type == Type::list) read_list(node, path, schema);
        if (schema.type == Type::map) read_properties(node, path, schema);
        read_default(node, path, schema);
        return schema;
    }

  private:
    bool read_type(const Node& node, const std::string& path, Schema& schema) {
        const Node* type = node.find("type");
        std::vector<std::string_view> names;
        for (const auto known : kTypes) names.push_back(to_string(known));
        std::string list;
        for (const auto name : names) list.append(list.empty() ? "" : ", ").append(name);
        if (type == nullptr) return report(node, path_of(path, "type"), "is missing; it is one of " + list), false;
        const auto found = std::find(names.begin(), names.end(), std::string_view(type->text));
        if (type->kind != Kind::scalar || found == names.end()) {
            report(*type, path_of(path, "type"),
                   excerpt(type->text) + " is not one of " + list + suggestion(type->text, names));
            return false;
        }
        schema.type = kTypes.at(static_cast<std::size_t>(found - names.begin()));
        return true;
    }

    void check_attributes(const Node& node, const std::string& path, Type type) {
        for (const auto& entry : node.entries) {
            const auto found = std::find_if(attributes().begin(), attributes().end(),
                                            [&](const Attribute& one) { return one.name == entry.key; });
            if (found == attributes().end()) {
                std::vector<std::string_view> names;
                for (const auto& attribute : attributes()) names.push_back(attribute.name);
                problems_.add(entry.mark, path_of(path, entry.key), "unknown attribute" + suggestion(entry.key, names));
            } else if (const auto& types = found->types;
                       !types.empty() && std::find(types.begin(), types.end(), type) == types.end()) {
                problems_.add(entry.mark, path_of(path, entry.key),
                              "says nothing about the type " + std::string(to_string(type)));
            }
        }
    }

    void read_enum(const Node& node, const std::string& path, Schema& schema) {
        const Node* written = node.find("enum");
        if (written == nullptr) return;
        schema.one_of = texts_of(written, path_of(path, "enum"));
        const bool integers = schema.type == Type::integer;
        for (const auto& text : schema.one_of) {
            if (integers && !parse_integer(text))
                report(*written, path_of(path, "enum"), excerpt(text) + " is not an integer");
            if (std::count(schema.one_of.begin(), schema.one_of.end(), text) > 1) {
                return report(*written, path_of(path, "enum"), "holds " + excerpt(text) + " twice");
            }
        }
    }

    std::optional<Limit> read_limit(const Node* node, const std::string& path, Type type) {
        if (node == nullptr || node->broken) return std::nullopt;
        const auto limit_of = [&](std::optional<std::int64_t> whole, std::string_view unit) -> std::optional<Limit> {
            if (node->kind == Kind::scalar && whole) return Limit{node->text, *whole, 0};
            report(*node, path, "must be " + std::string(unit));
            return std::nullopt;
        };
        if (type == Type::duration) return limit_of(parse_duration(node->text), "a duration, such as 10s");
        if (type == Type::bytes) return limit_of(parse_bytes(node->text), "a size, such as 64KiB");
        if (type != Type::number) return limit_of(parse_integer(node->text), "an integer");
        const auto real = parse_number(node->text);
        if (node->kind == Kind::scalar && real) return Limit{node->text, 0, *real};
        report(*node, path, "must be a number");
        return std::nullopt;
    }

    void read_pattern(const Node& node, const std::string& path, Schema& schema) {
        const Node* written = node.find("pattern");
        if (written == nullptr) return;
        const auto expression = text_of(written, path_of(path, "pattern"));
        schema.pattern = Pattern::compile(expression);
        if (!schema.pattern) report(*written, path_of(path, "pattern"), "is not a regular expression");
    }

    void read_list(const Node& node, const std::string& path, Schema& schema) {
        const Node* items = node.find("items");
        schema.separator = text_of(node.find("separator"), path_of(path, "separator"));
        schema.unique = text_of(node.find("unique"), path_of(path, "unique"));
        if (items == nullptr) return report(node, path_of(path, "items"), "is missing: it says what the list is of");
        auto item = parse(*items, path_of(path, "items"));
        const bool single = item.type != Type::map && item.type != Type::list && item.type != Type::any;
        if (!schema.separator.empty() && !single) {
            report(node, path_of(path, "separator"), "needs items that are single values");
        }
        if (!schema.unique.empty() && item.find(schema.unique) == nullptr) {
            report(node, path_of(path, "unique"), "must name a property of the items");
        }
        schema.items = std::make_shared<const Schema>(std::move(item));
    }

    void read_properties(const Node& node, const std::string& path, Schema& schema) {
        const Node* written = node.find("properties");
        const auto here = path_of(path, "properties");
        if (written == nullptr) return report(node, here, "is missing: it names the keys of the map");
        if (written->broken || written->kind == Kind::null) return;
        if (written->kind != Kind::map) return report(*written, here, "must be a map from key to schema");
        for (const auto& entry : written->entries) {
            const auto property = path_of(here, entry.key);
            if (!is_property_name(entry.key)) {
                problems_.add(
                    entry.mark, property,
                    "a key is made of letters, digits, '_' and '-', and begins with none of the last two sorts");
            }
            schema.properties.push_back({entry.key, parse(entry.value, property)});
        }
    }

    void read_default(const Node& node, const std::string& path, Schema& schema) {
        const Node* written = node.find("default");
        if (written == nullptr || written->broken) return;
        const auto here = path_of(path, "default");
        if (schema.required) report(*written, here, "is of no use: the key is required");
        const bool incomplete = schema.type == Type::map || (schema.type == Type::list && !schema.items);
        if (incomplete) return;
        // "none" must be expressible for a text that has rules when there is one.
        const bool text = schema.type == Type::string || schema.type == Type::secret || schema.type == Type::url ||
                          schema.type == Type::cidr;
        const bool none = text && written->kind == Kind::scalar && written->text.empty();
        if (!none) {
            const auto checked = validate(*written, schema, here);
            problems_.append(checked.problems);
            if (!checked.ok()) return;
        }
        schema.fallback = *written;
    }

    std::string text_of(const Node* node, const std::string& path) {
        if (node == nullptr || node->broken) return {};
        if (node->kind != Kind::scalar || node->text.empty()) report(*node, path, "must be a text");
        return node->text;
    }

    bool flag_of(const Node* node, const std::string& path) {
        if (node == nullptr || node->broken) return false;
        if (node->text != "true" && node->text != "false") {
            report(*node, path, "must be true or false, and stand at the key that is required");
        }
        return node->text == "true";
    }

    std::vector<std::string> texts_of(const Node* node, const std::string& path) {
        std::vector<std::string> texts;
        if (node == nullptr || node->broken) return texts;
        if (node->kind != Kind::list || node->items.empty()) report(*node, path, "must be a list of values");
        for (const auto& item : node->items) {
            if (item.kind != Kind::scalar) report(item, path, "must be a list of single values");
            texts.push_back(item.text);
        }
        return texts;
    }

    void report(const Node& node, const std::string& path, std::string message) {
        problems_.add(node.mark, path, std::move(message));
    }

    Diagnostics& problems_;
};

}  // namespace

ParsedSchema parse_schema(std::string_view text, const std::string& name) {
    auto loaded = read_yaml(text, name);
    ParsedSchema result;
    result.problems = std::move(loaded.problems);
    if (!loaded.root) return result;
    auto schema = SchemaParser(result.problems).parse(*loaded.root, {});
    if (loaded.root->kind == Kind::map && schema.type != Type::map) {
        result.problems.add(loaded.root->mark, "type", "must be map at the top");
    }
    if (result.problems.empty()) result.schema = std::move(schema);
    return result;
}

}  // namespace televisit::config
