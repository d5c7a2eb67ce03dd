#pragma once
/// One server process of the model, on stores that it shares with another.

#include <memory>
#include <string>

#include "audited_presence.hpp"
#include "bus.hpp"
#include "connection.hpp"
#include "consult/domain.hpp"
#include "step_executor.hpp"
#include "televisit/testkit/faults.hpp"
#include "televisit/testkit/observers.hpp"

namespace televisit::model {

class QuietLogger final : public Logger {
  public:
    bool enabled(LogLevel) const noexcept override { return false; }
    void write(LogLevel, std::string_view, std::initializer_list<LogField>) noexcept override {}
};

class QuietEvents final : public EventBus {
  public:
    void publish(DomainEvent) override {}
    void subscribe(std::string_view, std::function<void(const DomainEvent&)>) override {}
};

struct Shared {
    RecordStore& records;
    PresenceStore& presence;
    Bus& bus;
    testkit::ManualClock& clock;
    Secrets& secrets;
    Connections& connections;
    Findings& findings;
};

class Server {
  public:
    Server(const Shared& shared, std::size_t slot, consult::Settings settings)
        : slot(slot),
          watch(shared.connections, shared.findings),
          records(shared.records),
          presence(shared.presence),
          executor(shared.clock),
          link(shared.bus.add()),
          clock_(shared.clock),
          domain(consult::Ports{.records = records,
                                .presence = presence,
                                .backplane = link,
                                .clock = shared.clock,
                                .secrets = shared.secrets,
                                .executor = executor,
                                .events = events_,
                                .metrics = metrics_,
                                .logger = logger_},
                 std::move(settings)) {
        shared.findings.expect(domain.attach(watch).ok() && domain.start(context()).ok(), "a server does not start");
    }

    CallContext context() const { return {clock_.steady_now() + std::chrono::seconds{5}, RequestId{"model"}}; }
    /// As `kill -9` does.
    void kill() {
        alive = watch.alive = false;
        executor.stop();
        link.cut();
    }
    bool run() { return alive && !stalled && executor.run_ready(); }

    const std::size_t slot;
    bool alive = true;
    bool stalled = false;
    Watch watch;
    testkit::FaultyRecordStore records;
    testkit::FaultyPresenceStore presence;
    StepExecutor executor;
    Bus::Link& link;

  private:
    testkit::ManualClock& clock_;
    QuietLogger logger_;
    QuietEvents events_;
    testkit::FakeMetricRegistry metrics_;

  public:
    consult::Domain domain;
};

}  // namespace televisit::model
