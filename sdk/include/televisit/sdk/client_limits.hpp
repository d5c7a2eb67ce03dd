#pragma once
/// Bounds for the clients of one network address: what they have open, and how often they do something.
///
/// **Threads**: any. **Blocks**: never for long. Addresses are texts without a port, such as
/// `HttpRequest::remote_address`; which of them count as one says `client_key`. An address that has nothing open and
/// has been quiet for long enough is forgotten.

#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "televisit/sdk/client_address.hpp"
#include "televisit/sdk/rate.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit {

/// Places that clients take, so many in all and so many for each address. **Owns**: must outlive its places.
class ClientPlaces {
    struct Address {
        Address(ClientPlaces& places, std::string_view first) : all(places), client(first) {}
        ClientPlaces& all;
        const std::string client;
        std::size_t taken = 0;
        const std::string* key = nullptr;
    };

  public:
    /// 0: any number.
    struct Limits {
        std::size_t in_all = 0;
        std::size_t of_address = 0;
    };

    /// One place, given back when it goes; or none.
    class Place {
      public:
        Place() = default;
        ~Place() { leave(); }
        Place(Place&& other) noexcept : address_(std::exchange(other.address_, nullptr)) {}
        Place& operator=(Place&& other) noexcept {
            std::swap(address_, other.address_);
            return *this;
        }
        explicit operator bool() const noexcept { return address_ != nullptr; }
        /// A client of its address: the one that took the first of the places there are.
        std::string_view client() const noexcept { return address_ != nullptr ? address_->client : std::string_view(); }
        void leave() noexcept {
            if (Address* const address = std::exchange(address_, nullptr)) address->all.leave(*address);
        }

      private:
        friend class ClientPlaces;
        explicit Place(Address& address) : address_(&address) {}
        Address* address_ = nullptr;
    };

    enum class Refusal : std::uint8_t { none, in_all, of_address };
    struct Entry {
        Place place;
        Refusal refusal = Refusal::none;
    };

    explicit ClientPlaces(Limits limits) : limits_(limits) {}
    ClientPlaces(const ClientPlaces&) = delete;
    ClientPlaces& operator=(const ClientPlaces&) = delete;

    /// Without an address: a place in all only.
    Entry enter(std::optional<std::string_view> client_address) {
        std::string key = client_address ? client_key(*client_address) : std::string();
        const std::lock_guard lock(mutex_);
        if (limits_.in_all > 0 && taken_ >= limits_.in_all) return {Place(), Refusal::in_all};
        const auto [found, added] = addresses_.try_emplace(std::move(key), *this, client_address.value_or(""));
        Address& address = found->second;
        address.key = &found->first;
        if (client_address && limits_.of_address > 0 && address.taken >= limits_.of_address)
            return {Place(), Refusal::of_address};
        ++address.taken;
        ++taken_;
        return {Place(address), Refusal::none};
    }
    std::size_t taken() const {
        const std::lock_guard lock(mutex_);
        return taken_;
    }
    /// Those with a place.
    std::size_t addresses() const {
        const std::lock_guard lock(mutex_);
        return addresses_.size();
    }

  private:
    void leave(Address& address) noexcept {
        const std::lock_guard lock(mutex_);
        --taken_;
        if (--address.taken == 0) addresses_.erase(addresses_.find(*address.key));
    }

    const Limits limits_;
    mutable std::mutex mutex_;
    std::size_t taken_ = 0;                               // guarded by mutex_
    std::unordered_map<std::string, Address> addresses_;  // guarded by mutex_
};

/// A rate for each address.
class ClientRates {
  public:
    /// `remembered`: addresses; beyond it those that were quiet longest are forgotten.
    ClientRates(Rate rate, std::size_t remembered) : rate_(rate), remembered_(remembered) {}
    ClientRates(const ClientRates&) = delete;
    ClientRates& operator=(const ClientRates&) = delete;

    /// Counts `cost` more. When that is too many: how long until it is not.
    std::optional<Duration> take(std::string_view client_address, SteadyTime now, std::uint32_t cost = 1) {
        if (!rate_.limited()) return std::nullopt;
        std::string key = client_key(client_address);
        const std::lock_guard lock(mutex_);
        auto found = index_.find(key);
        if (found == index_.end()) {
            forget(now);
            used_.push_back({std::move(key), {}});
            found = index_.emplace(used_.back().key, std::prev(used_.end())).first;
        } else {
            used_.splice(used_.end(), used_, found->second);
        }
        RateMeter& meter = found->second->meter;
        if (meter.take(rate_, now, cost)) return std::nullopt;
        return std::chrono::ceil<Duration>(meter.wait(rate_, now, cost));
    }
    std::size_t addresses() const {
        const std::lock_guard lock(mutex_);
        return used_.size();
    }

  private:
    struct Used {
        std::string key;
        RateMeter meter;
    };

    /// Those whose past does not count any more, a few at a time; and one, if there is no room.
    void forget(SteadyTime now) {
        for (int i = 0; i < 2 && !used_.empty(); ++i) {
            if (!used_.front().meter.idle(now) && (i > 0 || used_.size() < remembered_)) return;
            index_.erase(used_.front().key);
            used_.pop_front();
        }
    }

    const Rate rate_;
    const std::size_t remembered_;
    mutable std::mutex mutex_;
    std::list<Used> used_;  // guarded by mutex_; in the order of their last use
    std::unordered_map<std::string_view, std::list<Used>::iterator> index_;  // guarded by mutex_; views into used_
};

}  // namespace televisit
