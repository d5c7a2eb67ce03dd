#include "televisit/sdk/plugin.hpp"

#include "config_schema.hpp"
#include "sqlite_records.hpp"
#include "sqlite_schema.hpp"
#include "sqlite_transfer.hpp"

namespace {

using namespace televisit;
using namespace televisit::storage_sqlite;

constexpr std::chrono::seconds kCheckpointEvery{5};
constexpr std::chrono::seconds kCheckpointTakes{4};

StoreOptions store_options(const ConfigView& config) {
    StoreOptions options;
    options.file = config.string("path");
    options.busy_timeout = config.duration("busy_timeout");
    options.readers = static_cast<std::size_t>(config.integer("readers"));
    options.max_size = config.bytes("max_size");
    options.quality_per_session = static_cast<std::size_t>(config.integer("quality_samples"));
    return options;
}

class StorageSqlite final : public Plugin {
  public:
    explicit StorageSqlite(Host& host) : host_(host), records_(store_options(host.config())) {}

    ProvidedPorts ports() override {
        ProvidedPorts provided;
        provided.records = &records_;
        return provided;
    }
    Result<void> start(const CallContext&) override {
        const auto opened = records_.open(host_.clock().now());
        if (!opened.ok()) return opened.error();
        host_.logger().info("records opened", {{"schema", opened->schema}});
        if (opened->readable_by_others) host_.logger().warning("the file of records is not for its owner alone");
        return host_.executor().every(kCheckpointEvery, [this] { checkpoint(); });
    }
    void stop(const CallContext&) override { records_.close(); }

  private:
    void checkpoint() {
        const auto done = records_.checkpoint({std::chrono::steady_clock::now() + kCheckpointTakes, {}});
        if (!done) host_.logger().warning("log not moved into the database", {{"detail", done.error().detail}});
    }

    Host& host_;
    SqliteRecords records_;
};

}  // namespace

TELEVISIT_SCHEMA_KEEPER(SqliteSchema);
TELEVISIT_RECORD_TRANSFER(SqliteTransfer);
TELEVISIT_PLUGIN(StorageSqlite, "storage-sqlite", "0.1.0",
                 "provides=televisit.records/1\n"
                 "requires=\n"
                 "optional=\n",
                 TELEVISIT_CONFIG_SCHEMA);
