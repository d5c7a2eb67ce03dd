#pragma once
/// The configuration as a plain tree: what was written, and where.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace televisit::config {

/// A place in a file. **Units**: lines and columns count from 1, columns in characters; 0 is "no place in particular".
struct Mark {
    std::shared_ptr<const std::string>
        file{};  ///< shared by all nodes of a file, so that a node costs no copy of its name
    int line = 0;
    int column = 0;
};

/// What a schema may ask a value to be.
enum class Type : std::uint8_t { string, integer, number, boolean, duration, bytes, secret, url, cidr, map, list, any };

/// The name a schema calls a type by, e.g. "integer".
std::string_view to_string(Type type) noexcept;

enum class Kind : std::uint8_t { null, scalar, map, list };

/// "an empty value", "a single value", "a map", "a list": for diagnostics.
std::string_view to_string(Kind kind) noexcept;

/// Where a scalar's text came from. Only what stands in the file itself may be quoted in a diagnostic.
enum class Origin : std::uint8_t {
    literal,      ///< written in the file
    environment,  ///< made with `${env:…}`
    file,         ///< made with `${file:…}`
    fallback,     ///< the schema's default
};

struct Entry;

/// A value and its place. Before validation `text` is all that is known of a scalar; afterwards `type` and `value` are
/// set.
///
/// **Threads**: a value like any other; read-only once validated. **Owns**: everything below it.
struct Node {
    Kind kind = Kind::null;
    Mark mark{};
    Origin origin = Origin::literal;
    std::string source{};        ///< the references it was made with, e.g. "${env:PORT}"; empty for literals
    bool broken = false;         ///< already reported: validation passes it over
    Type type = Type::any;       ///< what the schema declares it to be; `any` until validated
    std::string text{};          ///< of a scalar, after interpolation
    std::vector<Entry> entries;  ///< of a map: in the order written, once validated in that of the schema
    std::vector<Node> items;     ///< of a list

    /// A boolean, integer, number, duration (milliseconds) or size (bytes), once validated; text types keep `text`
    /// alone.
    std::variant<std::monostate, bool, std::int64_t, double> value{};

    /// False for a key that the schema knows and that neither the file nor a default gives a value.
    bool has_value() const noexcept { return kind != Kind::null; }

    /// The value of a map's key, or null.
    const Node* find(std::string_view key) const noexcept;
    Node* find(std::string_view key) noexcept;
};

/// A key of a map, and its value.
struct Entry {
    std::string key;
    Mark mark{};
    Node value{};
};

/// The node at a dotted path such as "plugins[1].config.port", or null. The empty path is the node itself.
const Node* at_path(const Node& root, std::string_view path) noexcept;

/// `parent` with a key added: "server" + "port" is "server.port"; a key with other than word characters is quoted.
std::string path_of(std::string_view parent, std::string_view key);
/// `parent` with an index added: "plugins" + 1 is "plugins[1]".
std::string path_of(std::string_view parent, std::size_t index);

}  // namespace televisit::config
