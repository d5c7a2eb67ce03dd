#pragma once
/// One connection to the database file, with its deadline and its prepared statements.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "statement.hpp"
#include "televisit/sdk/result.hpp"
#include "televisit/sdk/time.hpp"

struct sqlite3;

namespace televisit::storage_sqlite {

/// **Threads**: one at a time. **Blocks**: for the disk, and for locks of other processes: at most `busy_timeout`, and
/// never beyond the deadline.
class Connection {
  public:
    enum class Use : std::uint8_t { read, write };

    /// **Errors**: those of `failure`.
    static Result<std::unique_ptr<Connection>> open(const std::string& file, Use use,
                                                    std::chrono::milliseconds busy_timeout);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Until when what follows may take: later it is interrupted, and fails with SQLITE_INTERRUPT.
    void work_until(SteadyTime deadline) noexcept { deadline_ = deadline; }
    bool late() const noexcept { return std::chrono::steady_clock::now() >= deadline_; }

    /// The text must be one of a bounded set: what is prepared is kept for the next time.
    Statement statement(std::string_view sql);
    /// A statement without parameters and rows. SQLITE_OK, or the code of the failure.
    int run(std::string_view sql);
    /// The same for one that must not be interrupted by the deadline.
    int run_to_end(std::string_view sql);
    /// Several statements in one text, prepared for this once.
    int run_script(const std::string& sql);
    /// Waits a moment for a lock of another process: for what SQLite does not wait for by itself. False when the wait
    /// has been long enough; `count` is that of the waits before.
    bool wait_for_lock(int count);
    /// How many rows the last statement changed.
    int changes() const noexcept;
    bool in_transaction() const noexcept;
    /// Moves committed pages from the log into the database, as far as nobody is in the way.
    int checkpoint();

  private:
    struct TextHash : std::hash<std::string_view> {
        using is_transparent = void;
    };

    Connection(sqlite3* handle, std::chrono::milliseconds busy_timeout);
    static int on_progress(void* self);
    static int on_busy(void* self, int count);

    sqlite3* handle_;
    std::chrono::milliseconds busy_timeout_;
    SteadyTime deadline_ = SteadyTime::max();
    SteadyTime busy_since_{};
    std::unordered_map<std::string, sqlite3_stmt*, TextHash, std::equal_to<>> prepared_;
};

/// Ends with the scope, undone unless `commit` was called. Use one at a time.
class Transaction {
  public:
    explicit Transaction(Connection& connection) : connection_(connection) {}
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    /// Takes the writer's lock at once, so that what is read in it cannot be overtaken. SQLITE_OK or a failure's code.
    int begin() { return connection_.run("BEGIN IMMEDIATE"); }
    /// SQLITE_OK, or a code: then the effect is unknown.
    int commit() { return connection_.run_to_end("COMMIT"); }

  private:
    Connection& connection_;
};

}  // namespace televisit::storage_sqlite
