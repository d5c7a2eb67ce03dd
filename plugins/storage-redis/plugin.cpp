#include "televisit/sdk/plugin.hpp"

#include "config_schema.hpp"
#include "connection_pool.hpp"
#include "redis_presence.hpp"
#include "settings.hpp"

namespace {

using namespace televisit;
using namespace televisit::storage_redis;

class StorageRedis final : public Plugin {
  public:
    explicit StorageRedis(Host& host) : StorageRedis(host, settings_of(host.config())) {}

    ProvidedPorts ports() override {
        ProvidedPorts provided;
        provided.presence = &presence_;
        return provided;
    }
    Result<void> start(const CallContext& context) override {
        auto connection = pool_.take(context.deadline, "start");
        if (connection.ok()) return {};
        auto refused = std::move(connection).error();
        refused.message = "cannot use Redis: " + refused.detail;
        return refused;
    }
    void stop(const CallContext&) override { pool_.clear(); }

  private:
    StorageRedis(Host& host, const Settings& settings)
        : pool_(settings.connection, settings.connections), presence_(pool_, host.clock(), settings.prefix) {
        host.metrics().add_source([this, plugin = std::string(host.instance())] { return figures(plugin); });
    }

    std::vector<MetricFamily> figures(const std::string& plugin) const {
        const auto now = pool_.figures();
        const auto family = [&](const char* name, const char* help, MetricKind kind, auto value) {
            return MetricFamily{name, help, kind, {MetricSample{{{"plugin", plugin}}, static_cast<double>(value)}}};
        };
        return {family("televisit_redis_connections", "Connections to Redis", MetricKind::gauge, now.open),
                family("televisit_redis_connections_busy", "Of these, those in use", MetricKind::gauge, now.lent),
                family("televisit_redis_connects_failed_total", "Failed attempts to connect", MetricKind::counter,
                       now.failed_connects),
                family("televisit_redis_connections_lost_total", "Connections that were thrown away as broken",
                       MetricKind::counter, now.lost)};
    }

    ConnectionPool pool_;
    RedisPresence presence_;
};

}  // namespace

TELEVISIT_PLUGIN(StorageRedis, "storage-redis", "0.1.0",
                 "provides=televisit.presence/1\n"
                 "requires=\n"
                 "optional=\n",
                 TELEVISIT_CONFIG_SCHEMA);
