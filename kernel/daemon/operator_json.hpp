#pragma once
/// What operators are shown of visits, as JSON.

#include <string>
#include <vector>

#include "consult/operations.hpp"

namespace televisit::daemon {

std::string to_json(const consult::OpenRoom& room);
std::string to_json(const RoomPresence& room);
std::string to_json(const SessionRecord& session);
std::string to_json(const SessionRecord& session, const std::vector<AttendeeRecord>& attendees);

}  // namespace televisit::daemon
