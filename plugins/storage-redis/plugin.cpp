#include "televisit/sdk/plugin.hpp"

#include "backplane_families.hpp"
#include "config_schema.hpp"
#include "connection_pool.hpp"
#include "permission_check.hpp"
#include "redis_backplane.hpp"
#include "redis_presence.hpp"
#include "redis_records.hpp"
#include "redis_transfer.hpp"
#include "settings.hpp"

namespace {

using namespace televisit;
using namespace televisit::storage_redis;

class StorageRedis final : public Plugin {
  public:
    explicit StorageRedis(Host& host) : StorageRedis(host, settings_of(host.config())) {}

    ProvidedPorts ports() override {
        ProvidedPorts provided;
        provided.records = &records_;
        provided.presence = &presence_;
        provided.backplane = &backplane_;
        return provided;
    }
    Result<void> start(const CallContext& context) override {
        if (auto ready = ready_to_store(context); !ready) return for_operator(std::move(ready));
        return for_operator(backplane_.start(context.deadline));
    }
    void stop(const CallContext&) override {
        backplane_.stop();
        for_records_.clear();
        for_presence_.clear();
    }

  private:
    StorageRedis(Host& host, const Settings& settings)
        : durable_(settings.connection.durable),
          for_records_(durable(settings.connection), settings.connections),
          for_presence_(settings.connection, settings.connections),
          records_(for_records_, host.clock(), settings.prefix, settings.quality_samples),
          presence_(for_presence_, host.clock(), settings.prefix, host.secrets().uuid()),
          prefix_(settings.prefix),
          backplane_(settings.backplane, host.secrets(), host.logger()) {
        host.metrics().add_source([this, plugin = std::string(host.instance())] { return figures(plugin); });
        host.metrics().add_source(
            [this, plugin = std::string(host.instance())] { return families_of(backplane_, plugin); });
    }

    Result<void> ready_to_store(const CallContext& context) {
        auto& pool = durable_ ? for_records_ : for_presence_;
        if (auto permitted = check_permissions(pool, prefix_, context.deadline); !permitted) return permitted;
        // Whatever the instance is for: it cannot tell whether it is to have the records as well.
        return check_form(pool, prefix_, context.deadline);
    }

    /// Whatever the instance is for, what it says is kept is on the disk.
    static ConnectionSettings durable(ConnectionSettings settings) {
        settings.durable = true;
        return settings;
    }
    static Result<void> for_operator(Result<void> started) {
        if (!started) started.error().message = "cannot use Redis: " + started.error().detail;
        return started;
    }

    std::vector<MetricFamily> figures(const std::string& plugin) const {
        const auto records = for_records_.figures();
        const auto presence = for_presence_.figures();
        const auto family = [&](const char* name, const char* help, MetricKind kind, auto figure) {
            const auto sample = [&](const char* of, const connection_pool::Figures& figures) {
                return MetricSample{{{"plugin", plugin}, {"of", of}}, static_cast<double>(figures.*figure)};
            };
            return MetricFamily{name, help, kind, {sample("records", records), sample("presence", presence)}};
        };
        using connection_pool::Figures;
        return {family("televisit_redis_connections", "Connections to Redis", MetricKind::gauge, &Figures::open),
                family("televisit_redis_connections_busy", "Of these, those in use", MetricKind::gauge, &Figures::lent),
                family("televisit_redis_connects_failed_total", "Failed attempts to connect", MetricKind::counter,
                       &Figures::failed_connects),
                family("televisit_redis_connections_lost_total", "Connections that were thrown away as broken",
                       MetricKind::counter, &Figures::lost)};
    }

    const bool durable_;
    ConnectionPool for_records_;
    ConnectionPool for_presence_;
    RedisRecords records_;
    RedisPresence presence_;
    const std::string prefix_;
    RedisBackplane backplane_;
};

}  // namespace

TELEVISIT_RECORD_TRANSFER(RedisTransfer);
TELEVISIT_PLUGIN(StorageRedis, "storage-redis", "0.1.0",
                 "provides=televisit.records/1,televisit.presence/1,televisit.backplane/1\n"
                 "requires=\n"
                 "optional=\n",
                 TELEVISIT_CONFIG_SCHEMA);
