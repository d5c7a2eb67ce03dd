#pragma once
/// The plugin that keeps the records of a configuration, for commands that look into them without a server.

#include <optional>
#include <string>

#include "configuration.hpp"
#include "loader/plugin_library.hpp"

namespace televisit::ctl {

struct RecordPlugin {
    std::string id;   ///< of the instance
    std::string use;  ///< e.g. "storage-sqlite"
    config::Node config;
    loader::PluginLibrary library;
};

/// Finds, checks and loads it. **Errors**: `malformed` with the diagnostics of the configuration, `invalid` when no
/// plugin keeps records, `unavailable` when it cannot be loaded.
Result<RecordPlugin> load_record_plugin(const Configuration& configuration);

/// The id of the plugin in which the server that runs with that state folder keeps its records; nothing when none runs.
std::optional<std::string> records_of_running(const Configuration& configuration);

/// Says why not. Gives the exit status.
int report_record_plugin(const Error& failure, std::string_view command, const Streams& streams);

}  // namespace televisit::ctl
