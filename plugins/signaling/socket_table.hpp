#pragma once
/// Something for each socket of one event loop, found without a search.

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

#include "televisit/sdk/socketio.hpp"

namespace televisit::signaling {

/// By the sockets' slots, in pages, so that nothing moves and what is found stays where it is until it is erased. As
/// large as the most sockets that there ever were at one time. **Threads**: one.
template <class T>
class SocketTable {
  public:
    T& add(SocketKey key) {
        const std::size_t page = key.slot() / kPage;
        if (pages_.size() <= page) pages_.resize(page + 1);
        if (pages_[page] == nullptr) pages_[page] = std::make_unique<Page>();
        Place& place = (*pages_[page])[key.slot() % kPage];
        place.key = key;
        place.used = true;
        return place.value = T();
    }

    T* find(SocketKey key) noexcept {
        const std::size_t page = key.slot() / kPage;
        if (page >= pages_.size() || pages_[page] == nullptr) return nullptr;
        Place& place = (*pages_[page])[key.slot() % kPage];
        return place.used && place.key == key ? &place.value : nullptr;
    }

    void erase(SocketKey key) {
        if (find(key) == nullptr) return;
        Place& place = (*pages_[key.slot() / kPage])[key.slot() % kPage];
        place.used = false;
        place.value = T();
    }

    std::vector<SocketKey> keys() const {
        std::vector<SocketKey> keys;
        for (const auto& page : pages_) {
            if (page == nullptr) continue;
            for (const Place& place : *page)
                if (place.used) keys.push_back(place.key);
        }
        return keys;
    }

    void clear() { pages_.clear(); }

  private:
    static constexpr std::size_t kPage = 64;
    struct Place {
        SocketKey key{};
        T value{};
        bool used = false;
    };
    using Page = std::array<Place, kPage>;

    std::vector<std::unique_ptr<Page>> pages_;
};

}  // namespace televisit::signaling
