#pragma once
/// A plugin's shared library, loaded for good.

#include <filesystem>
#include <memory>

#include "loader/manifest.hpp"
#include "televisit/sdk/plugin.hpp"
#include "televisit/sdk/result.hpp"

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

  private:
    explicit PluginLibrary(const PluginDescriptor& descriptor) : descriptor_(&descriptor) {}

    const PluginDescriptor* descriptor_;
};

}  // namespace televisit::loader
