#include "connection.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <optional>

#include "failure.hpp"
#include "handshake.hpp"

namespace televisit::storage_postgres {
namespace {

using std::chrono::ceil;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kOldestServer = 140000;
constexpr char kBegin[] = "BEGIN; SET LOCAL statement_timeout = ";
constexpr char kCancelledPlan[] = "0A000";
constexpr char kUnknownStatement[] = "26000";

/// What an administrator may have set otherwise for this user or database, and records rely on. What is acknowledged is
/// on the disk: only the weakest setting of it is raised.
constexpr char kSettle[] =
    "SET timezone = 'UTC'; "
    "SET default_transaction_isolation = 'read committed'; "
    "SET client_connection_check_interval = '1s'; "
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'; "
    "SET idle_in_transaction_session_timeout = ";
constexpr char kSettleMore[] = "; SET statement_timeout = ";

void note_warning(void* warned, const pg_result* notice) {
    const char* severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
    if (severity && std::string_view(severity) == "WARNING") *static_cast<bool*>(warned) = true;
}

pg_conn* start(const Parameters& parameters) {
    std::vector<const char*> keys;
    std::vector<const char*> values;
    for (const auto& [key, value] : parameters) {
        keys.push_back(key.c_str());
        values.push_back(value.c_str());
    }
    keys.push_back(nullptr);
    values.push_back(nullptr);
    return PQconnectStartParams(keys.data(), values.data(), 0);
}

Error unfit(std::string why) {
    return error(Errc::conflict, "this database cannot hold records: " + std::move(why));
}

}  // namespace

Connection::~Connection() {
    PQfinish(handle_);
}

Result<std::unique_ptr<Connection>> Connection::open(const ConnectionSettings& settings, SteadyTime deadline) {
    SqlState last = kLost;
    for (const auto& host : settings.hosts) {
        // The witness of a handshake may come too late to see why a certificate does not hold.
        constexpr int kMostTries = 5;
        for (int tries = 1;; ++tries) {
            std::unique_ptr<Connection> connection(new Connection(start(host)));
            connection->deadline_ = std::min(deadline, steady_clock::now() + settings.connect_timeout);
            last = connection->shake_hands();
            if (last.empty()) {
                connection->work_until(deadline);
                if (const auto settled = connection->settle_in(settings); !settled) return settled.error();
                return connection;
            }
            if (last != kUntrusted || tries == kMostTries) break;
        }
        if (steady_clock::now() >= deadline) break;
    }
    return failure(last, "connect", Effect::none);
}

SqlState Connection::shake_hands() {
    if (!handle_ || PQstatus(handle_) == CONNECTION_BAD) return kLost;
    PQsetErrorVerbosity(handle_, PQERRORS_SQLSTATE);
    PQsetNoticeReceiver(handle_, &note_warning, &warned_);
    HandshakeWitness witness;
    for (auto next = PGRES_POLLING_WRITING; next != PGRES_POLLING_OK; next = PQconnectPoll(handle_)) {
        if (next == PGRES_POLLING_FAILED) return witness.reason(handle_);
        witness.look(handle_);
        if (!wait(next == PGRES_POLLING_READING ? Wait::readable : Wait::writable)) return kLate;
    }
    return PQsetnonblocking(handle_, 1) == 0 ? SqlState() : kLost;
}

Result<void> Connection::settle_in(const ConnectionSettings& settings) {
    if (PQserverVersion(handle_) < kOldestServer) return unfit("it is older than PostgreSQL 14");
    const char* encoding = PQparameterStatus(handle_, "server_encoding");
    if (!encoding || std::string_view(encoding) != "UTF8") return unfit("its encoding is not UTF8");
    const auto timeout = std::to_string(settings.statement_timeout.count());
    if (const auto reply = run(kSettle + timeout + kSettleMore + timeout); !reply.ok())
        return failure(reply.state(), "connect", Effect::none);
    return {};
}

void Connection::work_until(SteadyTime deadline) noexcept {
    deadline_ = deadline;
    commit_sent_ = false;
    failed_.clear();
}

bool Connection::wait(Wait what) noexcept {
    pollfd poll{PQsocket(handle_), 0, 0};
    if (what != Wait::writable) poll.events |= POLLIN;
    if (what != Wait::readable) poll.events |= POLLOUT;
    for (;;) {
        const auto left = ceil<milliseconds>(deadline_ - steady_clock::now());
        if (left.count() <= 0) return false;
        constexpr milliseconds kLongest{60'000};
        const int ready = ::poll(&poll, 1, static_cast<int>(std::min(left, kLongest).count()));
        // What went wrong with the socket is found by whoever reads from it.
        if (ready != 0) return true;
    }
}

SqlState Connection::flush() {
    for (;;) {
        const int left = PQflush(handle_);
        if (left == 0) return {};
        if (left < 0) return kLost;
        if (!wait(Wait::both)) return kLate;
        // The server may not read on before its own answer is read.
        if (PQconsumeInput(handle_) == 0) return kLost;
    }
}

Reply Connection::collect() {
    std::optional<Reply> kept;
    for (;;) {
        while (PQisBusy(handle_) != 0) {
            if (!wait(Wait::readable)) return Reply(kLate);
            if (PQconsumeInput(handle_) == 0) return Reply(kLost);
        }
        pg_result* result = PQgetResult(handle_);
        if (!result) return kept ? *std::move(kept) : Reply(kLost);
        Reply reply(result);
        // COPY has no place here, and would never end.
        if (reply.state() == kLost) return reply;
        if (!kept || kept->ok()) kept = std::move(reply);
    }
}

Reply Connection::noted(Reply reply) {
    if (reply.ok()) return reply;
    failed_ = reply.state();
    // With plans made for other tables no statement prepared on it will ever work again.
    const bool outdated = failed_ == kCancelledPlan || failed_ == kUnknownStatement;
    spoilt_ = spoilt_ || outdated || failed_ == kLost || failed_ == kLate || PQstatus(handle_) != CONNECTION_OK;
    return reply;
}

Reply Connection::answer(bool sent) {
    if (!sent) return noted(Reply(kLost));
    if (auto state = flush(); !state.empty()) return noted(Reply(std::move(state)));
    return noted(collect());
}

Reply Connection::run(const std::string& sql) {
    if (spoilt_) return noted(Reply(kLost));
    return answer(PQsendQuery(handle_, sql.c_str()) == 1);
}

Reply Connection::run(const Statement& statement) {
    if (spoilt_) return noted(Reply(kLost));
    auto known = prepared_.find(statement.sql_);
    if (known == prepared_.end()) {
        auto name = "televisit_" + std::to_string(prepared_.size());
        const std::string sql(statement.sql_);
        auto reply = answer(PQsendPrepare(handle_, name.c_str(), sql.c_str(), 0, nullptr) == 1);
        if (!reply.ok()) return reply;
        known = prepared_.emplace(sql, std::move(name)).first;
    }
    constexpr int kBinary = 1;
    return answer(PQsendQueryPrepared(handle_, known->second.c_str(), static_cast<int>(statement.values_.size()),
                                      statement.values_.data(), statement.sizes_.data(), statement.formats_.data(),
                                      kBinary) == 1);
}

Reply Connection::begin() {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline_ - steady_clock::now());
    // Given up there first, a transaction costs no connection here.
    constexpr int kShare = 10;
    const auto patience = std::clamp<std::int64_t>(left.count() - left.count() / kShare, 1, 86'400'000);
    return run(kBegin + std::to_string(patience));
}

Reply Connection::commit() {
    if (spoilt_) return noted(Reply(kLost));
    commit_sent_ = true;
    warned_ = false;
    auto reply = run("COMMIT");
    // The wait for a synchronous standby was cut short: it is written here, and perhaps nowhere else.
    if (reply.ok() && warned_) return noted(Reply(kLate));
    // What was broken before is rolled back without a word.
    if (reply.ok() && reply.tag() != "COMMIT") return noted(Reply("25P02"));
    return reply;
}

bool Connection::reusable() const noexcept {
    return !spoilt_ && PQstatus(handle_) == CONNECTION_OK && PQtransactionStatus(handle_) == PQTRANS_IDLE;
}

bool Connection::alive() noexcept {
    pollfd poll{PQsocket(handle_), POLLIN, 0};
    if (::poll(&poll, 1, 0) == 0) return true;
    // A goodbye, or news of a setting.
    return PQconsumeInput(handle_) == 1 && PQisBusy(handle_) == 0 && PQstatus(handle_) == CONNECTION_OK;
}

bool Connection::worth_another_try() const noexcept {
    if (commit_sent_ || failed_.empty() || failed_ == kLate) return false;
    return spoilt_ || is_passing(failed_);
}

Transaction::~Transaction() {
    if (open_) connection_.run("ROLLBACK");
}

}  // namespace televisit::storage_postgres
