#include "connection.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <thread>

#include "failure.hpp"

namespace televisit::storage_sqlite {
namespace {

/// Between two looks at the clock: steps of SQLite's virtual machine, some tens of microseconds.
constexpr int kStepsBetweenLooks = 1000;
constexpr std::chrono::milliseconds kLongestPause{20};

constexpr char kForAll[] =
    "PRAGMA foreign_keys = ON;"
    "PRAGMA temp_store = MEMORY;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA trusted_schema = OFF;";
/// What is erased is overwritten. The log is cut back after a burst of writes.
constexpr char kForWriting[] =
    "PRAGMA secure_delete = ON;"
    "PRAGMA wal_autocheckpoint = 4000;"
    "PRAGMA journal_size_limit = 16777216;";
constexpr char kForReading[] = "PRAGMA query_only = ON;";

}  // namespace

Connection::Connection(sqlite3* handle, std::chrono::milliseconds busy_timeout)
    : handle_(handle), busy_timeout_(busy_timeout) {
    sqlite3_extended_result_codes(handle_, 1);
    sqlite3_progress_handler(handle_, kStepsBetweenLooks, &Connection::on_progress, this);
    sqlite3_busy_handler(handle_, &Connection::on_busy, this);
}

Connection::~Connection() {
    for (const auto& [sql, statement] : prepared_) sqlite3_finalize(statement);
    sqlite3_close(handle_);
}

Result<std::unique_ptr<Connection>> Connection::open(const std::string& file, Use use,
                                                     std::chrono::milliseconds busy_timeout) {
    sqlite3* handle = nullptr;
    const int opened = sqlite3_open_v2(file.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    if (opened != SQLITE_OK) {
        const int code = handle ? sqlite3_extended_errcode(handle) : opened;
        sqlite3_close(handle);
        return failure(code, "open", Effect::none);
    }
    std::unique_ptr<Connection> connection(new Connection(handle, busy_timeout));
    int code = connection->run_script(kForAll);
    if (code == SQLITE_OK) code = connection->run_script(use == Use::write ? kForWriting : kForReading);
    if (code != SQLITE_OK) return failure(code, "open", Effect::none);
    return connection;
}

int Connection::on_progress(void* self) {
    return static_cast<const Connection*>(self)->late() ? 1 : 0;
}

int Connection::on_busy(void* self, int count) {
    return static_cast<Connection*>(self)->wait_for_lock(count) ? 1 : 0;
}

bool Connection::wait_for_lock(int count) {
    const auto now = std::chrono::steady_clock::now();
    if (count == 0) busy_since_ = now;
    const auto end = std::min(busy_since_ + busy_timeout_, deadline_);
    if (now >= end) return false;
    // Nothing tells when another process lets go of its lock.
    const auto pause = std::min<SteadyTime::duration>(std::chrono::milliseconds{count + 1}, kLongestPause);
    std::this_thread::sleep_until(std::min(now + pause, end));
    return true;
}

Statement Connection::statement(std::string_view sql) {
    if (const auto known = prepared_.find(sql); known != prepared_.end()) return {known->second, SQLITE_OK};
    sqlite3_stmt* prepared = nullptr;
    const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                        &prepared, nullptr);
    if (code == SQLITE_OK) prepared_.emplace(sql, prepared);
    return {prepared, code};
}

int Connection::run(std::string_view sql) {
    const int code = statement(sql).step();
    return code == SQLITE_DONE || code == SQLITE_ROW ? SQLITE_OK : code;
}

int Connection::run_to_end(std::string_view sql) {
    const auto deadline = std::exchange(deadline_, SteadyTime::max());
    const int code = run(sql);
    deadline_ = deadline;
    return code;
}

int Connection::run_script(const std::string& sql) {
    const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
    return code == SQLITE_OK ? SQLITE_OK : sqlite3_extended_errcode(handle_);
}

int Connection::changes() const noexcept {
    return sqlite3_changes(handle_);
}

bool Connection::in_transaction() const noexcept {
    return sqlite3_get_autocommit(handle_) == 0;
}

int Connection::checkpoint() {
    return sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
}

Transaction::~Transaction() {
    // Some failures have ended it already.
    if (connection_.in_transaction()) connection_.run_to_end("ROLLBACK");
}

}  // namespace televisit::storage_sqlite
