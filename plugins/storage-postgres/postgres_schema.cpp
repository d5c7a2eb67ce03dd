#include "postgres_schema.hpp"

#include <stdexcept>

#include "failure.hpp"
#include "schema.hpp"

namespace televisit::storage_postgres {
namespace {

Result<std::unique_ptr<Connection>> connect(const ConnectionSettings& settings, const CallContext& context) {
    auto connection = Connection::open(settings, context.deadline);
    if (!connection.ok()) return for_operator(std::move(connection).error());
    return connection;
}

}  // namespace

ConnectionSettings settings_of(const ConfigView& config) {
    auto settings = read_settings(config.string("url"), config.string("password"));
    if (!settings.ok()) throw std::invalid_argument(config.where("url") + ": " + settings.error().message);
    settings->connect_timeout = config.duration("connect_timeout");
    settings->statement_timeout = config.duration("statement_timeout");
    return *std::move(settings);
}

Result<SchemaState> PostgresSchema::state(const CallContext& context) {
    const auto connection = connect(settings_, context);
    if (!connection.ok()) return connection.error();
    auto applied = applied_migrations(**connection);
    if (!applied.ok()) return for_operator(std::move(applied).error());
    return migrations::state_of(known_migrations(), *applied);
}

Result<std::string> PostgresSchema::script(const CallContext& context) {
    const auto connection = connect(settings_, context);
    if (!connection.ok()) return connection.error();
    auto applied = applied_migrations(**connection);
    if (!applied.ok()) return for_operator(std::move(applied).error());
    if (auto state = migrations::state_of(known_migrations(), *applied); !state.misfit.empty())
        return error(Errc::conflict, std::move(state.misfit));
    return migration_script(known_migrations(), *applied);
}

Result<void> PostgresSchema::migrate(const CallContext& context) {
    const auto connection = connect(settings_, context);
    if (!connection.ok()) return connection.error();
    auto done = storage_postgres::migrate(**connection, known_migrations());
    if (!done) return for_operator(std::move(done).error());
    return done;
}

}  // namespace televisit::storage_postgres
