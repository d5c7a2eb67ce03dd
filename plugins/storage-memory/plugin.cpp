#include "televisit/sdk/plugin.hpp"

#include "config_schema.hpp"
#include "loopback_backplane.hpp"
#include "memory_presence.hpp"
#include "memory_records.hpp"
#include "memory_transfer.hpp"

namespace {

using namespace televisit;
using namespace televisit::storage_memory;

std::size_t count(const ConfigView& config, std::string_view key) {
    return static_cast<std::size_t>(config.integer(key));
}

RecordLimits record_limits(const ConfigView& config) {
    RecordLimits limits;
    limits.sessions = count(config, "max_sessions");
    limits.quality_per_session = count(config, "quality_samples");
    limits.events = count(config, "events");
    return limits;
}

class StorageMemory final : public Plugin {
  public:
    explicit StorageMemory(Host& host)
        : records_(record_limits(host.config())),
          presence_(host.clock(), count(host.config(), "max_rooms")),
          backplane_({count(host.config(), "queue"), host.config().bytes("queue_bytes")}) {}

    ProvidedPorts ports() override {
        ProvidedPorts provided;
        provided.records = &records_;
        provided.presence = &presence_;
        provided.backplane = &backplane_;
        return provided;
    }
    Result<void> start(const CallContext&) override {
        backplane_.start();
        return {};
    }
    void stop(const CallContext&) override { backplane_.stop(); }

  private:
    MemoryRecords records_;
    MemoryPresence presence_;
    LoopbackBackplane backplane_;
};

}  // namespace

TELEVISIT_RECORD_TRANSFER(MemoryTransfer);
TELEVISIT_PLUGIN(StorageMemory, "storage-memory", "0.1.0",
                 "provides=televisit.records/1,televisit.presence/1,televisit.backplane/1\n"
                 "requires=\n"
                 "optional=\n",
                 TELEVISIT_CONFIG_SCHEMA);
