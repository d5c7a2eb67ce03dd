#pragma once
/// One thing that members' connections are to be told, kept until its turn comes.

#include <chrono>
#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "televisit/sdk/consultations.hpp"

namespace televisit::consult {

struct RelayedNotice {
    std::string event;
    std::string payload;
    std::vector<std::string> attachments;
};
struct JoinedNotice {
    Member member;
};
struct LeftNotice {
    Member member;
    LeaveReason reason;
};
struct InterruptedNotice {
    Member member;
    std::chrono::milliseconds grace;
};
struct ResumedNotice {
    Member member;
};
struct ExpiringNotice {
    std::chrono::seconds left;
};
struct EndedNotice {
    SessionId session;
    std::string reason;
};
struct IceNotice {
    IceServers servers;
};
struct SeatLostNotice {
    SeatLoss loss;
};

using NoticeContent = std::variant<RelayedNotice, JoinedNotice, LeftNotice, InterruptedNotice, ResumedNotice,
                                   ExpiringNotice, EndedNotice, IceNotice, SeatLostNotice>;

struct Notice {
    std::vector<ConnectionKey> to;
    NoticeContent content;
};

/// Bytes that a notice holds, roughly: for bounds.
std::size_t weight(const NoticeContent& content);

void deliver(const Notice& notice, RoomListener& listener);

}  // namespace televisit::consult
