#pragma once
/// The schema of a store, for the administrator who looks at it and brings it up before a server starts: an entry that
/// a plugin may offer beside its descriptor, for `televisitctl db`.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "televisit/sdk/call_context.hpp"
#include "televisit/sdk/config_view.hpp"
#include "televisit/sdk/result.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit {

/// One numbered step of a schema.
struct SchemaStep {
    std::string name;                   ///< as its file is called, e.g. "0001_initial"
    std::optional<Instant> applied_at;  ///< absent: it is still to be applied
};

struct SchemaState {
    std::vector<SchemaStep> steps{};  ///< those applied, then those that are not
    std::string misfit{};             ///< why the server refuses it and steps cannot help; empty when it does not
};

/// **Threads**: one at a time, while no server need be there. **Blocks**: to the deadline. **Errors**: messages are for
/// an operator, and have no secrets.
class SchemaKeeper {
  public:
    virtual ~SchemaKeeper() = default;
    virtual Result<SchemaState> state(const CallContext& context) = 0;
    /// What `migrate` would run, as a text for the database's own tools; empty when there is nothing to do.
    virtual Result<std::string> script(const CallContext& context) = 0;
    /// Applies what is to be applied. Two at once do it once.
    virtual Result<void> migrate(const CallContext& context) = 0;
};

inline constexpr char kSchemaKeeperSymbol[] = "televisit_schema_keeper";
using MakeSchemaKeeper = SchemaKeeper* (*)(const ConfigView& config);

}  // namespace televisit

/// Offers `Class`, constructible from the plugin's configuration. Use it at most once, in plugin.cpp.
#define TELEVISIT_SCHEMA_KEEPER(Class)                                                            \
    extern "C" [[gnu::visibility("default")]] ::televisit::SchemaKeeper* televisit_schema_keeper( \
        const ::televisit::ConfigView& config);                                                   \
    ::televisit::SchemaKeeper* televisit_schema_keeper(const ::televisit::ConfigView& config) {   \
        return new Class(config);                                                                 \
    }                                                                                             \
    static_assert(true)
