#pragma once
/// The plugin that keeps the records of a configuration, for commands that look into them without a server.

#include <string>

#include "configuration.hpp"
#include "loader/plugin_library.hpp"

namespace televisit::ctl {

struct RecordPlugin {
    std::string use;  ///< e.g. "storage-sqlite"
    config::Node config;
    loader::PluginLibrary library;
};

/// Finds, checks and loads it. **Errors**: `malformed` with the diagnostics of the configuration, `invalid` when no
/// plugin keeps records, `unavailable` when it cannot be loaded.
Result<RecordPlugin> load_record_plugin(const Configuration& configuration);

/// Says why not. Gives the exit status.
int report_record_plugin(const Error& failure, std::string_view command, const Streams& streams);

}  // namespace televisit::ctl
