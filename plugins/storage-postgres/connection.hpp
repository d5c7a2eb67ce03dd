#pragma once
/// One connection to the database, with its deadline and its prepared statements.
///
/// libpq is used without blocking: every wait is a `poll` to the deadline. A connection that has missed one is of no
/// use any more, for its answer may still come.

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "connection_settings.hpp"
#include "reply.hpp"
#include "statement.hpp"
#include "televisit/sdk/result.hpp"
#include "televisit/sdk/time.hpp"

struct pg_conn;

namespace televisit::storage_postgres {

/// **Threads**: one at a time. **Blocks**: to the deadline, but for the look-up of a host's name.
class Connection {
  public:
    /// The first host that lets the server in and takes writes. **Errors**: those of `failure`, with what the last host
    /// said; `conflict` for a database that cannot hold the records: the message says why.
    static Result<std::unique_ptr<Connection>> open(const ConnectionSettings& settings, SteadyTime deadline);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Begins a call: until when what follows may take.
    void work_until(SteadyTime deadline) noexcept;

    /// One or several commands without parameters; the reply to the last one, or to the first that failed. Rows are
    /// text.
    Reply run(const std::string& sql);
    Reply run(const Statement& statement);

    /// Begins a transaction that PostgreSQL itself gives up shortly before the deadline.
    Reply begin();
    /// A failure is of unknown effect, unless nothing was sent.
    Reply commit();

    /// Whether it may be lent again: nothing is under way on it.
    bool reusable() const noexcept;
    /// Whether the other side is still there, as far as can be seen without asking it.
    bool alive() noexcept;
    /// Whether the call that has just failed on it changed nothing and may succeed when it is made again.
    bool worth_another_try() const noexcept;

  private:
    struct TextHash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    enum class Wait : unsigned char { readable, writable, both };

    explicit Connection(pg_conn* handle) : handle_(handle) {}
    SqlState shake_hands();
    Result<void> settle_in(const ConnectionSettings& settings);
    bool wait(Wait what) noexcept;
    SqlState flush();
    Reply answer(bool sent);
    Reply collect();
    Reply noted(Reply reply);

    pg_conn* handle_;
    SteadyTime deadline_ = SteadyTime::max();
    bool spoilt_ = false;       // no command can follow on it
    bool commit_sent_ = false;  // in this call
    bool warned_ = false;       // by the server, since the latest COMMIT was sent
    SqlState failed_{};         // how the latest failure of this call was called
    std::unordered_map<std::string, std::string, TextHash, std::equal_to<>> prepared_;  // texts, with their names
};

/// Ends with the scope, undone unless `commit` was called. Use one at a time.
class Transaction {
  public:
    explicit Transaction(Connection& connection) : connection_(connection) {}
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    Reply begin() {
        auto reply = connection_.begin();
        open_ = reply.ok();
        return reply;
    }
    Reply commit() {
        open_ = false;
        return connection_.commit();
    }

  private:
    Connection& connection_;
    bool open_ = false;
};

}  // namespace televisit::storage_postgres
