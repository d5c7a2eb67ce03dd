#pragma once
/// What is wrong with the store at this moment.

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string_view>

#include "televisit/sdk/result.hpp"

namespace televisit::faulty {

enum class Mode {
    ok,        ///< calls go through
    block,     ///< calls wait until the mode changes, whatever their deadline says
    fail,      ///< calls answer `unavailable`
    throws,    ///< calls throw
    conflict,  ///< somebody else has always been quicker: no batch is committed, no step is made
    unlinked,  ///< calls go through, but the other nodes are out of reach
};

std::optional<Mode> parse_mode(std::string_view text) noexcept;
std::string_view to_string(Mode mode) noexcept;

/// **Threads**: any.
class Fault {
  public:
    explicit Fault(Mode mode) : mode_(mode) {}

    /// Stands at the beginning of every call of the store. **Blocks**: while the mode is `block`. Throws while it is
    /// `throws`.
    Result<void> pass();
    /// Passes what never blocks; fails and throws as `pass` does.
    Result<void> pass_at_once();
    /// **Blocks**: never. Calls that wait go on in the new mode.
    void set(Mode mode);
    Mode mode() const;
    /// Calls that wait now.
    std::size_t waiting() const;

  private:
    static Result<void> outcome(Mode mode);

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    Mode mode_;  // guarded by mutex_, as below
    std::size_t waiting_ = 0;
};

}  // namespace televisit::faulty
