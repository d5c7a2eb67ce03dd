#pragma once
/// The configuration, as the parts of the kernel take it.

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "config/node.hpp"
#include "consult/ports.hpp"
#include "loader/plugin_plan.hpp"
#include "loader/plugin_set.hpp"
#include "net/server_options.hpp"
#include "televisit/sdk/logger.hpp"

namespace televisit::net::tls {
class Source;
}

namespace televisit::daemon {

/// What a listener proves itself with.
struct ListenerTls {
    std::string listener;  ///< "public" or "admin"
    /// Shared with the listener's connections in the making, and with who renews it.
    std::shared_ptr<net::tls::Source> source;
};

/// Everything that the server is made from.
struct Settings {
    std::filesystem::path config_file;
    std::filesystem::path state_dir;
    std::string node_id;  ///< as configured; may be empty

    std::string log_destination;
    LogLevel log_level = LogLevel::info;
    std::size_t log_queue = 8192;
    bool log_access = true;

    net::ServerOptions net;
    net::ListenerOptions public_listener;
    std::vector<net::ListenerOptions> admin_listeners;
    std::vector<ListenerTls> tls;  ///< of those that have it

    consult::Settings consultations;  ///< without `node`
    loader::PluginPlan plugins;
    loader::Deadlines deadlines;
    std::chrono::milliseconds drain_delay{0};
};

/// Why there are no settings, as lines for people, and the exit code that says so.
struct SettingsFault {
    int exit_code;
    std::string text;
};

/// `start`: the state folder is made, with its secrets. `look`: nothing is made.
enum class Purpose { start, look };

/// Reads and checks everything: the kernel's part, every plugin's file, and every plugin's part. **Blocks**: for the
/// disk.
std::variant<Settings, SettingsFault> load_settings(const std::filesystem::path& file, Purpose purpose,
                                                    Secrets& secrets);

/// $TELEVISIT_CONFIG, conf/televisitd.yaml here, beside the build or the installation of this program, or in
/// /etc/televisit; the first that exists.
std::filesystem::path default_config_file();

}  // namespace televisit::daemon
