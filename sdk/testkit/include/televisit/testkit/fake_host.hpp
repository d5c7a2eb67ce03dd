#pragma once
/// A server without a server: everything that `Host` gives to a plugin, under the test's control.
///
///     FakeHost host({{"chat_echo", true}});
///     host.ports.records = &store;             // what the manifest's `requires` would bring
///     MyPlugin plugin(host);
///     REQUIRE(plugin.start(host.context()).ok());
///     auto answer = host.router.send({.method = HttpMethod::get, .path = "/health"});
///
/// **Threads**: what `Host` promises, except for the network parts, which belong to the thread of the test.

#include <chrono>
#include <string>

#include "televisit/sdk/plugin.hpp"
#include "televisit/testkit/deterministic_secrets.hpp"
#include "televisit/testkit/executors.hpp"
#include "televisit/testkit/fake_config.hpp"
#include "televisit/testkit/fake_network.hpp"
#include "televisit/testkit/manual_clock.hpp"
#include "televisit/testkit/observers.hpp"

namespace televisit::testkit {

class FakeHost final : public Host {
  public:
    explicit FakeHost(FakeConfig config = {}, std::string instance = "under-test", LoopId loops = 1)
        : settings(std::move(config)), event_loops(manual_clock, loops), instance_(std::move(instance)) {}

    /// With a deadline of five seconds on the manual clock.
    CallContext context() const { return {manual_clock.steady_now() + std::chrono::seconds{5}, RequestId{"test"}}; }

    std::string_view instance() const noexcept override { return instance_; }
    const ConfigView& config() const override { return settings; }
    Logger& logger() override { return log; }
    const Clock& clock() const override { return manual_clock; }
    Secrets& secrets() override { return fake_secrets; }
    Executor& executor() override { return manual_executor; }
    EventBus& events() override { return event_bus; }
    MetricRegistry& metrics() override { return registry; }
    EventLoops& loops() override { return event_loops; }
    HttpRouter& http() override { return router; }
    ChannelHub& channels() override { return channel_hub; }
    /// Throws `std::logic_error` unless the test has set one.
    Consultations& consultations() override;
    ServerStatus status() const override { return server_status; }

    RecordStore* records() override { return ports.records; }
    PresenceStore* presence() override { return ports.presence; }
    Backplane* backplane() override { return ports.backplane; }
    Authenticator* authenticator() override { return ports.authenticator; }
    IceProvider* ice() override { return ports.ice; }
    SocketIoServer* socketio() override { return ports.socketio; }
    EngineIoServer* engineio() override { return ports.engineio; }

    ManualClock manual_clock;
    FakeConfig settings;
    CapturingLogger log;
    DeterministicSecrets fake_secrets;
    ManualExecutor manual_executor{manual_clock};
    FakeEventBus event_bus;
    FakeMetricRegistry registry;
    FakeEventLoops event_loops;
    FakeRouter router{manual_clock};
    FakeChannelHub channel_hub;
    ServerStatus server_status{};
    ProvidedPorts ports{};  ///< those of other plugins, as the plugin under test sees them
    Consultations* domain = nullptr;

  private:
    std::string instance_;
};

}  // namespace televisit::testkit
