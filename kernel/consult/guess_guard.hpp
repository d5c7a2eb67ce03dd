#pragma once
/// Keeps anybody from trying credentials until one fits.
///
/// Counted for each network address, whichever way the credentials come in. Each may present so many credentials that
/// do not hold; each `recovery` forgives one. Beyond that it is told to wait, before its credential is looked at: else
/// it would still learn which one fits. Credentials that have held before are let through all the same, for behind one
/// address may be a whole hospital; so are access tokens that this node has just handed out. A client whose address is
/// not known is not counted.

#include <cstddef>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "consult/ports.hpp"

namespace televisit::consult {

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
    GuessGuard(const GuessLimits& limits, const Ports& ports);

    /// Before a credential is looked at. **Errors**: `rate_limited` with `too_many_guesses` and the time to wait.
    Result<void> check(std::string_view address, std::string_view credential);
    /// It holds, or will when it is presented.
    void accepted(std::string_view credential);
    /// Counts against the address when it looks like a guess: not a credential that was good once.
    void refused(std::string_view address, std::string_view credential, const Error& failure);

  private:
    /// How many more guesses there were than have been forgiven, at one moment.
    struct Debt {
        double guesses = 0;
        SteadyTime at{};
    };
    double owed(const Debt& debt, SteadyTime now) const;
    std::string digest(std::string_view credential) const;
    bool off() const noexcept { return limits_.attempts == 0; }

    const GuessLimits limits_;
    const Ports& ports_;
    Counter& guesses_;
    Counter& turned_away_;
    std::mutex mutex_;
    RecentlyUsed<Debt> debts_;   // guarded by mutex_
    RecentlyUsed<bool> proven_;  // guarded by mutex_
};

}  // namespace televisit::consult
