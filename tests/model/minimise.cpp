#include "minimise.hpp"

#include <algorithm>

namespace televisit::model {

std::vector<std::string> deviations(const History& history, const std::vector<std::size_t>& places, Flaws flaws) {
    World world(history, flaws);
    world.play(places);
    return world.findings().all();
}

std::vector<std::size_t> minimise(const History& history, std::vector<std::size_t> places, Flaws flaws) {
    const auto fails = [&](const std::vector<std::size_t>& some) { return !deviations(history, some, flaws).empty(); };
    for (std::size_t group = std::max<std::size_t>(places.size() / 2, 1);;) {
        bool shorter = false;
        for (std::size_t at = 0; at < places.size();) {
            auto fewer = places;
            const auto first = fewer.begin() + static_cast<std::ptrdiff_t>(at);
            const auto count = std::min(group, fewer.size() - at);
            fewer.erase(first, first + static_cast<std::ptrdiff_t>(count));
            if (fails(fewer)) {
                places = std::move(fewer);
                shorter = true;
            } else {
                at += group;
            }
        }
        if (group == 1 && !shorter) return places;
        group = shorter ? group : group / 2;
        group = std::max<std::size_t>(std::min(group, places.size()), 1);
    }
}

}  // namespace televisit::model
