#pragma once
/// What a plugin is: a shared library with one exported symbol, its descriptor, and behind it a `Plugin`.
///
/// A plugin never sees another plugin's objects: what it uses are host references (guarded, with deadlines and
/// metrics), what it provides is called by the host alone. It has no statics that matter: one library may be
/// instantiated several times.
///
/// **Lifecycle**: create (no I/O, no threads) → start → … → drain → stop → destroy. Libraries are never unloaded.
/// **Errors**: an exception out of any callback is caught by the host, counted under the plugin's name and becomes
/// `internal`.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "televisit/sdk/abi.hpp"
#include "televisit/sdk/admission.hpp"
#include "televisit/sdk/authenticator.hpp"
#include "televisit/sdk/backplane.hpp"
#include "televisit/sdk/call_context.hpp"
#include "televisit/sdk/channel.hpp"
#include "televisit/sdk/config_view.hpp"
#include "televisit/sdk/consultations.hpp"
#include "televisit/sdk/engineio.hpp"
#include "televisit/sdk/event_bus.hpp"
#include "televisit/sdk/event_loops.hpp"
#include "televisit/sdk/executor.hpp"
#include "televisit/sdk/http.hpp"
#include "televisit/sdk/ice.hpp"
#include "televisit/sdk/logger.hpp"
#include "televisit/sdk/metrics.hpp"
#include "televisit/sdk/presence.hpp"
#include "televisit/sdk/records.hpp"
#include "televisit/sdk/secrets.hpp"
#include "televisit/sdk/socketio.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit {

/// What the server is doing, for health documents.
struct ServerStatus {
    bool live = true;
    bool ready = false;    ///< takes new work: everything started, not draining
    bool started = false;  ///< start-up is complete
    struct Component {
        std::string name;    ///< id of the plugin
        std::string kind;    ///< its library, e.g. "storage-memory"
        std::string state;   ///< "running", "starting", "stopping", "failed"; "degraded": away
        std::string detail;  ///< fit for an operator; no secrets
    };
    std::vector<Component> components{};
    std::string version{};
    NodeId node;
};

/// The server, as one plugin instance sees it. References live until the plugin's `stop()` returns.
/// Ports that other plugins provide may be used from `start()` on, and only when the manifest says `requires` or
/// `optional`; anything else throws `std::logic_error`. An optional port that nobody provides is nullptr.
class Host {
  public:
    virtual ~Host() = default;

    virtual std::string_view instance() const noexcept = 0;  ///< the plugin's `id` in the configuration
    virtual const ConfigView& config() const = 0;
    virtual Logger& logger() = 0;
    virtual const Clock& clock() const = 0;
    virtual Secrets& secrets() = 0;
    virtual Executor& executor() = 0;
    virtual EventBus& events() = 0;
    virtual MetricRegistry& metrics() = 0;
    virtual EventLoops& loops() = 0;
    virtual HttpRouter& http() = 0;
    virtual ChannelHub& channels() = 0;
    virtual Consultations& consultations() = 0;
    virtual ServerStatus status() const = 0;

    virtual RecordStore* records() = 0;
    virtual PresenceStore* presence() = 0;
    virtual Backplane* backplane() = 0;
    virtual Authenticator* authenticator() = 0;
    virtual IceProvider* ice() = 0;
    virtual SocketIoServer* socketio() = 0;
    virtual EngineIoServer* engineio() = 0;
};

/// The ports that a plugin implements; those in its manifest's `provides` must be set, others must not.
/// **Owns**: the plugin; they live until its `stop()` returns.
struct ProvidedPorts {
    RecordStore* records = nullptr;
    PresenceStore* presence = nullptr;
    Backplane* backplane = nullptr;
    Authenticator* authenticator = nullptr;
    IceProvider* ice = nullptr;
    AdmissionPolicy* admission = nullptr;
    SocketIoServer* socketio = nullptr;
    EngineIoServer* engineio = nullptr;
};

/// What clients may be told of a drain that is to come.
struct DrainNotice {
    std::optional<std::chrono::milliseconds> reconnect_after{};  ///< the operator's wish; absent: as the plugin is set
};

/// One instance of a plugin. **Threads**: the lifecycle functions are *serialised* on a worker of this plugin.
class Plugin {
  public:
    virtual ~Plugin() = default;
    /// Asked once, right after creation.
    virtual ProvidedPorts ports() { return {}; }
    /// Connects, registers routes and handlers. Before it returns no request arrives. **Blocks**: to the deadline,
    /// after which the server names this plugin and exits. **Errors**: end the start of the server, with this message.
    virtual Result<void> start(const CallContext& context) = 0;
    /// An operator empties this server: tell clients that they will have to leave it. They may stay until `drain`. Not
    /// called before every drain. **Blocks**: never for long.
    virtual void announce_drain(const DrainNotice&, const CallContext&) {}
    /// Clients have to go now, since the server is about to stop or to stand empty: tell those who do not know yet,
    /// finish what is under way. Requests still arrive. May come again.
    virtual void drain(const CallContext&) {}
    /// Lets go of everything. No request arrives any more; host references end when it returns. **Blocks**: as `start`.
    virtual void stop(const CallContext& context) = 0;
};

/// The single symbol that a plugin exports, `televisit_plugin_descriptor`. Its layout never changes within a magic
/// number.
struct PluginDescriptor {
    std::uint32_t magic;        ///< kDescriptorMagic
    std::uint32_t size;         ///< sizeof(PluginDescriptor)
    const char* manifest;       ///< the text of the library's ELF note; see abi.hpp
    std::size_t manifest_size;  ///< bytes
    Plugin* (*create)(Host&);   ///< may throw
    void (*destroy)(Plugin*);
};

}  // namespace televisit

/// Makes `Class`, constructible from a `Host&`, the plugin of this library. Use it once, at file scope, in plugin.cpp:
///
///     TELEVISIT_PLUGIN(Class, "storage-memory", "1.0.0",
///                      "provides=televisit.records/1,televisit.presence/1\n"
///                      "requires=\n"
///                      "optional=\n",
///                      TELEVISIT_CONFIG_SCHEMA);
///
/// The manifest goes into the ELF note too, where it is read before any code of the library runs.
#define TELEVISIT_PLUGIN(Class, name, version, capabilities, schema)                                           \
    namespace {                                                                                                \
    constexpr auto kTelevisitNote = ::televisit::abi::make_note(                                               \
        "abi=" TELEVISIT_ABI_TAG "\nname=" name "\nversion=" version "\n" capabilities "schema=\n" schema);    \
    [[gnu::section(".note.televisit"), gnu::used, gnu::aligned(4)]] constexpr auto kTelevisitNoteInFile =      \
        kTelevisitNote;                                                                                        \
    }                                                                                                          \
    extern "C" [[gnu::visibility("default")]] const ::televisit::PluginDescriptor televisit_plugin_descriptor; \
    const ::televisit::PluginDescriptor televisit_plugin_descriptor = {                                        \
        ::televisit::abi::kDescriptorMagic,                                                                    \
        sizeof(::televisit::PluginDescriptor),                                                                 \
        kTelevisitNoteInFile.text,                                                                             \
        sizeof(kTelevisitNoteInFile.text),                                                                     \
        [](::televisit::Host& host) -> ::televisit::Plugin* { return new Class(host); },                       \
        [](::televisit::Plugin* plugin) { delete plugin; }}
