#include "televisit/sdk/plugin.hpp"

#include "config_schema.hpp"
#include "postgres_records.hpp"
#include "postgres_schema.hpp"
#include "postgres_transfer.hpp"

namespace {

using namespace televisit;
using namespace televisit::storage_postgres;

StoreOptions store_options(const ConfigView& config) {
    StoreOptions options;
    options.settings = settings_of(config);
    options.connections = static_cast<std::size_t>(config.integer("connections"));
    options.quality_per_session = static_cast<std::size_t>(config.integer("quality_samples"));
    return options;
}

class StoragePostgres final : public Plugin {
  public:
    explicit StoragePostgres(Host& host) : host_(host), records_(store_options(host.config())) {
        host_.metrics().add_source([this] { return figures(); });
    }

    ProvidedPorts ports() override {
        ProvidedPorts provided;
        provided.records = &records_;
        return provided;
    }
    Result<void> start(const CallContext& context) override {
        if (auto opened = records_.open(context); !opened) return opened;
        host_.logger().info("records opened");
        return {};
    }
    void stop(const CallContext&) override { records_.close(); }

  private:
    std::vector<MetricFamily> figures() const {
        const auto now = records_.figures();
        const auto family = [&](const char* name, const char* help, MetricKind kind, auto value) {
            return MetricFamily{
                name,
                help,
                kind,
                {MetricSample{{{"plugin", std::string(host_.instance())}}, static_cast<double>(value)}}};
        };
        return {family("televisit_postgres_connections", "Connections to the database", MetricKind::gauge, now.open),
                family("televisit_postgres_connections_busy", "Of these, those in use", MetricKind::gauge, now.lent),
                family("televisit_postgres_connects_failed_total", "Failed attempts to connect", MetricKind::counter,
                       now.failed_connects),
                family("televisit_postgres_connections_lost_total", "Connections that were thrown away as broken",
                       MetricKind::counter, now.lost)};
    }

    Host& host_;
    PostgresRecords records_;
};

}  // namespace

TELEVISIT_SCHEMA_KEEPER(PostgresSchema);
TELEVISIT_RECORD_TRANSFER(PostgresTransfer);
TELEVISIT_PLUGIN(StoragePostgres, "storage-postgres", "0.1.0",
                 "provides=televisit.records/1\n"
                 "requires=\n"
                 "optional=\n",
                 TELEVISIT_CONFIG_SCHEMA);
