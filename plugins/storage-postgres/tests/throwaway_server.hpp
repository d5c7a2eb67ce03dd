#pragma once
/// A PostgreSQL server of the test's own, on a unix socket in a folder of its own; both are gone at the end.

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace televisit::storage_postgres::testing {

class ThrowawayServer {
  public:
    /// Ready to work.
    ThrowawayServer();
    ~ThrowawayServer();
    ThrowawayServer(const ThrowawayServer&) = delete;
    ThrowawayServer& operator=(const ThrowawayServer&) = delete;

    /// A database, by its name; `more` is appended to the URL.
    std::string url(const std::string& database, const std::string& more = "") const;
    /// Makes an empty database and gives its URL.
    std::string make_database();
    /// Makes the tables of this build, in a schema of their own, and gives the URL of a session in it; with `settings`,
    /// e.g.
    /// "%20-ctimezone%3DAsia/Kathmandu".
    std::string make_tables(const std::string& settings = "");

    /// Starts it again, on what it has left.
    void start();
    /// Sends a signal to all its processes: SIGSTOP and SIGCONT.
    void signal_all(int signal) const;
    /// Ends it: all its processes at once, without a goodbye.
    void kill();
    /// Ends it as an administrator would who does not wait for clients.
    void stop();
    /// What it has written to its log.
    std::string log() const;

  private:
    void end(int signal, bool with_children);
    std::string run_sql(const std::string& url, const std::string& sql) const;

    std::filesystem::path folder_;
    pid_t pid_ = -1;
    int made_ = 0;
};

/// One for all tests that leave the server itself alone.
ThrowawayServer& shared_server();

}  // namespace televisit::storage_postgres::testing
