#pragma once
/// The server's configuration, read as the server reads it, and what the commands need of it.

#include <filesystem>
#include <optional>
#include <string>

#include "arguments.hpp"
#include "command.hpp"
#include "config/config.hpp"
#include "http_client.hpp"

namespace televisit::ctl {

/// What stands for a secret that the server has not made yet.
enum class MissingSecrets {
    are_errors,     ///< for commands that use them
    are_made_later  ///< for commands that only look at the configuration
};

struct Configuration {
    std::string file;
    config::Node tree;  ///< validated against the kernel's schema; each plugin's `config` as written
    std::string state_dir;

    std::string text(std::string_view path) const;  ///< of the value at a dotted path; empty when there is none
};

/// Reads that file. **Errors**: `invalid`, with all diagnostics.
Result<Configuration> load_configuration(const std::filesystem::path& file, MissingSecrets missing);

/// Finds the file by `--config`, $TELEVISIT_CONFIG or the usual places. **Errors**: `invalid`, with all diagnostics.
Result<Configuration> load_configuration(const Arguments& arguments, MissingSecrets missing);

/// The same, reporting a failure. Nothing means: give up with `kBadConfiguration`.
std::optional<Configuration> load_or_report(const Arguments& arguments, MissingSecrets missing, const Streams& streams);

/// The unix socket of the admin listener.
UnixSocket admin_socket(const Configuration& configuration);

/// The server on this machine, e.g. http://localhost:8086: as configured, but with the port that the running server
/// says it listens on, if it answers. Over TLS its certificate must be the configured one.
Origin local_origin(const Configuration& configuration);

/// Where browsers find it: `server.public_url`, or as above.
std::string public_origin(const Configuration& configuration);

}  // namespace televisit::ctl
