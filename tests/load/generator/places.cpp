#include "places.hpp"

#include <fstream>
#include <sstream>

#include "failure.hpp"

namespace televisit::load {

std::vector<Place> read_places(const std::string& file, std::size_t count) {
    std::ifstream lines(file);
    if (!lines) throw Failure("cannot read " + file);
    std::vector<Place> places;
    for (std::string line; places.size() < count && std::getline(lines, line);) {
        std::istringstream cells(line);
        Place place;
        for (std::string* cell : {&place.room, &place.user, &place.role, &place.token})
            if (!std::getline(cells, *cell, ',')) throw Failure(file + ": a line is not room_id,user_id,role,token");
        if (places.size() % 2 == 1 && places.back().room != place.room)
            throw Failure(file + ": line " + std::to_string(places.size() + 1) + " is not of the room before it");
        places.push_back(std::move(place));
    }
    if (places.size() < count)
        throw Failure(file + " has " + std::to_string(places.size()) + " lines for " + std::to_string(count) +
                      " connections");
    return places;
}

std::vector<Place> invented_places(std::size_t count) {
    std::vector<Place> places;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string number = std::to_string(i);
        places.push_back(
            {"room" + std::to_string(i / 2), "user" + number, i % 2 == 0 ? "DOCTOR" : "PATIENT", "token" + number});
    }
    return places;
}

}  // namespace televisit::load
