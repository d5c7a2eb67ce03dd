#pragma once
/// What a configuration may hold: the schema language of the kernel and of every plugin. Described in `README.md`
/// beside this file.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostic.hpp"
#include "config/node.hpp"
#include "config/pattern.hpp"

namespace televisit::config {

struct Property;

/// A bound as the schema's author wrote it, and as it is compared.
struct Limit {
    std::string text;        ///< e.g. "10s"
    std::int64_t whole = 0;  ///< integers, milliseconds, bytes, characters, items
    double real = 0;         ///< of a `number`
};

/// What one value may be. **Threads**: read-only once parsed.
struct Schema {
    Type type = Type::map;
    Mark mark{};
    std::string description{};
    bool required = false;
    std::optional<Node> fallback{};     ///< `default`
    std::vector<std::string> one_of{};  ///< `enum`; empty: anything
    std::optional<Limit> min{};         ///< value; of a text its characters, of a list its items
    std::optional<Limit> max{};
    std::shared_ptr<const Pattern> pattern{};  ///< shared, so that a schema can be copied
    std::vector<std::string> schemes{};        ///< of a url; empty: any
    std::string separator{};                   ///< of a list: a single value is split here
    std::string unique{};                      ///< of a list of maps: the key in which no two may agree
    std::shared_ptr<const Schema> items{};     ///< of a list
    std::vector<Property> properties{};        ///< of a map

    const Schema* find(std::string_view property) const noexcept;
};

/// A key that a map may have.
struct Property {
    std::string name;
    Schema schema;
};

/// A schema, or what is wrong with it.
struct ParsedSchema {
    std::optional<Schema> schema{};
    Diagnostics problems{};

    bool ok() const noexcept { return schema.has_value(); }
};

/// Reads a schema, checking it whole: unknown attributes, attributes that do not go with the type, bounds that exclude
/// each other, defaults that break their own rules. `name` is what diagnostics call it, e.g.
/// "storage-postgres/config_schema.yaml".
///
/// **Threads**: any. **Blocks**: never. **Errors**: all in `problems`, addressed to the schema's author.
ParsedSchema parse_schema(std::string_view text, const std::string& name);

}  // namespace televisit::config
