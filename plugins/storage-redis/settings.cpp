#include "settings.hpp"

#include <stdexcept>

namespace televisit::storage_redis {
namespace {

std::size_t count(const ConfigView& config, std::string_view key) {
    return static_cast<std::size_t>(config.integer(key));
}

BackplaneSettings backplane_settings(const ConfigView& config, const ConnectionSettings& connection) {
    BackplaneSettings settings;
    settings.connection = connection;
    settings.prefix = config.string("prefix");
    settings.queue = {count(config, "backplane.queue"), config.bytes("backplane.queue_bytes")};
    settings.replay.messages = count(config, "backplane.replay.messages");
    settings.replay.largest = config.bytes("backplane.replay.largest");
    settings.replay.time = config.duration("backplane.replay.time");
    settings.heartbeat = config.duration("backplane.heartbeat");
    settings.deadline = config.duration("backplane.deadline");
    return settings;
}

}  // namespace

Settings settings_of(const ConfigView& config) {
    std::optional<std::int64_t> database;
    if (config.has("database")) database = config.integer("database");
    auto connection = read_settings(config.string("url"), config.string("user"), config.string("password"), database);
    if (!connection.ok()) throw std::invalid_argument(config.where("url") + ": " + connection.error().message);
    connection->connect_timeout = config.duration("connect_timeout");
    auto backplane = backplane_settings(config, *connection);
    connection->durable = config.boolean("durable");
    return {*std::move(connection), config.string("prefix"), count(config, "connections"),
            count(config, "quality_samples"), std::move(backplane)};
}

}  // namespace televisit::storage_redis
