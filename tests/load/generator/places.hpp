#pragma once
#include <cstddef>
#include <string>
#include <vector>

namespace televisit::load {

/// Who a connection is. Two successive ones share a room.
struct Place {
    std::string room;
    std::string user;
    std::string role;
    std::string token;
};

/// From lines `room_id,user_id,role,token`, as make-tokens writes them. **Errors**: throws Failure.
std::vector<Place> read_places(const std::string& file, std::size_t count);

/// For servers that do not check tokens.
std::vector<Place> invented_places(std::size_t count);

}  // namespace televisit::load
