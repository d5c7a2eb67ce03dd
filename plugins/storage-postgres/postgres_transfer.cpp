#include "postgres_transfer.hpp"

#include "postgres_schema.hpp"
#include "schema.hpp"

namespace televisit::storage_postgres {
namespace {

/// Of SQLSTATEs: integrity constraint violation.
constexpr std::string_view kBrokenRule = "23";

}  // namespace

TransferDatabase::TransferDatabase(const ConfigView& config) : settings_(settings_of(config)) {}

Result<void> TransferDatabase::connect(const CallContext& context) {
    auto connection = Connection::open(settings_, context.deadline);
    if (!connection.ok()) return for_operator(std::move(connection).error());
    (*connection)->work_until(context.deadline);
    connection_ = std::move(*connection);
    return {};
}

Result<void> TransferDatabase::open_source(const CallContext& context) {
    if (auto connected = connect(context); !connected) return connected;
    if (auto checked = check_schema(*connection_, known_migrations()); !checked)
        return for_operator(std::move(checked).error());
    return {};
}

Result<void> TransferDatabase::open_target(const CallContext& context) {
    if (auto connected = connect(context); !connected) return connected;
    const auto applied = applied_migrations(*connection_);
    if (!applied.ok()) return for_operator(applied.error());
    return check_applied(known_migrations(), migrations::without_mark(*applied));
}

Result<std::int64_t> TransferDatabase::judged(const Reply& reply) {
    if (reply.ok()) return reply.affected();
    if (reply.state().starts_with(kBrokenRule))
        return error(Errc::conflict, "the database: a record does not fit those that are there");
    return for_operator(failure(reply.state(), "write", Effect::none));
}

}  // namespace televisit::storage_postgres

template class televisit::record_sql::SqlTransfer<televisit::storage_postgres::TransferDatabase>;
