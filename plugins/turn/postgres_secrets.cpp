#include <libpq-fe.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "secret_store.hpp"

namespace televisit::turn {

namespace {

struct Free {
    void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
    void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using Connection = std::unique_ptr<PGconn, Free>;
using Reply = std::unique_ptr<PGresult, Free>;

/// A connection for each call: there are two in a rotation.
class PostgresSecrets final : public SecretStore {
  public:
    PostgresSecrets(std::string url, std::string realm) : url_(std::move(url)), realm_(std::move(realm)) {}

    Result<void> add(const std::string& secret, const CallContext& context) override {
        return run("INSERT INTO turn_secret (realm, value) VALUES ($1, $2) ON CONFLICT DO NOTHING", secret, context);
    }
    Result<void> remove(const std::string& secret, const CallContext& context) override {
        return run("DELETE FROM turn_secret WHERE realm = $1 AND value = $2", secret, context);
    }

  private:
    Result<void> run(const char* statement, const std::string& secret, const CallContext& context) const {
        const auto left =
            std::chrono::duration_cast<std::chrono::seconds>(context.deadline - std::chrono::steady_clock::now());
        const auto timeout = std::to_string(std::clamp<std::int64_t>(left.count(), 2, 10));
        const auto options = "-c statement_timeout=" + timeout + "s";
        const char* names[] = {"dbname", "connect_timeout", "options", "tcp_user_timeout", nullptr};
        const char* values[] = {url_.c_str(), timeout.c_str(), options.c_str(), "10000", nullptr};
        const Connection connection(PQconnectdbParams(names, values, 1));
        // libpq's own words may hold the URL; SQLSTATE and the parts of a reply that are safe do not exist before there
        // is one.
        if (PQstatus(connection.get()) != CONNECTION_OK)
            return error(Errc::unavailable,
                         "PostgreSQL with coturn's secrets cannot be reached, or refuses to be connected to");
        const char* parameters[] = {realm_.c_str(), secret.c_str()};
        const Reply reply(PQexecParams(connection.get(), statement, 2, nullptr, parameters, nullptr, nullptr, 0));
        if (PQresultStatus(reply.get()) == PGRES_COMMAND_OK) return {};
        const char* code = PQresultErrorField(reply.get(), PG_DIAG_SQLSTATE);
        const std::string state = code != nullptr ? code : "none";
        return error(Errc::unavailable, "PostgreSQL does not change coturn's table turn_secret (SQLSTATE " + state +
                                            ')' + (state == "42P01" ? ": there is no such table" : ""));
    }

    const std::string url_;
    const std::string realm_;
};

}  // namespace

std::unique_ptr<SecretStore> postgres_secrets(std::string url, std::string realm) {
    return std::make_unique<PostgresSecrets>(std::move(url), std::move(realm));
}

std::unique_ptr<SecretStore> open_secret_store(const std::string& url, const std::string& realm) {
    const bool postgres = url.starts_with("postgresql://") || url.starts_with("postgres://");
    return postgres ? postgres_secrets(url, realm) : redis_secrets(url, realm);
}

}  // namespace televisit::turn
