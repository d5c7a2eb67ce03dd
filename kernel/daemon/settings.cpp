#include "daemon/settings.hpp"

#include <cstdlib>

#include "config/config.hpp"
#include "daemon/exit_codes.hpp"
#include "daemon/state_folder.hpp"
#include "daemon/tls_settings.hpp"
#include "net/tls/source.hpp"

namespace televisit::daemon {
namespace {

namespace fs = std::filesystem;

/// The validated tree by dotted paths; every key is there, for the schema fills them in.
class Reader {
  public:
    explicit Reader(const config::Node& tree) : tree_(tree) {}

    std::string text(std::string_view path) const { return node(path).text; }
    bool flag(std::string_view path) const { return std::get<bool>(node(path).value); }
    template <class T>
    T number(std::string_view path) const {
        return static_cast<T>(std::get<std::int64_t>(node(path).value));
    }
    std::chrono::milliseconds minutes(std::string_view path) const {
        using Minutes = std::chrono::duration<double, std::ratio<60>>;
        return std::chrono::round<std::chrono::milliseconds>(Minutes(std::get<double>(node(path).value)));
    }
    std::chrono::milliseconds time(std::string_view path) const {
        return std::chrono::milliseconds(number<std::int64_t>(path));
    }
    /// Absent when it is not written, and has no default.
    std::optional<std::chrono::milliseconds> time_if_any(std::string_view path) const {
        const config::Node* const found = config::at_path(tree_, path);
        return found && found->has_value() ? std::optional(time(path)) : std::nullopt;
    }
    Rate rate(const std::string& path) const {
        return {number<std::uint32_t>(path + ".per_second"), number<std::uint32_t>(path + ".burst")};
    }
    std::vector<std::string> list(std::string_view path) const {
        std::vector<std::string> texts;
        for (const config::Node& item : node(path).items) texts.push_back(item.text);
        return texts;
    }

  private:
    const config::Node& node(std::string_view path) const {
        const config::Node* const found = config::at_path(tree_, path);
        if (!found) throw std::logic_error("the kernel's schema has no key " + std::string(path));
        return *found;
    }

    const config::Node& tree_;
};

net::ServerOptions net_options(const Reader& read) {
    net::ServerOptions options;
    options.loops = read.number<LoopId>("server.loops");
    options.http.head = read.number<std::size_t>("server.limits.headers");
    options.http.body = read.number<std::size_t>("server.limits.body");
    options.timeouts.head = read.time("server.limits.read_deadline");
    options.timeouts.body = read.time("server.limits.read_deadline");
    options.timeouts.keep_alive = read.time("server.limits.idle_timeout");
    options.timeouts.answer = read.time("server.worker_deadline");
    options.max_connections = read.number<std::size_t>("server.limits.connections");
    options.max_handshakes = read.number<std::size_t>("server.limits.handshakes");
    options.max_per_address = read.number<std::size_t>("server.limits.connections_per_address");
    options.max_handshakes_per_address = read.number<std::size_t>("server.limits.handshakes_per_address");
    options.new_connections_per_address = read.rate("server.limits.new_connections_per_address");
    options.requests_per_address = read.rate("server.limits.requests_per_address");
    options.control_frames = read.rate("server.limits.control_frames");
    options.max_remembered = read.number<std::size_t>("server.limits.addresses");
    options.max_queued = read.number<std::size_t>("server.limits.write_buffer");
    options.hold_limit = read.time("server.loop_budget");
    options.cors_origins = read.list("server.cors_origins");
    options.trusted_proxies = read.list("server.trusted_proxies");
    options.hsts = std::chrono::duration_cast<std::chrono::seconds>(read.time("server.hsts"));
    return options;
}

std::vector<net::ListenerOptions> admin_listeners(const Reader& read, const fs::path& state_dir) {
    std::vector<net::ListenerOptions> listeners;
    net::ListenerOptions socket;
    socket.kind = ListenerKind::admin_listener;
    socket.unix_path = read.text("admin.socket");
    if (socket.unix_path.empty()) socket.unix_path = (state_dir / "admin.sock").string();
    listeners.push_back(socket);
    if (const auto port = read.number<std::uint16_t>("admin.port"); port != 0) {
        net::ListenerOptions tcp;
        tcp.kind = ListenerKind::admin_listener;
        tcp.host = read.text("admin.host");
        tcp.port = port;
        listeners.push_back(tcp);
    }
    return listeners;
}

consult::Settings consult_settings(const Reader& read, const fs::path& state_dir) {
    consult::Settings settings;
    settings.public_url = read.text("server.public_url");
    settings.secret = read.text("security.secret");
    // Empty means: the one that the server made for itself.
    if (settings.secret.empty()) settings.secret = state_lookup(state_dir, std::string(64, '0'))("secret").value_or("");
    settings.naive_time_zone = read.text("sessions.naive_time_zone");
    settings.join_early = read.minutes("sessions.join_early_minutes");
    settings.join_late = read.minutes("sessions.join_late_minutes");
    settings.empty_room = read.minutes("sessions.empty_room_minutes");
    settings.grace = read.time("sessions.grace");
    settings.max_participants = read.number<std::int32_t>("sessions.max_participants_limit");
    settings.metadata_bytes = read.number<std::size_t>("sessions.metadata_limit");
    settings.admission_deadline = read.time("sessions.admission.deadline");
    settings.admit_without_policy = read.text("sessions.admission.when_unavailable") == "admit";
    settings.retention = {read.time_if_any("retention.names"), read.time_if_any("retention.metadata"),
                          read.time_if_any("retention.device_information"),
                          read.time_if_any("retention.closed_sessions")};
    settings.guessing = {read.number<std::int64_t>("security.guessing.attempts"),
                         read.time("security.guessing.recovery"),
                         read.number<std::size_t>("security.guessing.addresses"),
                         read.number<std::size_t>("security.guessing.credentials")};
    settings.max_rooms = read.number<std::size_t>("rooms.max");
    return settings;
}

LogLevel log_level(const std::string& name) {
    if (name == "debug") return LogLevel::debug;
    if (name == "warning") return LogLevel::warning;
    if (name == "error") return LogLevel::error;
    return LogLevel::info;
}

void secure(Settings& settings) {
    for (const ListenerTls& tls : settings.tls) {
        const auto with = [&tls](net::ListenerOptions& listener) {
            listener.secure = true;
            listener.transport = [source = tls.source] { return source->transport(); };
        };
        if (tls.listener == kPublicListener) with(settings.public_listener);
        for (net::ListenerOptions& admin : settings.admin_listeners)
            if (tls.listener == kAdminListener && admin.unix_path.empty()) with(admin);
    }
}

Settings settings_from(const config::Node& tree, const fs::path& file, const fs::path& state_dir,
                       loader::PluginPlan plan, std::vector<ListenerTls> tls) {
    const Reader read(tree);
    Settings settings;
    settings.config_file = file;
    settings.state_dir = state_dir;
    settings.node_id = read.text("node.id");
    settings.log_destination = read.text("log.destination");
    settings.log_level = log_level(read.text("log.level"));
    settings.log_queue = read.number<std::size_t>("log.queue");
    settings.log_access = read.flag("log.access");
    settings.net = net_options(read);
    settings.public_listener.host = read.text("server.host");
    settings.public_listener.port = read.number<std::uint16_t>("server.port");
    settings.admin_listeners = admin_listeners(read, state_dir);
    settings.tls = std::move(tls);
    secure(settings);
    settings.consultations = consult_settings(read, state_dir);
    settings.plugins = std::move(plan);
    settings.deadlines = {read.time("shutdown.start_deadline"), read.time("shutdown.drain_deadline"),
                          read.time("shutdown.stop_deadline")};
    settings.drain_delay = read.time("shutdown.drain_delay");
    return settings;
}

// What of a configuration is about plugins.
config::Node plugin_part(config::Node tree) {
    std::erase_if(tree.entries, [](const config::Entry& entry) {
        return entry.key != "plugins" && entry.key != "roles" && entry.key != "plugin_path";
    });
    return tree;
}

}  // namespace

std::variant<Settings, SettingsFault> load_settings(const fs::path& file, Purpose purpose, Secrets& secrets) {
    auto loaded = config::read_yaml_file(file);
    const auto faulty = [](const config::Diagnostics& problems) {
        return SettingsFault{kBadConfiguration, config::to_text(problems)};
    };
    if (!loaded.root) return faulty(loaded.problems);

    config::Sources sources{config::process_environment(), {}};
    const fs::path state_dir = config::state_dir_of(*loaded.root, sources.environment);
    if (purpose == Purpose::start && !state_dir.empty())
        if (const auto made = prepare_state_folder(state_dir, secrets); !made)
            return SettingsFault{kStartFailed, made.error().message + "\n"};
    sources.more.emplace("state",
                         state_lookup(state_dir, purpose == Purpose::look ? std::string(64, '0') : std::string()));
    config::interpolate(*loaded.root, sources, loaded.problems);

    auto kernel = config::validate_kernel(*loaded.root);
    loaded.problems.append(kernel.problems);
    std::vector<ListenerTls> tls;
    if (kernel.tree) tls = open_tls(*kernel.tree, loaded.problems);
    // The plugins' faults are told together with the kernel's own.
    auto part = kernel.tree ? std::move(kernel) : config::validate_kernel(plugin_part(std::move(*loaded.root)));
    loader::PluginPlan plan;
    if (part.tree) plan = loader::plan_plugins(*part.tree);
    loaded.problems.append(plan.problems);
    if (!loaded.problems.empty()) return faulty(loaded.problems);
    return settings_from(*part.tree, file, state_dir, std::move(plan), std::move(tls));
}

fs::path default_config_file() {
    if (const char* const given = std::getenv("TELEVISIT_CONFIG"); given && *given) return given;
    std::error_code ignored;
    const fs::path program = fs::read_symlink("/proc/self/exe", ignored).parent_path();
    const fs::path candidates[] = {
        "conf/televisitd.yaml",
        program / "../../../conf/televisitd.yaml",
        "/etc/televisit/televisitd.yaml",
        program / "../share/televisit/conf/televisitd.yaml",
    };
    for (const fs::path& candidate : candidates)
        if (fs::exists(candidate, ignored)) return candidate;
    return candidates[0];
}

}  // namespace televisit::daemon
