#pragma once
/// A Redis server of the test's own, on a unix socket in a folder of its own; both are gone at the end.

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "connection.hpp"

namespace televisit::storage_redis::testing {

/// Whether what Redis answers for is on the disk.
enum class Disk { unused, written_first };

inline SteadyTime in_time(std::chrono::milliseconds patience = std::chrono::seconds{120}) {
    return std::chrono::steady_clock::now() + patience;
}

class ThrowawayServer {
  public:
    /// Ready to work; `more` are further words of its command line, e.g. {"--requirepass", "x"}.
    explicit ThrowawayServer(Disk disk = Disk::unused, std::vector<std::string> more = {});
    ~ThrowawayServer();
    ThrowawayServer(const ThrowawayServer&) = delete;
    ThrowawayServer& operator=(const ThrowawayServer&) = delete;

    ConnectionSettings settings() const;
    std::string socket() const { return (folder_ / "socket").string(); }
    const std::filesystem::path& folder() const { return folder_; }
    /// A connection beside those of a store, as the user that may do everything.
    std::unique_ptr<Connection> connected() const;

    /// Starts it again, on what it has left.
    void start();
    /// From its next start on no file of it may grow beyond that, as on a full disk; 0 lifts it.
    void limit_files(std::size_t bytes) { largest_file_ = bytes; }
    void signal(int signal) const;
    /// Ends it at once, without a goodbye.
    void kill();
    std::string log() const;

  private:
    std::filesystem::path folder_;
    std::vector<std::string> words_;
    std::size_t largest_file_ = 0;
    pid_t pid_ = -1;
};

/// One for all tests that leave the server itself alone. Its databases are emptied by whoever uses them.
ThrowawayServer& shared_server();
ThrowawayServer& shared_durable_server();

}  // namespace televisit::storage_redis::testing
