#include "settings.hpp"

#include <stdexcept>

namespace televisit::storage_redis {

Settings settings_of(const ConfigView& config) {
    std::optional<std::int64_t> database;
    if (config.has("database")) database = config.integer("database");
    auto connection = read_settings(config.string("url"), config.string("user"), config.string("password"), database);
    if (!connection.ok()) throw std::invalid_argument(config.where("url") + ": " + connection.error().message);
    connection->connect_timeout = config.duration("connect_timeout");
    connection->durable = config.boolean("durable");
    return {*std::move(connection), config.string("prefix"), static_cast<std::size_t>(config.integer("connections")),
            static_cast<std::size_t>(config.integer("quality_samples"))};
}

}  // namespace televisit::storage_redis
