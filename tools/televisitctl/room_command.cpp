// `room list`, `room show`, `attendee kick`: who is in a call now.

#include <Poco/JSON/Array.h>

#include <array>

#include "admin_call.hpp"
#include "table.hpp"

namespace televisit::ctl {

namespace {

constexpr std::array kShowOptions{kJsonOption, kConfigOption};
constexpr std::array kKickOptions{kConfigOption};

int list(const Arguments& arguments, const Streams& streams) {
    const AdminCaller server("room list", arguments, streams);
    std::vector<Row> rows{{"ROOM", "SESSION", "PEOPLE", "HERE"}};
    std::string next;
    do {
        const auto answer = server.call("GET", "/admin/rooms?limit=100&after=" + escaped(next));
        if (!answer) return answer.exit;
        if (arguments.has("json")) streams.out << answer.text << '\n';
        const auto rooms = answer.document->getArray("rooms");
        for (unsigned i = 0; rooms && i < rooms->size(); ++i) {
            const auto& room = *rooms->getObject(i);
            rows.push_back(
                {member(room, "room_id"), member(room, "session_id"), member(room, "people"), member(room, "here")});
        }
        next = member(*answer.document, "next");
    } while (!next.empty());
    if (!arguments.has("json")) print_table(rows, streams.out);
    return kDone;
}

int show(const Arguments& arguments, const Streams& streams) {
    const AdminCaller server("room show", arguments, streams);
    const auto answer = server.call("GET", "/admin/rooms/" + escaped(arguments.operands()[0]));
    if (!answer) return answer.exit;
    if (arguments.has("json")) {
        streams.out << answer.text << '\n';
        return kDone;
    }
    std::vector<Row> rows{{"USER", "ROLE", "STATE", "SINCE", "PEER", "NODE"}};
    const auto people = answer.document->getArray("people");
    for (unsigned i = 0; people && i < people->size(); ++i) {
        const auto& person = *people->getObject(i);
        rows.push_back({member(person, "user_id"), member(person, "role"), member(person, "state"),
                        member(person, "since"), member(person, "peer_id"), member(person, "node")});
    }
    if (answer.document->optValue("closed", false)) streams.out << "The visit is over: nobody gets in.\n";
    print_table(rows, streams.out);
    return kDone;
}

int kick(const Arguments& arguments, const Streams& streams) {
    const AdminCaller server("attendee kick", arguments, streams);
    const auto& operands = arguments.operands();
    return server.call("DELETE", "/admin/sessions/" + escaped(operands[0]) + "/attendees/" + escaped(operands[1])).exit;
}

}  // namespace

constexpr Command kRoomList{"room list", "", 0, "Lists the rooms that are open on this server", kShowOptions, list};
constexpr Command kRoomShow{"room show", "ROOM", 1, "Shows who is in a room, on whichever server", kShowOptions, show};
constexpr Command kAttendeeKick{"attendee kick",
                                "SESSION USER",
                                2,
                                "Puts somebody out of a visit; to come back they have to join anew",
                                kKickOptions,
                                kick};

}  // namespace televisit::ctl
