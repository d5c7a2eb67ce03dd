#pragma once
/// What waits to be published, and what was sent but not yet answered: that is sent again after the connection was
/// lost. Whether it had arrived nobody knows, so it may come twice; receivers count.

#include <cstddef>
#include <deque>
#include <string>

namespace televisit::storage_redis {

/// **Threads**: none of its own; guarded by whoever has it.
class BackplaneOutbox {
  public:
    struct Limits {
        std::size_t messages = 10'000;
        std::size_t bytes = 64 * 1024 * 1024;
    };

    explicit BackplaneOutbox(Limits limits) : limits_(limits) {}

    /// Takes a command. False when there is no place for it.
    bool add(std::string command);
    /// Appends commands that were not sent yet to `out`, until it has that many bytes. How many they were.
    std::size_t send(std::string& out, std::size_t until);
    /// The oldest that was sent has arrived.
    void answered();
    /// All that is here is to be sent, in the same order. How many of them had been sent before.
    std::size_t begin_again();

    bool has_unsent() const noexcept { return sent_ < commands_.size(); }
    std::size_t messages() const noexcept { return commands_.size(); }
    std::size_t bytes() const noexcept { return bytes_; }

  private:
    const Limits limits_;
    std::deque<std::string> commands_;
    std::size_t sent_ = 0;  // so many from the front
    std::size_t bytes_ = 0;
};

}  // namespace televisit::storage_redis
