#pragma once
/// A plugin's shared library, loaded for good.

#include <filesystem>
#include <memory>

#include "loader/manifest.hpp"
#include "televisit/sdk/ice_keeper.hpp"
#include "televisit/sdk/plugin.hpp"
#include "televisit/sdk/record_transfer.hpp"
#include "televisit/sdk/result.hpp"
#include "televisit/sdk/schema.hpp"

namespace televisit::loader {

/// **Owns**: nothing that ends: a library stays loaded until the process exits, for its thread-local objects and unique
/// symbols would keep it half alive. **Threads**: one at a time.
class PluginLibrary {
  public:
    /// Loads the file and checks that what it exports is what its note said. Static constructors of the library run
    /// here, so compare the ABI first. **Errors**: `malformed` with what is wrong and what to do.
    static Result<PluginLibrary> load(const std::filesystem::path& file, const Manifest& manifest);

    /// May throw whatever the plugin's constructor throws.
    Plugin* create(Host& host) const { return descriptor_->create(host); }
    void destroy(Plugin* plugin) const { descriptor_->destroy(plugin); }
    /// What the plugin offers for its store's schema; nothing when it offers none. May throw whatever its constructor
    /// throws.
    std::unique_ptr<SchemaKeeper> schema_keeper(const ConfigView& config) const {
        return std::unique_ptr<SchemaKeeper>(make_schema_keeper_ ? make_schema_keeper_(config) : nullptr);
    }

    /// The same for the transfer of all its records.
    std::unique_ptr<RecordTransfer> record_transfer(const ConfigView& config) const {
        return std::unique_ptr<RecordTransfer>(make_record_transfer_ ? make_record_transfer_(config) : nullptr);
    }
    /// The same for its ICE servers.
    std::unique_ptr<IceKeeper> ice_keeper(const ConfigView& config, const Clock& clock, Secrets& secrets) const {
        return std::unique_ptr<IceKeeper>(make_ice_keeper_ ? make_ice_keeper_(config, clock, secrets) : nullptr);
    }

  private:
    explicit PluginLibrary(const PluginDescriptor& descriptor) : descriptor_(&descriptor) {}

    const PluginDescriptor* descriptor_;
    MakeSchemaKeeper make_schema_keeper_ = nullptr;
    MakeRecordTransfer make_record_transfer_ = nullptr;
    MakeIceKeeper make_ice_keeper_ = nullptr;
};

}  // namespace televisit::loader
