#pragma once
/// Keeps anybody from trying credentials until one fits.
///
/// Each network address may present so many credentials that do not hold; each `recovery` forgives one. Beyond that it
/// is told to wait, before its credential is looked at: else it would still learn which one fits. Credentials that have
/// held before are let through all the same, for behind one address may be a whole hospital.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "televisit/sdk/metrics.hpp"
#include "televisit/sdk/result.hpp"
#include "televisit/sdk/secrets.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit::rest_api {

struct GuessLimits {
    std::int64_t guesses = 20;  ///< at once; 0 turns the guard off
    std::chrono::milliseconds recovery{3000};
    std::size_t addresses = 10'000;    ///< remembered at most; the longest unseen is forgotten first
    std::size_t credentials = 10'000;  ///< that have held, likewise
};

/// Keys in the order of their last use, the oldest first to go. **Threads**: one at a time.
template <class Value>
class RecentlyUsed {
  public:
    explicit RecentlyUsed(std::size_t limit) : limit_(limit) {}

    /// The value, now the most recent; nullptr when it is not there.
    Value* find(const std::string& key) {
        const auto found = index_.find(key);
        if (found == index_.end()) return nullptr;
        entries_.splice(entries_.end(), entries_, found->second);
        return &found->second->second;
    }
    Value& find_or_add(const std::string& key, Value value) {
        if (auto* known = find(key)) return *known;
        if (index_.size() >= limit_) {
            index_.erase(entries_.front().first);
            entries_.pop_front();
        }
        entries_.emplace_back(key, std::move(value));
        index_.emplace(key, std::prev(entries_.end()));
        return entries_.back().second;
    }
    void erase(const std::string& key) {
        const auto found = index_.find(key);
        if (found == index_.end()) return;
        entries_.erase(found->second);
        index_.erase(found);
    }
    std::size_t size() const noexcept { return index_.size(); }

  private:
    using Entries = std::list<std::pair<std::string, Value>>;
    std::size_t limit_;
    Entries entries_;
    std::unordered_map<std::string, typename Entries::iterator> index_;
};

/// **Threads**: any, concurrently. **Blocks**: never. Keeps digests, never a credential.
class GuessGuard {
  public:
    GuessGuard(const GuessLimits& limits, const Clock& clock, const Secrets& secrets, MetricRegistry& metrics);

    /// Before a credential is looked at. **Errors**: `rate_limited` with `too_many_guesses` and the time to wait.
    Result<void> check(std::string_view address, std::string_view credential);
    void accepted(std::string_view credential);
    /// Counts against the address when it looks like a guess: not an expired or withdrawn credential, which was good
    /// once.
    void refused(std::string_view address, const Error& failure);

  private:
    /// How many more guesses there were than have been forgiven, at one moment.
    struct Debt {
        double guesses = 0;
        SteadyTime at{};
    };
    double owed(const Debt& debt, SteadyTime now) const;
    std::string digest(std::string_view credential) const;
    bool off() const noexcept { return limits_.guesses == 0; }

    const GuessLimits limits_;
    const Clock& clock_;
    const Secrets& secrets_;
    Counter& guesses_;
    Counter& turned_away_;
    std::mutex mutex_;
    RecentlyUsed<Debt> debts_;   // guarded by mutex_
    RecentlyUsed<bool> proven_;  // guarded by mutex_
};

}  // namespace televisit::rest_api
