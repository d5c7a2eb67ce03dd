#pragma once
/// Something for each socket of one event loop, found without a search.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "televisit/sdk/socketio.hpp"

namespace televisit::signaling {

/// By the sockets' slots, in pages: as large as the most sockets that there ever were at one time. A socket may have a
/// slot before we have done with the one that had it; the older one then moves aside. What is found stays where it is
/// until something is added. **Threads**: one.
template <class T>
class SocketTable {
  public:
    T& add(SocketKey key) {
        const std::size_t page = key.slot() / kPage;
        if (pages_.size() <= page) pages_.resize(page + 1);
        if (pages_[page] == nullptr) pages_[page] = std::make_unique<Page>();
        Place& place = (*pages_[page])[key.slot() % kPage];
        if (place.used) displaced_.emplace(place.key.value, std::move(place.value));
        place.key = key;
        place.used = true;
        return place.value = T();
    }

    T* find(SocketKey key) noexcept {
        if (Place* const place = place_of(key)) return &place->value;
        if (displaced_.empty()) return nullptr;
        const auto found = displaced_.find(key.value);
        return found == displaced_.end() ? nullptr : &found->second;
    }

    void erase(SocketKey key) {
        Place* const place = place_of(key);
        if (place == nullptr) return void(displaced_.erase(key.value));
        place->used = false;
        place->value = T();
    }

    std::vector<SocketKey> keys() const {
        std::vector<SocketKey> keys;
        for (const auto& page : pages_) {
            if (page == nullptr) continue;
            for (const Place& place : *page)
                if (place.used) keys.push_back(place.key);
        }
        for (const auto& [key, value] : displaced_) keys.push_back(SocketKey{key});
        return keys;
    }

    void clear() {
        pages_.clear();
        displaced_.clear();
    }

  private:
    static constexpr std::size_t kPage = 64;
    struct Place {
        SocketKey key{};
        T value{};
        bool used = false;
    };
    using Page = std::array<Place, kPage>;

    Place* place_of(SocketKey key) noexcept {
        const std::size_t page = key.slot() / kPage;
        if (page >= pages_.size() || pages_[page] == nullptr) return nullptr;
        Place& place = (*pages_[page])[key.slot() % kPage];
        return place.used && place.key == key ? &place : nullptr;
    }

    std::vector<std::unique_ptr<Page>> pages_;
    std::unordered_map<std::uint64_t, T> displaced_;  ///< by key
};

}  // namespace televisit::signaling
